// KernelSetTests+Bits - every kernel set gives the same bits (docs/Arithmetic.md).
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTTensors

extension KernelSetTests {
  @Suite struct Bits {
    @Test("those of the other processors", arguments: KernelSet.equal.map(\.name))
    func stored(name: String) throws {
      let kernels = try KernelSet.named(name)
      var found = ""
      kernelBits(KernelFunctions(kernels)) { found += "\($0) \($1)\n" }
      let stored = try String(
        contentsOfFile: Fixtures.path("arithmetic/kernels.txt"), encoding: .utf8)
      #expect(found == stored, "\(name)")
    }

    @Test("one set rounds twice, and is told apart by its arithmetic")
    func apart() throws {
      let names = KernelSet.available.map(\.name)
      #expect(KernelSet.equal.map(\.name) == names.filter { $0 != "baseline-fast" })
      #if arch(x86_64)
        let fast = try KernelSet.named("baseline-fast")
        #expect(fast.arithmetic != KernelSet.baseline.arithmetic)
        var (equal, other): ([UInt64], [UInt64]) = ([], [])
        kernelBits(KernelFunctions(.baseline)) { equal.append($1) }
        kernelBits(KernelFunctions(fast)) { other.append($1) }
        for (x, y) in zip(equal, other) { #expect(x != y) }
      #endif
    }

    @Test("products of every path: small, in blocks, packed before, with lines and what follows")
    func products() throws {
      let sets = KernelSet.equal
      let shapes = [
        (1, 1, 1), (3, 40, 70), (19, 33, 1000), (70, 9, 1025), (150, 200, 100), (65, 130, 800),
      ]
      for (m, n, k) in shapes {
        let (a, b) = (Tensor(arbitrary(m * k, seed: 1)), Tensor(arbitrary(n * k, seed: 2)))
        let (bias, start) = (Tensor(arbitrary(n, seed: 3)), arbitrary(m * n, seed: 4))
        for (ta, tb) in [(Transposition.none, Transposition.none), (.transposed, .transposed)] {
          for accumulate in [Accumulation.store, .add] {
            try expectSame(sets, "\(m) \(n) \(k) \(ta) \(tb)") { kernels in
              let c = Tensor(start.map { $0 })
              gemm(
                ta, tb, m: m, n: n, k: k, a: a.storage.base, lda: ta == .none ? k : m,
                b: b.storage.base, ldb: tb == .none ? n : k, c: c.storage.base, ldc: n,
                accumulate: accumulate, kernels: kernels)
              return c.values
            }
          }
        }
        let residual = Tensor(arbitrary(m * n, seed: 5))
        let (w, r) = (bias.storage.base, residual.storage.base)
        let follow: [Epilogue] = [
          .none, .bias(w), .biasQuickGELU(w), .biasResidual(w, r), .biasReLU(w),
          .biasResidualReLU(w, r), .biasGELU(w),
        ]
        for (number, epilogue) in follow.enumerated() {
          try expectSame(sets, "\(m) \(n) \(k) packed, followed by \(number)") { kernels in
            let c = Tensor(start.map { $0 })
            let packed = PackedMatrix(
              .transposed, k: k, n: n, b: b.storage.base, ldb: k, kernels: kernels)
            gemm(
              m: m, a: a.storage.base, lda: k, packed: packed, c: c.storage.base, ldc: n,
              accumulate: .store, epilogue: epilogue)
            return c.values
          }
        }
      }
    }

    /// Expects the same bits from all sets.
    private func expectSame(
      _ sets: [KernelSet], _ what: String, _ compute: (KernelSet) throws -> [Float]
    ) throws {
      let first = try compute(sets[0]).map(\.bitPattern)
      for kernels in sets.dropFirst() {
        let other = try compute(kernels).map(\.bitPattern)
        #expect(other == first, "\(kernels.name) and \(sets[0].name): \(what)")
      }
    }
  }
}

extension KernelFunctions {
  /// Those of a set; rows are scaled and LayerNorm is damped as in the emulated program.
  init(_ kernels: KernelSet) {
    func onRows(_ run: @escaping (SoftmaxWork) -> Void) -> Softmax {
      { x, y, rows, columns, first in
        run(
          SoftmaxWork(
            input: Operand(base: x, ld: columns, transposed: false),
            output: Target(base: y, ld: columns), rows: rows, columns: columns, scale: 0.37,
            first: first))
      }
    }
    self.init(
      exp: kernels.exp, quickGELU: kernels.quickGELU, gelu: kernels.gelu,
      quickGELUGradient: kernels.quickGELUGradient, geluGradient: kernels.geluGradient,
      softmax: onRows(kernels.softmaxRows), softmaxGradient: onRows(kernels.softmaxGradientRows),
      layerNorm: { x, weight, bias, y, means, inverses, rows, columns in
        kernels.layerNormRows(
          LayerNormWork(
            x: x, weight: weight, bias: bias, y: y, means: means, inverses: inverses, rows: rows,
            columns: columns, eps: 1e-5))
      },
      layerNormGradient: { x, weight, up, means, inverses, dx, rows, columns in
        kernels.layerNormGradientRows(
          LayerNormGradientWork(
            x: x, weight: weight, upstream: up, means: means, inverses: inverses, gradient: dx,
            rows: rows, columns: columns))
      },
      product: { p in
        let (rows, columns) = (
          Blocking.blocks(p.m, kernels.tileRows), Blocking.blocks(p.n, kernels.tileColumns)
        )
        withScratch(p.m * p.k + 64) { a in
          withScratch(columns * kernels.tileColumns * p.k + 64) { b in
            withScratch(kernels.tileRows * kernels.tileColumns + 64) { edge in
              let left = Operand(
                base: p.a, ld: p.aTransposed ? p.m : p.k, transposed: p.aTransposed,
                lineRows: p.m)
              let right = Operand(
                base: p.b, ld: p.bTransposed ? p.k : p.n, transposed: p.bTransposed)
              kernels.packA(
                PackingWork(
                  matrix: left, count: p.m, depth: p.k, target: a, first: 0, last: rows))
              kernels.packB(
                PackingWork(
                  matrix: right, count: p.n, depth: p.k, target: b, first: 0, last: columns))
              kernels.multiplyPanels(
                PanelWork(
                  m: p.m, n: p.n, k: p.k, a: a, b: b, bTail: b, c: p.c, ldc: p.n, add: p.add,
                  aFirst: 0, aLast: rows, bFirst: 0, bLast: columns, edge: edge,
                  finish: (p.finish, p.bias, p.residual)))
            }
          }
        }
      })
  }
}
