// KernelTables - the kernel sets themselves: one table of functions per kernel target.
// SPDX-License-Identifier: Apache-2.0

import LMPTKernelsAVX2
import LMPTKernelsAVX512
import LMPTKernelsBaseline
import LMPTKernelsFast

extension KernelSet {
  static let baseline = KernelSet(
    name: LMPTKernelsBaseline.kernelName.description,
    tileRows: LMPTKernelsBaseline.tileRows,
    tileColumns: LMPTKernelsBaseline.tileColumns,
    lineWidth: LMPTKernelsBaseline.lineWidth,
    nearRow: LMPTKernelsBaseline.nearRow,
    edgeFloats: LMPTKernelsBaseline.edgeFloats,
    packA: {
      LMPTKernelsBaseline.packA(
        m: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
        transposed: $0.matrix.transposed, lineRows: $0.matrix.lineRows,
        lineStep: $0.matrix.lineStep, groupLines: $0.matrix.groupLines,
        groupStep: $0.matrix.groupStep, target: $0.target, first: $0.first, last: $0.last)
    },
    packB: {
      LMPTKernelsBaseline.packB(
        n: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
        transposed: $0.matrix.transposed, target: $0.target, first: $0.first, last: $0.last)
    },
    multiplyPanels: {
      LMPTKernelsBaseline.multiplyPanels(
        m: $0.m, n: $0.n, k: $0.k, a: $0.a, aRow: $0.aRow, aStep: $0.aStep, b: $0.b,
        bStep: $0.bStep, bTail: $0.bTail, c: $0.c, ldc: $0.ldc, add: $0.add, aFirst: $0.aFirst,
        aLast: $0.aLast, bFirst: $0.bFirst, bLast: $0.bLast, edge: $0.edge,
        finish: $0.finish.kind, bias: $0.finish.bias, residual: $0.finish.residual)
    },
    packLines: {
      LMPTKernelsBaseline.packLines(
        $0.image, height: $0.height, width: $0.width, channels: $0.channels, first: $0.first,
        last: $0.last, into: $0.target)
    },
    multiplyLines: {
      LMPTKernelsBaseline.multiplyLines(
        lines: $0.lines, width: $0.width, channels: $0.channels, packed: $0.packed,
        first: $0.first, k: $0.depth, b: $0.b, next: $0.next, c: $0.c, ldc: $0.ldc,
        columns: $0.columns, add: $0.add, edge: $0.edge, finish: $0.finish.kind,
        bias: $0.finish.bias)
    },
    attendRows: {
      LMPTKernelsBaseline.attendRows(
        $0.queries.base, ldq: $0.queries.ld, keys: $0.keys, values: $0.values, depths: $0.depths,
        into: $0.output.base, ldo: $0.output.ld, tokens: $0.tokens, size: $0.size, scale: $0.scale,
        first: $0.first, keeps: $0.probabilities != nil,
        probabilities: $0.probabilities ?? $0.scratch, scratch: $0.scratch)
    },
    exp: { LMPTKernelsBaseline.exp($0, $1, $2) },
    quickGELU: { LMPTKernelsBaseline.quickGELU($0, $1, $2) },
    gelu: { LMPTKernelsBaseline.gelu($0, $1, $2) },
    quickGELUGradient: { LMPTKernelsBaseline.quickGELUGradient($0, $1, $2, $3) },
    geluGradient: { LMPTKernelsBaseline.geluGradient($0, $1, $2, $3) },
    softmaxRows: {
      LMPTKernelsBaseline.softmaxRows(
        $0.input.base, ldx: $0.input.ld, into: $0.output.base, ldy: $0.output.ld, rows: $0.rows,
        columns: $0.columns, scale: $0.scale, first: $0.first)
    },
    softmaxGradientRows: {
      LMPTKernelsBaseline.softmaxGradientRows(
        $0.input.base, ldp: $0.input.ld, inPlace: $0.output.base, ldg: $0.output.ld, rows: $0.rows,
        columns: $0.columns, scale: $0.scale, first: $0.first)
    },
    layerNormRows: {
      LMPTKernelsBaseline.layerNormRows(
        $0.x, weight: $0.weight, bias: $0.bias, into: $0.y, means: $0.means, inverses: $0.inverses,
        rows: $0.rows, columns: $0.columns, eps: $0.eps)
    },
    layerNormGradientRows: {
      LMPTKernelsBaseline.layerNormGradientRows(
        $0.x, weight: $0.weight, upstream: $0.upstream, means: $0.means, inverses: $0.inverses,
        into: $0.gradient, rows: $0.rows, columns: $0.columns)
    },
    peak: { LMPTKernelsBaseline.peak($0, $1, $2) },
    peakOperations: LMPTKernelsBaseline.peakOperations
  )
  #if arch(x86_64)
    static let baselineFast = KernelSet(
      name: LMPTKernelsFast.kernelName.description,
      tileRows: LMPTKernelsFast.tileRows,
      tileColumns: LMPTKernelsFast.tileColumns,
      lineWidth: LMPTKernelsFast.lineWidth,
      nearRow: LMPTKernelsFast.nearRow,
      edgeFloats: LMPTKernelsFast.edgeFloats,
      packA: {
        LMPTKernelsFast.packA(
          m: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
          transposed: $0.matrix.transposed, lineRows: $0.matrix.lineRows,
          lineStep: $0.matrix.lineStep, groupLines: $0.matrix.groupLines,
          groupStep: $0.matrix.groupStep, target: $0.target, first: $0.first, last: $0.last)
      },
      packB: {
        LMPTKernelsFast.packB(
          n: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
          transposed: $0.matrix.transposed, target: $0.target, first: $0.first, last: $0.last)
      },
      multiplyPanels: {
        LMPTKernelsFast.multiplyPanels(
          m: $0.m, n: $0.n, k: $0.k, a: $0.a, aRow: $0.aRow, aStep: $0.aStep, b: $0.b,
          bStep: $0.bStep, bTail: $0.bTail, c: $0.c, ldc: $0.ldc, add: $0.add, aFirst: $0.aFirst,
          aLast: $0.aLast, bFirst: $0.bFirst, bLast: $0.bLast, edge: $0.edge,
          finish: $0.finish.kind, bias: $0.finish.bias, residual: $0.finish.residual)
      },
      packLines: {
        LMPTKernelsFast.packLines(
          $0.image, height: $0.height, width: $0.width, channels: $0.channels, first: $0.first,
          last: $0.last, into: $0.target)
      },
      multiplyLines: {
        LMPTKernelsFast.multiplyLines(
          lines: $0.lines, width: $0.width, channels: $0.channels, packed: $0.packed,
          first: $0.first, k: $0.depth, b: $0.b, next: $0.next, c: $0.c, ldc: $0.ldc,
          columns: $0.columns, add: $0.add, edge: $0.edge, finish: $0.finish.kind,
          bias: $0.finish.bias)
      },
      attendRows: {
        LMPTKernelsFast.attendRows(
          $0.queries.base, ldq: $0.queries.ld, keys: $0.keys, values: $0.values, depths: $0.depths,
          into: $0.output.base, ldo: $0.output.ld, tokens: $0.tokens, size: $0.size,
          scale: $0.scale, first: $0.first, keeps: $0.probabilities != nil,
          probabilities: $0.probabilities ?? $0.scratch, scratch: $0.scratch)
      },
      exp: { LMPTKernelsFast.exp($0, $1, $2) },
      quickGELU: { LMPTKernelsFast.quickGELU($0, $1, $2) },
      gelu: { LMPTKernelsFast.gelu($0, $1, $2) },
      quickGELUGradient: { LMPTKernelsFast.quickGELUGradient($0, $1, $2, $3) },
      geluGradient: { LMPTKernelsFast.geluGradient($0, $1, $2, $3) },
      softmaxRows: {
        LMPTKernelsFast.softmaxRows(
          $0.input.base, ldx: $0.input.ld, into: $0.output.base, ldy: $0.output.ld, rows: $0.rows,
          columns: $0.columns, scale: $0.scale, first: $0.first)
      },
      softmaxGradientRows: {
        LMPTKernelsFast.softmaxGradientRows(
          $0.input.base, ldp: $0.input.ld, inPlace: $0.output.base, ldg: $0.output.ld,
          rows: $0.rows, columns: $0.columns, scale: $0.scale, first: $0.first)
      },
      layerNormRows: {
        LMPTKernelsFast.layerNormRows(
          $0.x, weight: $0.weight, bias: $0.bias, into: $0.y, means: $0.means,
          inverses: $0.inverses, rows: $0.rows, columns: $0.columns, eps: $0.eps)
      },
      layerNormGradientRows: {
        LMPTKernelsFast.layerNormGradientRows(
          $0.x, weight: $0.weight, upstream: $0.upstream, means: $0.means, inverses: $0.inverses,
          into: $0.gradient, rows: $0.rows, columns: $0.columns)
      },
      peak: { LMPTKernelsFast.peak($0, $1, $2) },
      peakOperations: LMPTKernelsFast.peakOperations
    )

