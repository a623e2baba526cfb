// KernelTables - the kernel sets themselves: one table of functions per kernel target.
// SPDX-License-Identifier: Apache-2.0

import KernelsAVX2
import KernelsAVX512
import KernelsBaseline

extension KernelSet {
  #if arch(arm64)
    private static let baselineName = "neon"
  #else
    private static let baselineName = "baseline"
  #endif

  static let baseline = KernelSet(
    name: baselineName,
    tileRows: KernelsBaseline.tileRows,
    tileColumns: KernelsBaseline.tileColumns,
    packA: { KernelsBaseline.packA($0, $1, $2, $3, $4, $5, $6, $7) },
    packB: { KernelsBaseline.packB($0, $1, $2, $3, $4, $5, $6, $7) },
    multiplyPanels: {
      KernelsBaseline.multiplyPanels(
        $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    }
  )
  #if arch(x86_64)
    static let avx2 = KernelSet(
      name: "avx2",
      tileRows: KernelsAVX2.tileRows,
      tileColumns: KernelsAVX2.tileColumns,
      packA: { KernelsAVX2.packA($0, $1, $2, $3, $4, $5, $6, $7) },
      packB: { KernelsAVX2.packB($0, $1, $2, $3, $4, $5, $6, $7) },
      multiplyPanels: {
        KernelsAVX2.multiplyPanels(
          $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
      }
    )

    static let avx512 = KernelSet(
      name: "avx512",
      tileRows: KernelsAVX512.tileRows,
      tileColumns: KernelsAVX512.tileColumns,
      packA: { KernelsAVX512.packA($0, $1, $2, $3, $4, $5, $6, $7) },
      packB: { KernelsAVX512.packB($0, $1, $2, $3, $4, $5, $6, $7) },
      multiplyPanels: {
        KernelsAVX512.multiplyPanels(
          $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
      }
    )
  #endif
}
