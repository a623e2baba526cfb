// Ahead - what a tile asks of memory while it computes, because it or the next one will need it.
// SPDX-License-Identifier: Apache-2.0

// A core has room for some sixteen lines on their way. Asked for all at once, before a tile begins,
// they made it wait: a tenth of a residual network's time. So the tile asks for a few lines with
// every four terms.

/// What is left to ask for: part of the next panel of B and how far to go in it at each time; rows of
/// C, how far apart they are and how many are left; how far behind C's the residual's lie.
typealias Ahead = (
  panel: Source, step: Int, c: Source, ldc: Int, rows: Int, residual: Int
)

/// Nothing new: the same lines again and again.
@inline(__always)
func nothingAhead(_ c: Source) -> Ahead { (c, 0, c, 0, 0, 0) }

/// Part `i` of `parts` of the next panel of B, of `width` x `k` values, and a tile's rows of C.
@inline(__always)
func aheadOf(
  _ panel: Source, _ i: Int, _ parts: Int, _ width: Int, _ k: Int, _ c: Source, _ ldc: Int,
  _ height: Int, _ residual: Int
) -> Ahead {
  let count = width &* k
  let (start, end) = (i &* count / parts, (i &+ 1) &* count / parts)
  return (panel + start, (end &- start) / max(1, k / 4), c, ldc, height, residual)
}

/// Asks for the next lines: B's into the second cache, the others into the nearest.
@_transparent
func look(_ ahead: inout Ahead) {
  prefetch(ahead.panel, 0, 2, 1)
  prefetch(ahead.panel + ahead.step / 2, 0, 2, 1)
  ahead.panel += ahead.step
  prefetch(ahead.c, 0, 3, 1)
  prefetch(ahead.c + ahead.residual, 0, 3, 1)
  if tileColumns > 16 {
    prefetch(ahead.c + 16, 0, 3, 1)
    prefetch(ahead.c + (ahead.residual &+ 16), 0, 3, 1)
  }
  ahead.rows &-= 1
  if ahead.rows > 0 { ahead.c += ahead.ldc }
}
