// AttentionProducts - attention as two whole products of each head, for sequences of any length.
// SPDX-License-Identifier: Apache-2.0

/// `attentionForward` of so many positions that a tile's rows of scores fit nowhere near.
///
/// The same bits: each number is the same sum.
func attentionInProducts(
  qkv: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>,
  probabilities: UnsafeMutablePointer<Float>?, batch: Int, layout: Heads, seen: Int
) {
  let (tokens, size, width) = (layout.tokens, layout.size, layout.width)
  // Rows that are not kept begin at a cache line.
  let stride = probabilities == nil ? (tokens &+ 15) / 16 &* 16 : tokens
  parallel(batch &* layout.heads) { index in
    let q = qkv + layout.packed(index)
    withScratch(probabilities == nil ? tokens &* stride : 0) { scratch in
      let p = probabilities.map { $0 + index &* tokens &* tokens } ?? scratch
      gemm(
        .none, .transposed, m: tokens, n: tokens, k: size, a: q, lda: 3 &* width, b: q + width,
        ldb: 3 &* width, c: p, ldc: stride, accumulate: .store, threads: .serial)
      let rows = Target(base: p, ld: stride)
      KernelSet.current.softmaxRows(
        SoftmaxWork(
          input: rows.operand, output: rows, rows: tokens, columns: tokens, scale: layout.scale,
          first: seen))
      gemm(
        .none, .none, m: tokens, n: size, k: tokens, a: p, lda: stride, b: q + 2 &* width,
        ldb: 3 &* width, c: out + layout.joined(index), ldc: width, accumulate: .store,
        threads: .serial)
    }
  }
}

extension KernelSet {
  /// Whether `attendRows` has room for a tile's rows of scores, and its scores are the sums that
  /// `gemm` makes.
  func hasRoom(tokens: Int, size: Int) -> Bool {
    let padded = size &+ tokens &+ 2 &* tileColumns
    return padded <= nearRow && size <= Blocking.depth
  }

  /// Packs op(B), k x n, in a number of blocks of terms.
  func pack(
    _ b: Operand, k: Int, n: Int, into target: UnsafeMutablePointer<Float>, blocks: Int
  ) {
    var d = 0
    while d < blocks {
      let start = d &* k / blocks
      packB(
        PackingWork(
          matrix: b.from(start, 0), count: n, depth: (d &+ 1) &* k / blocks &- start,
          target: target + start &* paddedColumns(n), first: 0,
          last: Blocking.blocks(n, tileColumns)))
      d &+= 1
    }
  }
}