    static let avx2 = KernelSet(
      name: LMPTKernelsAVX2.kernelName.description,
      tileRows: LMPTKernelsAVX2.tileRows,
      tileColumns: LMPTKernelsAVX2.tileColumns,
      lineWidth: LMPTKernelsAVX2.lineWidth,
      nearRow: LMPTKernelsAVX2.nearRow,
      edgeFloats: LMPTKernelsAVX2.edgeFloats,
      packA: {
        LMPTKernelsAVX2.packA(
          m: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
          transposed: $0.matrix.transposed, lineRows: $0.matrix.lineRows,
          lineStep: $0.matrix.lineStep, groupLines: $0.matrix.groupLines,
          groupStep: $0.matrix.groupStep, target: $0.target, first: $0.first, last: $0.last)
      },
      packB: {
        LMPTKernelsAVX2.packB(
          n: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
          transposed: $0.matrix.transposed, target: $0.target, first: $0.first, last: $0.last)
      },
      multiplyPanels: {
        LMPTKernelsAVX2.multiplyPanels(
          m: $0.m, n: $0.n, k: $0.k, a: $0.a, aRow: $0.aRow, aStep: $0.aStep, b: $0.b,
          bStep: $0.bStep, bTail: $0.bTail, c: $0.c, ldc: $0.ldc, add: $0.add, aFirst: $0.aFirst,
          aLast: $0.aLast, bFirst: $0.bFirst, bLast: $0.bLast, edge: $0.edge,
          finish: $0.finish.kind, bias: $0.finish.bias, residual: $0.finish.residual)
      },
      packLines: {
        LMPTKernelsAVX2.packLines(
          $0.image, height: $0.height, width: $0.width, channels: $0.channels, first: $0.first,
          last: $0.last, into: $0.target)
      },
      multiplyLines: {
        LMPTKernelsAVX2.multiplyLines(
          lines: $0.lines, width: $0.width, channels: $0.channels, packed: $0.packed,
          first: $0.first, k: $0.depth, b: $0.b, next: $0.next, c: $0.c, ldc: $0.ldc,
          columns: $0.columns, add: $0.add, edge: $0.edge, finish: $0.finish.kind,
          bias: $0.finish.bias)
      },
      attendRows: {
        LMPTKernelsAVX2.attendRows(
          $0.queries.base, ldq: $0.queries.ld, keys: $0.keys, values: $0.values, depths: $0.depths,
          into: $0.output.base, ldo: $0.output.ld, tokens: $0.tokens, size: $0.size,
          scale: $0.scale, first: $0.first, keeps: $0.probabilities != nil,
          probabilities: $0.probabilities ?? $0.scratch, scratch: $0.scratch)
      },
      exp: { LMPTKernelsAVX2.exp($0, $1, $2) },
      quickGELU: { LMPTKernelsAVX2.quickGELU($0, $1, $2) },
      gelu: { LMPTKernelsAVX2.gelu($0, $1, $2) },
      quickGELUGradient: { LMPTKernelsAVX2.quickGELUGradient($0, $1, $2, $3) },
      geluGradient: { LMPTKernelsAVX2.geluGradient($0, $1, $2, $3) },
      softmaxRows: {
        LMPTKernelsAVX2.softmaxRows(
          $0.input.base, ldx: $0.input.ld, into: $0.output.base, ldy: $0.output.ld, rows: $0.rows,
          columns: $0.columns, scale: $0.scale, first: $0.first)
      },
      softmaxGradientRows: {
        LMPTKernelsAVX2.softmaxGradientRows(
          $0.input.base, ldp: $0.input.ld, inPlace: $0.output.base, ldg: $0.output.ld,
          rows: $0.rows, columns: $0.columns, scale: $0.scale, first: $0.first)
      },
      layerNormRows: {
        LMPTKernelsAVX2.layerNormRows(
          $0.x, weight: $0.weight, bias: $0.bias, into: $0.y, means: $0.means,
          inverses: $0.inverses, rows: $0.rows, columns: $0.columns, eps: $0.eps)
      },
      layerNormGradientRows: {
        LMPTKernelsAVX2.layerNormGradientRows(
          $0.x, weight: $0.weight, upstream: $0.upstream, means: $0.means, inverses: $0.inverses,
          into: $0.gradient, rows: $0.rows, columns: $0.columns)
      },
      peak: { LMPTKernelsAVX2.peak($0, $1, $2) },
      peakOperations: LMPTKernelsAVX2.peakOperations
    )

