// CosineDistanceTests - all pairs of vectors, in Double, against the definition.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing

@testable import LMPTTensors

@Suite struct CosineDistanceTests {
  @Test("by hand: equal 0, orthogonal 1, opposite 2, zero 1")
  func byHand() {
    let a = Tensor([3, 4], shape: [1, 2])
    let b = Tensor([6, 8, -4, 3, -3, -4, 0, 0], shape: [4, 2])
    #expect(cosineDistance(a, b).values == [0, 1, 2, 1])
  }

  @Test("nearly parallel vectors keep their relative precision")
  func nearlyParallel() {
    // 1 - cos of (1, 0) and (1, x) is x^2 / 2 - 3 x^4 / 8 + ...
    let x: Float = 1e-4
    let d = cosineDistance(Tensor([1, 0], shape: [1, 2]), Tensor([1, x], shape: [1, 2])).item
    expectClose([Double(d)], [Double(x) * Double(x) / 2], rtol: 1e-6)
  }

  @Test("the gradient of both sides is that of central differences")
  func gradientCheck() {
    var generator = Generator(seed: 3)
    let a = Tensor(generator.normal(count: 2 * 3 * 4), shape: [2, 3, 4]).tracked()
    let b = Tensor(generator.normal(count: 5 * 3 * 4), shape: [5, 3, 4]).tracked()
    let g = Tensor(generator.normal(count: 2 * 5 * 3), shape: [2, 5, 3])
    let found = gradients(of: cosineDistance(a, b), in: [a, b], upstream: g)
    let (x, y) = (a.values.map(Double.init), b.values.map(Double.init))
    let weights = g.values.map(Double.init)
    expectClose(
      found[0].values.map(Double.init), centralDifferences(x) { total($0, y, weights) },
      atol: 1e-6, rtol: 1e-5, "first")
    expectClose(
      found[1].values.map(Double.init), centralDifferences(y) { total(x, $0, weights) },
      atol: 1e-6, rtol: 1e-5, "second")
  }

  @Test("a zero vector gets no gradient and gives none")
  func zeroVectors() {
    let a = Tensor([0, 0, 1, 2], shape: [2, 2]).tracked()
    let b = Tensor([0, 0], shape: [1, 2]).tracked()
    let found = gradients(of: cosineDistance(a, b), in: [a, b])
    #expect(found[0].values == [0, 0, 0, 0])
    #expect(found[1].values == [0, 0])
  }

  /// Sum of weighted distances of [2, 3, 4] against [5, 3, 4], from the definition.
  private func total(_ x: [Double], _ y: [Double], _ weights: [Double]) -> Double {
    var sum = 0.0
    for r in 0..<2 {
      for c in 0..<5 {
        for t in 0..<3 {
          let (u, v) = (x[((r * 3 + t) * 4)..<((r * 3 + t) * 4 + 4)], y[((c * 3 + t) * 4)...])
          let dot = zip(u, v).reduce(0) { $0 + $1.0 * $1.1 }
          let norms = zip(u, v).reduce((0.0, 0.0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
          let cos = dot / (norms.0 * norms.1).squareRoot()
          sum += weights[(r * 5 + c) * 3 + t] * (1 - cos)
        }
      }
    }
    return sum
  }

  private func centralDifferences(_ x: [Double], _ f: ([Double]) -> Double) -> [Double] {
    x.indices.map { i in
      var (up, down) = (x, x)
      up[i] += 1e-6
      down[i] -= 1e-6
      return (f(up) - f(down)) / 2e-6
    }
  }

  @Test("no vector is nearer to another than to itself")
  func neverBelowZero() {
    let rows = Tensor(arbitrary(400 * 7, seed: 5), shape: [400, 7])
    let distances = cosineDistance(rows, rows).values
    #expect(distances.allSatisfy { $0 >= 0 })
    // 1 - cos of equal vectors is rounding in double precision.
    #expect((0..<400).allSatisfy { distances[$0 * 401] < 1e-15 })
  }
}
