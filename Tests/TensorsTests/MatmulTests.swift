// MatmulTests - gemm against the definition, for every kernel set of this processor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTTensors

@Suite struct MatmulTests {
  /// One product by both routes, with rows of A, B and C further apart than they are long.
  private func check(
    _ ta: Transposition, _ tb: Transposition, _ m: Int, _ n: Int, _ k: Int,
    _ kernels: KernelSet, _ accumulate: Accumulation = .store, padding: Int = 3
  ) {
    let (lda, ldb, ldc) = (
      (ta == .none ? k : m) + padding, (tb == .none ? n : k) + padding, n + padding
    )
    let a = arbitrary((ta == .none ? m : k) * lda, seed: 1)
    let b = arbitrary((tb == .none ? k : n) * ldb, seed: 2)
    let before = arbitrary(m * ldc, seed: 3)
    var (found, expected) = (before, before)
    gemm(
      ta, tb, m: m, n: n, k: k, a: a, lda: lda, b: b, ldb: ldb, c: &found, ldc: ldc,
      accumulate: accumulate, kernels: kernels)
    gemmReference(
      ta, tb, m: m, n: n, k: k, a: a, lda: lda, b: b, ldb: ldb, c: &expected, ldc: ldc,
      accumulate: accumulate)
    // Terms below 1, k of them, each rounded to 2^-24 of a running sum of the order sqrt(k):
    // errors add up like a random walk, k * 2^-24 in all, with a factor 2 for the worst element.
    expectClose(
      found, expected, atol: 1.2e-7 * Double(k + 4), rtol: 1e-6,
      "\(kernels.name) \(ta) \(tb) \(m)x\(n)x\(k) \(accumulate)")
  }

  @Test func aProductByHand() {
    let a: [Float] = [1, 2, 3, 4, 5, 6]  // [2, 3]
    let b: [Float] = [1, 0, 2, 1, 0, 3]  // [3, 2]
    for kernels in KernelSet.available {
      var c = [Float](repeating: 9, count: 4)
      gemm(
        .none, .none, m: 2, n: 2, k: 3, a: a, lda: 3, b: b, ldb: 2, c: &c, ldc: 2,
        accumulate: .store, kernels: kernels)
      #expect(c == [5, 11, 14, 23])
      gemm(
        .none, .none, m: 2, n: 2, k: 3, a: a, lda: 3, b: b, ldb: 2, c: &c, ldc: 2,
        accumulate: .add, kernels: kernels)
      #expect(c == [10, 22, 28, 46])
    }
  }

  @Test(arguments: KernelSet.available.map(\.name), [Transposition.none, .transposed])
  func everySmallShapeAgreesWithTheDefinition(_ name: String, _ ta: Transposition) throws {
    let kernels = try KernelSet.named(name)
    for tb in [Transposition.none, .transposed] {
      for m in 1...17 {
        for n in [1, 2, 4, 5, 8, 9, 15, 16, 17, 31, 32, 33, 40] {
          for k in [1, 2, 5, 17] { check(ta, tb, m, n, k, kernels) }
        }
      }
    }
  }

  @Test(arguments: KernelSet.available.map(\.name))
  func largeAndOddShapesAgreeWithTheDefinition(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    let shapes = [
      (197, 96, 401), (1, 700, 770), (131, 65, 1201), (40, 129, 2000), (1600, 33, 50),
      (300, 301, 302), (3, 2000, 97), (3100, 20, 50), (1500, 20, 1500),
    ]
    for (m, n, k) in shapes {
      for ta in [Transposition.none, .transposed] {
        for tb in [Transposition.none, .transposed] {
          check(ta, tb, m, n, k, kernels)
        }
      }
      check(.none, .transposed, m, n, k, kernels, .add)
    }
  }

