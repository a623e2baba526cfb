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
    packA: { KernelsBaseline.packA($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) },
    packB: { KernelsBaseline.packB($0, $1, $2, $3, $4, $5, $6, $7) },
    multiplyPanels: {
      KernelsBaseline.multiplyPanels(
        $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
        $17, $18, $19)
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
      packA: { KernelsAVX2.packA($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) },
      packB: { KernelsAVX2.packB($0, $1, $2, $3, $4, $5, $6, $7) },
      multiplyPanels: {
        KernelsAVX2.multiplyPanels(
          $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
          $17, $18, $19)
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
      packA: { KernelsAVX512.packA($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) },
      packB: { KernelsAVX512.packB($0, $1, $2, $3, $4, $5, $6, $7) },
      multiplyPanels: {
        KernelsAVX512.multiplyPanels(
          $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
          $17, $18, $19)
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
