// KernelTables - the kernel sets themselves: one table of functions per kernel target.
// SPDX-License-Identifier: Apache-2.0

import KernelsAVX2
import KernelsAVX512
import KernelsBaseline

extension KernelSet {
  static let baseline = KernelSet(
    name: KernelsBaseline.kernelName.description,
    tileRows: KernelsBaseline.tileRows,
    tileColumns: KernelsBaseline.tileColumns,
    packA: {
      KernelsBaseline.packA(
        m: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
        transposed: $0.matrix.transposed, lineRows: $0.matrix.lineRows,
        lineStep: $0.matrix.lineStep, target: $0.target, first: $0.first, last: $0.last)
    },
    packB: {
      KernelsBaseline.packB(
        n: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
        transposed: $0.matrix.transposed, target: $0.target, first: $0.first, last: $0.last)
    },
    multiplyPanels: {
      KernelsBaseline.multiplyPanels(
        m: $0.m, n: $0.n, k: $0.k, a: $0.a, aRow: $0.aRow, aStep: $0.aStep, b: $0.b,
        bStep: $0.bStep, bTail: $0.bTail, c: $0.c, ldc: $0.ldc, add: $0.add, aFirst: $0.aFirst,
        aLast: $0.aLast, bFirst: $0.bFirst, bLast: $0.bLast, edge: $0.edge,
        finish: $0.finish.kind, bias: $0.finish.bias, residual: $0.finish.residual)
    },
    exp: { KernelsBaseline.exp($0, $1, $2) },
    quickGELU: { KernelsBaseline.quickGELU($0, $1, $2) },
    gelu: { KernelsBaseline.gelu($0, $1, $2) },
    quickGELUGradient: { KernelsBaseline.quickGELUGradient($0, $1, $2, $3) },
    geluGradient: { KernelsBaseline.geluGradient($0, $1, $2, $3) },
    softmaxRows: { KernelsBaseline.softmaxRows($0, $1, $2, $3, $4, $5, $6, $7) },
    softmaxGradientRows: { KernelsBaseline.softmaxGradientRows($0, $1, $2, $3, $4, $5, $6, $7) },
    layerNormRows: { KernelsBaseline.layerNormRows($0, $1, $2, $3, $4, $5, $6, $7, $8) },
    layerNormGradientRows: {
      KernelsBaseline.layerNormGradientRows($0, $1, $2, $3, $4, $5, $6, $7)
    },
    peak: { KernelsBaseline.peak($0, $1, $2) },
    peakOperations: KernelsBaseline.peakOperations
  )
  #if arch(x86_64)
    static let avx2 = KernelSet(
      name: KernelsAVX2.kernelName.description,
      tileRows: KernelsAVX2.tileRows,
      tileColumns: KernelsAVX2.tileColumns,
      packA: {
        KernelsAVX2.packA(
          m: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
          transposed: $0.matrix.transposed, lineRows: $0.matrix.lineRows,
          lineStep: $0.matrix.lineStep, target: $0.target, first: $0.first, last: $0.last)
      },
      packB: {
        KernelsAVX2.packB(
          n: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
          transposed: $0.matrix.transposed, target: $0.target, first: $0.first, last: $0.last)
      },
      multiplyPanels: {
        KernelsAVX2.multiplyPanels(
          m: $0.m, n: $0.n, k: $0.k, a: $0.a, aRow: $0.aRow, aStep: $0.aStep, b: $0.b,
          bStep: $0.bStep, bTail: $0.bTail, c: $0.c, ldc: $0.ldc, add: $0.add, aFirst: $0.aFirst,
          aLast: $0.aLast, bFirst: $0.bFirst, bLast: $0.bLast, edge: $0.edge,
          finish: $0.finish.kind, bias: $0.finish.bias, residual: $0.finish.residual)
      },
      exp: { KernelsAVX2.exp($0, $1, $2) },
      quickGELU: { KernelsAVX2.quickGELU($0, $1, $2) },
      gelu: { KernelsAVX2.gelu($0, $1, $2) },
      quickGELUGradient: { KernelsAVX2.quickGELUGradient($0, $1, $2, $3) },
      geluGradient: { KernelsAVX2.geluGradient($0, $1, $2, $3) },
      softmaxRows: { KernelsAVX2.softmaxRows($0, $1, $2, $3, $4, $5, $6, $7) },
      softmaxGradientRows: { KernelsAVX2.softmaxGradientRows($0, $1, $2, $3, $4, $5, $6, $7) },
      layerNormRows: { KernelsAVX2.layerNormRows($0, $1, $2, $3, $4, $5, $6, $7, $8) },
      layerNormGradientRows: { KernelsAVX2.layerNormGradientRows($0, $1, $2, $3, $4, $5, $6, $7) },
      peak: { KernelsAVX2.peak($0, $1, $2) },
      peakOperations: KernelsAVX2.peakOperations
    )

    static let avx512 = KernelSet(
      name: KernelsAVX512.kernelName.description,
      tileRows: KernelsAVX512.tileRows,
      tileColumns: KernelsAVX512.tileColumns,
      packA: {
        KernelsAVX512.packA(
          m: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
          transposed: $0.matrix.transposed, lineRows: $0.matrix.lineRows,
          lineStep: $0.matrix.lineStep, target: $0.target, first: $0.first, last: $0.last)
      },
      packB: {
        KernelsAVX512.packB(
          n: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
          transposed: $0.matrix.transposed, target: $0.target, first: $0.first, last: $0.last)
      },
      multiplyPanels: {
        KernelsAVX512.multiplyPanels(
          m: $0.m, n: $0.n, k: $0.k, a: $0.a, aRow: $0.aRow, aStep: $0.aStep, b: $0.b,
          bStep: $0.bStep, bTail: $0.bTail, c: $0.c, ldc: $0.ldc, add: $0.add, aFirst: $0.aFirst,
          aLast: $0.aLast, bFirst: $0.bFirst, bLast: $0.bLast, edge: $0.edge,
          finish: $0.finish.kind, bias: $0.finish.bias, residual: $0.finish.residual)
      },
      exp: { KernelsAVX512.exp($0, $1, $2) },
      quickGELU: { KernelsAVX512.quickGELU($0, $1, $2) },
      gelu: { KernelsAVX512.gelu($0, $1, $2) },
      quickGELUGradient: { KernelsAVX512.quickGELUGradient($0, $1, $2, $3) },
      geluGradient: { KernelsAVX512.geluGradient($0, $1, $2, $3) },
      softmaxRows: { KernelsAVX512.softmaxRows($0, $1, $2, $3, $4, $5, $6, $7) },
      softmaxGradientRows: { KernelsAVX512.softmaxGradientRows($0, $1, $2, $3, $4, $5, $6, $7) },
      layerNormRows: { KernelsAVX512.layerNormRows($0, $1, $2, $3, $4, $5, $6, $7, $8) },
      layerNormGradientRows: {
        KernelsAVX512.layerNormGradientRows($0, $1, $2, $3, $4, $5, $6, $7)
      },
      peak: { KernelsAVX512.peak($0, $1, $2) },
      peakOperations: KernelsAVX512.peakOperations
    )
  #endif
}