  @Test(arguments: KernelSet.available.map(\.name))
  func oddSizesAgreeWithTorchInDoublePrecision(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    let fixture = try FixtureTensors("tensors/products.safetensors")
    let sizes = [(1, 1, 1), (3, 5, 2), (7, 17, 33), (13, 31, 129), (29, 65, 385), (61, 33, 401)]
    for (m, n, k) in sizes {
      let size = "\(m)x\(n)x\(k)"
      let a = Tensor(try fixture.floats("\(size).a"), shape: [m, k])
      let b = Tensor(try fixture.floats("\(size).b"), shape: [k, n])
      let expected = try fixture.doubles("\(size).c")
      for ta in [Transposition.none, .transposed] {
        for tb in [Transposition.none, .transposed] {
          var c = [Float](repeating: .nan, count: m * n)
          gemm(
            ta, tb, m: m, n: n, k: k,
            a: (ta == .none ? a : a.transposed).values, lda: ta == .none ? k : m,
            b: (tb == .none ? b : b.transposed).values, ldb: tb == .none ? n : k,
            c: &c, ldc: n, accumulate: .store, kernels: kernels)
          // k products below 1, each rounded to 2^-24 of a sum that grows to about sqrt(k / 3).
          expectClose(
            c.map(Double.init), expected, atol: 1.2e-7 * Double(k + 4), rtol: 0,
            "\(name) \(ta) \(tb) \(size)")
        }
      }
    }
  }

  @Test func emptyProducts() {
    var c: [Float] = [1, 2]
    let empty: [Float] = [0]
    gemm(
      .none, .none, m: 1, n: 2, k: 0, a: empty, lda: 1, b: empty, ldb: 2, c: &c, ldc: 2,
      accumulate: .add)
    #expect(c == [1, 2])
    gemm(
      .none, .none, m: 0, n: 2, k: 3, a: empty, lda: 1, b: empty, ldb: 2, c: &c, ldc: 2,
      accumulate: .store)
    #expect(c == [1, 2])
    gemm(
      .none, .none, m: 1, n: 2, k: 0, a: empty, lda: 1, b: empty, ldb: 2, c: &c, ldc: 2,
      accumulate: .store)
    #expect(c == [0, 0])
  }

  @Test(arguments: KernelSet.available.map(\.name))
  func packedOperandsGiveTheSameBitsAndTheEpilogueWhatItSays(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    for (m, n, k) in [(5, 7, 9), (197, 70, 400), (33, 300, 1000)] {
      let a = arbitrary(m * k, seed: 4)
      let b = arbitrary(n * k, seed: 5)
      let bias = arbitrary(n, seed: 6)
      let residual = arbitrary(m * n, seed: 7)
      let packed = PackedMatrix(.transposed, k: k, n: n, b: b, ldb: k, kernels: kernels)
      func product(_ epilogue: Epilogue) -> [Float] {
        var c = [Float](repeating: .nan, count: m * n)
        gemm(
          m: m, a: a, lda: k, packed: packed, c: &c, ldc: n, accumulate: .store,
          epilogue: epilogue)
        return c
      }
      let plain = product(.none)
      var expected = [Float](repeating: 0, count: m * n)
      gemmReference(
        .none, .transposed, m: m, n: n, k: k, a: a, lda: k, b: b, ldb: k, c: &expected, ldc: n,
        accumulate: .store)
      expectClose(plain, expected, atol: 1.2e-7 * Double(k + 4), rtol: 1e-6, name)
      let sums = (0..<m * n).map { plain[$0] + bias[$0 % n] }
      bias.withUnsafeBufferPointer { bias in
        residual.withUnsafeBufferPointer { residual in
          guard let bias = bias.baseAddress, let residual = residual.baseAddress else { return }
          #expect(product(.bias(bias)) == sums)
          // One rounding of two sums: half a unit in the last place of each.
          expectClose(
            product(.biasResidual(bias, residual)),
            (0..<m * n).map { sums[$0] + residual[$0] }, atol: 4e-6, rtol: 2e-7)
          // The exponential's error of an ulp times the slope of QuickGELU, at most 1.1.
          expectClose(
            product(.biasQuickGELU(bias)).map(Double.init),
            sums.map { Double($0) / (1 + exp(-1.702 * Double($0))) }, atol: 1e-7, rtol: 1e-6)
          // The same for GELU, whose slope is at most 1.13.
          expectClose(
            product(.biasGELU(bias)).map(Double.init),
            sums.map { Double($0) * 0.5 * erfc(-Double($0) / 2.0.squareRoot()) }, atol: 1e-7,
            rtol: 1e-6)
        }
      }
    }
  }

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
}
