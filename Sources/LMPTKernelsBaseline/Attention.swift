// Attention - softmax(Q K^T) V of some rows of a head, while their scores are in the nearest cache.
// SPDX-License-Identifier: Apache-2.0

/// out = softmax(scale Q K^T) V for rows panel by panel: scores, their softmax and the product with
/// the values, before the next rows.
///
/// Each number is made as by two whole products and a softmax between them.
///
/// - keys: K^T packed (`packB`), `size` x `tokens`.
/// - values: V packed, `tokens` x `size`, in `depths` blocks of terms.
/// - tokens: in whole tiles, with `size` at most `nearRow`.
/// - first: how many positions the first row attends to, each further row to one more.
/// - probabilities: where the softmax is kept, `tokens` x `tokens`, if `keeps`.
/// - scratch: `edgeFloats`: a tile, and rows of scores and of queries side by side.
public func attendRows(
  _ q: UnsafePointer<Float>, ldq: Int, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
  depths: Int, into out: UnsafeMutablePointer<Float>, ldo: Int, tokens: Int, size: Int,
  scale: Float, first: Int, keeps: Bool, probabilities: UnsafeMutablePointer<Float>,
  scratch: UnsafeMutablePointer<Float>
) {
  let panels = panelCount(tokens)
  let (low, higher) = (tokens / panels, tokens % panels)
  let width = (size &+ lanes &- 1) / lanes &* lanes
  let scores = scratch + tileRows &* tileColumns
  let queries = scores + (nearRow &- width)
  var p = 0
  while p < panels {
    let row = panelStart(p, low, higher)
    let height = p < higher ? low &+ 1 : low
    copyRows(q + row &* ldq, ldq, height, size, queries)
    // Only positions that one of the rows attends to. Whole panels: behind the last there is room.
    let seen = min(tokens, first &+ row &+ height &- 1)
    var column = 0
    while column < seen {
      let (panel, target) = (keys + column &* size, scores + column)
      if tokens &- column > lanes {
        rowsWide(height, size, queries, nearRow, panel, tileColumns, target, nearRow, false)
      } else {
        narrow(height, size, queries, nearRow, 1, panel, lanes, target, nearRow, false)
      }
      column &+= tileColumns
    }
    softmaxRows(
      scores, ldx: nearRow, into: scores, ldy: nearRow, rows: height, columns: tokens,
      scale: scale, first: min(tokens, first &+ row))
    var d = 0
    while d < depths {
      let start = d &* tokens / depths
      let depth = (d &+ 1) &* tokens / depths &- start
      let b = values + start &* width
      multiplyPanels(
        m: height, n: size, k: depth, a: scores + start, aRow: nearRow, aStep: 1, b: b, bStep: 0,
        bTail: b, c: out + row &* ldo, ldc: ldo, add: d > 0, aFirst: 0, aLast: 1, bFirst: 0,
        bLast: (size &+ tileColumns &- 1) / tileColumns, edge: scratch, finish: 0, bias: b,
        residual: b)
      d &+= 1
    }
    if keeps {
      var i = 0
      while i < height {
        var j = 0
        while j < tokens {
          let (from, to) = (scores + (i &* nearRow &+ j), (row &+ i) &* tokens &+ j)
          store(load(from, upTo: tokens &- j), probabilities + to, upTo: tokens &- j)
          j &+= lanes
        }
        i &+= 1
      }
    }
    p &+= 1
  }
}
