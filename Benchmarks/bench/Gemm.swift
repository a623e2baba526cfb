// Gemm - matrix products at the model's shapes.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// A product in BLAS's notation: which operand is stored transposed, then m x n x k.
struct GemmShape {
  let kind: String
  let m: Int
  let n: Int
  let k: Int

  init(_ kind: String, _ m: Int, _ n: Int, _ k: Int) {
    (self.kind, self.m, self.n, self.k) = (kind, m, n, k)
  }

  var name: String { "gemm \(kind) \(m)x\(n)x\(k)" }

  /// ViT-B/16 at batch 1 and 8, the text tower at 20 prompts of 24 positions and 80 of 77, the
  /// gradients of both, and single heads.
  static let model: [GemmShape] = [
    .init("nt", 197, 768, 768), .init("nt", 197, 2304, 768), .init("nt", 197, 3072, 768),
    .init("nt", 197, 768, 3072),
    .init("nt", 1576, 768, 768), .init("nt", 1576, 2304, 768), .init("nt", 1576, 3072, 768),
    .init("nt", 1576, 768, 3072),
    .init("nn", 1576, 768, 3072), .init("nn", 1576, 3072, 768),
    .init("tn", 3072, 768, 1576), .init("tn", 768, 3072, 1576),
    .init("nt", 480, 1536, 512), .init("nt", 480, 512, 512), .init("nt", 480, 2048, 512),
    .init("nt", 480, 512, 2048), .init("nn", 480, 512, 2048), .init("tn", 512, 2048, 480),
    .init("nt", 480, 128, 128), .init("nt", 480, 512, 128), .init("nt", 480, 128, 512),
    .init("nt", 197, 197, 64), .init("nn", 197, 64, 197), .init("nt", 77, 77, 64),
    .init("nn", 77, 64, 77), .init("nt", 24, 24, 64), .init("nn", 24, 64, 24),
  ]

  /// The product with operands of its own, filled with small numbers.
  var work: Work {
    let (a, b) = (Operand(m * k), Operand(k * n))
    let c = Operand(m * n)
    let (ta, tb): (Transposition, Transposition) = (
      kind.first == "t" ? .transposed : .none, kind.last == "t" ? .transposed : .none
    )
    return Work(
      name: name, amount: .operations(2 * Double(m) * Double(n) * Double(k)),
      run: {
        gemm(
          ta, tb, m: m, n: n, k: k, a: a.base, lda: ta == .none ? k : m,
          b: b.base, ldb: tb == .none ? n : k, c: c.base, ldc: n, accumulate: .store)
      }, request: "gemm \(kind) \(m) \(n) \(k)")
  }

  /// The product with the second operand packed before, as frozen weights are.
  var packedWork: Work {
    let (a, b) = (Operand(m * k), Operand(k * n))
    let c = Operand(m * n)
    let packed = PackedMatrix(.transposed, k: k, n: n, b: b.base, ldb: k)
    return Work(
      name: "gemm packed \(m)x\(n)x\(k)",
      amount: .operations(2 * Double(m) * Double(n) * Double(k)),
      run: {
        gemm(
          m: m, a: a.base, lda: k, packed: packed, c: c.base, ldc: n, accumulate: .store,
          epilogue: .none)
      }, request: "gemm nt \(m) \(n) \(k)")
  }

  static var all: [Work] {
    model.map(\.work) + model.filter { $0.kind == "nt" && $0.k >= 512 }.map(\.packedWork)
  }
}

/// Memory for the length of a benchmark.
final class Operand {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int) {
    self.count = count
    base = UnsafeMutableRawPointer.allocate(byteCount: count * 4 + 64, alignment: 64)
      .bindMemory(to: Float.self, capacity: count)
    var state: UInt32 = 12345
    for i in 0..<count {
      state = state &* 1_664_525 &+ 1_013_904_223
      base[i] = Float(state >> 8) / Float(1 << 23) - 1
    }
  }

  deinit { base.deallocate() }
}
