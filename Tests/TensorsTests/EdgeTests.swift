// EdgeTests - products, steps and numbers at sizes and values where a slip would not show elsewhere.
// SPDX-License-Identifier: Apache-2.0

import Support
import Testing

@testable import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct EdgeTests {
  /// More rows than a block of a product has, so that the epilogue moves down with the block.
  @Test func theResidualOfALongProductIsThatOfItsRows() {
    let (m, n, k) = (Blocking.rows + 100, 5, 7)
    let (a, b) = (arbitrary(m * k, seed: 1), arbitrary(n * k, seed: 2))
    let (bias, residual) = (arbitrary(n, seed: 3), arbitrary(m * n, seed: 4))
    let packed = PackedMatrix(.transposed, k: k, n: n, b: b, ldb: k)
    let expected = (0..<m * n).map { place in
      (0..<k).reduce(Double(bias[place % n]) + Double(residual[place])) {
        $0 + Double(a[place / n * k + $1]) * Double(b[place % n * k + $1])
      }
    }
    bias.withUnsafeBufferPointer { bias in
      residual.withUnsafeBufferPointer { residual in
        guard let bias = bias.baseAddress, let residual = residual.baseAddress else { return }
        for (epilogue, floor) in [
          (Epilogue.biasResidual(bias, residual), -Double.infinity),
          (.biasResidualReLU(bias, residual), 0),
        ] {
          var c = [Float](repeating: .nan, count: m * n)
          gemm(
            m: m, a: a, lda: k, packed: packed, c: &c, ldc: n, accumulate: .store,
            epilogue: epilogue)
          // Nine terms below 1, each rounded to 2^-24 of a sum below 4.
          expectClose(c.map(Double.init), expected.map { max($0, floor) }, atol: 3e-6, rtol: 0)
        }
      }
    }
  }

  @Test("CoOp's warm-up: one epoch at 1e-5, then half a cosine from the whole rate")
  func warmUp() {
    var schedule = Schedule(.warmupCosine, initialRate: 2e-3, epochs: 4)
    #expect(schedule.firstRate == 1e-5)
    var rate = schedule.firstRate
    let rates = (1...3).map { _ in
      rate = schedule.step(metric: 0, rate: rate)
      return rate
    }
    // (1 + cos(pi e / 4)) / 2 for e = 0, 1, 2.
    let half = 0.5.squareRoot()
    expectClose(rates, [2e-3, 1e-3 * (1 + half), 1e-3], rtol: 1e-12)
    #expect(Schedule(.cosine, initialRate: 2e-3, epochs: 4).firstRate == 2e-3)
  }

  @Test("Adam's eps stands beside the corrected root, as torch's")
  func adamEps() {
    // g = eps = 1e-8: m / (1 - 0.9) = g, sqrt(v / (1 - 0.999)) = g, so the step is rate g / (2 g).
    for kind in [OptimizerKind.adam, .adamw] {
      var optimizer = Optimizer(kind, learningRate: 0.5)
      let p = optimizer.step([Tensor([0])], gradients: [Tensor([1e-8])])[0]
      expectClose([Double(p[0])], [-0.25], rtol: 1e-5)
    }
  }

  @Test("a snapshot keeps the normal number that is left over")
  func spareNumber() throws {
    var generator = Generator(seed: 7)
    _ = generator.normal(count: 3)
    var restored = try #require(Generator(snapshot: generator.snapshot))
    #expect(generator.normal(count: 2) == restored.normal(count: 2))
  }

  @Test("no vector is nearer to another than to itself")
  func neverBelowZero() {
    let rows = Tensor(arbitrary(400 * 7, seed: 5), shape: [400, 7])
    let distances = cosineDistance(rows, rows).values
    #expect(distances.allSatisfy { $0 >= 0 })
    // 1 - cos of equal vectors is rounding in double precision.
    #expect((0..<400).allSatisfy { distances[$0 * 401] < 1e-15 })
  }

  @Test("an empty axis stays empty against one that repeats")
  func emptyAxis() {
    let empty = Tensor.zeros([0, 3])
    #expect((empty + Tensor.ones([1, 3])).shape == [0, 3])
    #expect((Tensor.ones([1, 3]) * empty).shape == [0, 3])
  }
  @Test("a clamp passes the gradient on at its edges, as torch's")
  func clampEdges() {
    let x = Tensor([-1, 0, 0.5, 1, 2]).tracked()
    #expect(gradient(of: sum(clamp(x, min: 0, max: 1)), in: x).values == [0, 1, 1, 1, 0])
  }

  @Test("a softmax is finite wherever its largest score stands")
  func largestScore() {
    for place in 0..<40 {
      var row = [Float](repeating: 0, count: 40)
      row[place] = 200
      var expected = [Float](repeating: 0, count: 40)  // exp(-200) is below the smallest float
      expected[place] = 1
      #expect(softmax(Tensor(row, shape: [1, 40])).values == expected, "\(place)")
    }
  }
}