    static let avx512 = KernelSet(
      name: LMPTKernelsAVX512.kernelName.description,
      tileRows: LMPTKernelsAVX512.tileRows,
      tileColumns: LMPTKernelsAVX512.tileColumns,
      lineWidth: LMPTKernelsAVX512.lineWidth,
      nearRow: LMPTKernelsAVX512.nearRow,
      edgeFloats: LMPTKernelsAVX512.edgeFloats,
      packA: {
        LMPTKernelsAVX512.packA(
          m: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
          transposed: $0.matrix.transposed, lineRows: $0.matrix.lineRows,
          lineStep: $0.matrix.lineStep, groupLines: $0.matrix.groupLines,
          groupStep: $0.matrix.groupStep, target: $0.target, first: $0.first, last: $0.last)
      },
      packB: {
        LMPTKernelsAVX512.packB(
          n: $0.count, k: $0.depth, source: $0.matrix.base, ld: $0.matrix.ld,
          transposed: $0.matrix.transposed, target: $0.target, first: $0.first, last: $0.last)
      },
      multiplyPanels: {
        LMPTKernelsAVX512.multiplyPanels(
          m: $0.m, n: $0.n, k: $0.k, a: $0.a, aRow: $0.aRow, aStep: $0.aStep, b: $0.b,
          bStep: $0.bStep, bTail: $0.bTail, c: $0.c, ldc: $0.ldc, add: $0.add, aFirst: $0.aFirst,
          aLast: $0.aLast, bFirst: $0.bFirst, bLast: $0.bLast, edge: $0.edge,
          finish: $0.finish.kind, bias: $0.finish.bias, residual: $0.finish.residual)
      },
      packLines: {
        LMPTKernelsAVX512.packLines(
          $0.image, height: $0.height, width: $0.width, channels: $0.channels, first: $0.first,
          last: $0.last, into: $0.target)
      },
      multiplyLines: {
        LMPTKernelsAVX512.multiplyLines(
          lines: $0.lines, width: $0.width, channels: $0.channels, packed: $0.packed,
          first: $0.first, k: $0.depth, b: $0.b, next: $0.next, c: $0.c, ldc: $0.ldc,
          columns: $0.columns, add: $0.add, edge: $0.edge, finish: $0.finish.kind,
          bias: $0.finish.bias)
      },
      attendRows: {
        LMPTKernelsAVX512.attendRows(
          $0.queries.base, ldq: $0.queries.ld, keys: $0.keys, values: $0.values, depths: $0.depths,
          into: $0.output.base, ldo: $0.output.ld, tokens: $0.tokens, size: $0.size,
          scale: $0.scale, first: $0.first, keeps: $0.probabilities != nil,
          probabilities: $0.probabilities ?? $0.scratch, scratch: $0.scratch)
      },
      exp: { LMPTKernelsAVX512.exp($0, $1, $2) },
      quickGELU: { LMPTKernelsAVX512.quickGELU($0, $1, $2) },
      gelu: { LMPTKernelsAVX512.gelu($0, $1, $2) },
      quickGELUGradient: { LMPTKernelsAVX512.quickGELUGradient($0, $1, $2, $3) },
      geluGradient: { LMPTKernelsAVX512.geluGradient($0, $1, $2, $3) },
      softmaxRows: {
        LMPTKernelsAVX512.softmaxRows(
          $0.input.base, ldx: $0.input.ld, into: $0.output.base, ldy: $0.output.ld, rows: $0.rows,
          columns: $0.columns, scale: $0.scale, first: $0.first)
      },
      softmaxGradientRows: {
        LMPTKernelsAVX512.softmaxGradientRows(
          $0.input.base, ldp: $0.input.ld, inPlace: $0.output.base, ldg: $0.output.ld,
          rows: $0.rows, columns: $0.columns, scale: $0.scale, first: $0.first)
      },
      layerNormRows: {
        LMPTKernelsAVX512.layerNormRows(
          $0.x, weight: $0.weight, bias: $0.bias, into: $0.y, means: $0.means,
          inverses: $0.inverses, rows: $0.rows, columns: $0.columns, eps: $0.eps)
      },
      layerNormGradientRows: {
        LMPTKernelsAVX512.layerNormGradientRows(
          $0.x, weight: $0.weight, upstream: $0.upstream, means: $0.means, inverses: $0.inverses,
          into: $0.gradient, rows: $0.rows, columns: $0.columns)
      },
      peak: { LMPTKernelsAVX512.peak($0, $1, $2) },
      peakOperations: LMPTKernelsAVX512.peakOperations
    )
  #endif
}
