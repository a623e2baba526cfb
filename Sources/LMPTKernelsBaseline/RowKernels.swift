// RowKernels - softmax and LayerNorm by rows, forward and backward.
// SPDX-License-Identifier: Apache-2.0

/// softmax(scale * x) of each row, scale > 0.
///
/// Row i has `first` + i elements and zeros behind them: a causal mask by loop bounds, because
/// e^-infinity would need a test per element. With `first` = `columns` there is no mask.
public func softmaxRows(
  _ x: UnsafePointer<Float>, ldx: Int, into y: UnsafeMutablePointer<Float>, ldy: Int, rows: Int,
  columns: Int, scale: Float, first: Int
) {
  let factor = Vector(repeating: scale)
  var i = 0
  while i < rows {
    let n = min(columns, first &+ i)
    let (source, target) = (x + i &* ldx, y + i &* ldy)
    let rest = n % lanes
    let whole = n &- rest
    // The last elements: a whole vector with -infinity beyond the row.
    var tail = Vector(repeating: -.infinity)
    if rest > 0 {
      tail = select(firstLanes(rest), load(source + whole, first: rest), tail)
    }
    var top = tail
    var j = 0
    while j < whole {
      top = maximum(load(source + j), top)
      j &+= lanes
    }
    let down = Vector(repeating: -(largest(top) * scale))
    var sums = noSums
    j = 0
    var e = Vector(repeating: 0)
    while j < whole {
      // One vector later: where halves are added, the compiler would compute them a second time.
      add(&sums, e, at: j &- lanes)
      e = expOfNegative(multiplyAdd(load(source + j), factor, down))
      store(e, target + j)
      j &+= lanes
    }
    add(&sums, e, at: j &- lanes)
    if rest > 0 {
      tail = expOfNegative(multiplyAdd(tail, factor, down))
      add(&sums, tail, at: whole)
    }
    let inverse = Vector(repeating: 1 / total(sums))
    j = 0
    while j < whole {
      store(load(target + j) * inverse, target + j)
      j &+= lanes
    }
    if rest > 0 { store(tail * inverse, target + whole, first: rest) }
    j = n
    while j < columns {
      target[j] = 0
      j &+= 1
    }
    i &+= 1
  }
}

/// The gradient before a softmax: g = scale * p * (g - sum(p g)), in place, row by row; `first` as
/// for `softmaxRows`.
public func softmaxGradientRows(
  _ p: UnsafePointer<Float>, ldp: Int, inPlace g: UnsafeMutablePointer<Float>, ldg: Int, rows: Int,
  columns: Int, scale: Float, first: Int
) {
  let factor = Vector(repeating: scale)
  var i = 0
  while i < rows {
    let n = min(columns, first &+ i)
    let (prob, grad) = (p + i &* ldp, g + i &* ldg)
    var sums = noSums
    var k = 0
    while k < n {
      let rest = n &- k
      add(&sums, load(prob + k, upTo: rest), times: load(grad + k, upTo: rest), at: k)
      k &+= lanes
    }
    let mean = Vector(repeating: total(sums))
    map(prob, grad, grad, n) { (($1 - mean) * factor) * $0 }
    var j = n
    while j < columns {
      grad[j] = 0
      j &+= 1
    }
    i &+= 1
  }
}

/// y = (x - mean) / sqrt(variance + eps) * weight + bias of each row; keeps mean and
/// 1 / sqrt(variance + eps) for the gradient.
public func layerNormRows(
  _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>, means: UnsafeMutablePointer<Float>,
  inverses: UnsafeMutablePointer<Float>, rows: Int, columns: Int, eps: Float
) {
  let whole = columns / lanes &* lanes
  let rest = columns &- whole
  var i = 0
  while i < rows {
    let last = min(i &+ 1, rows &- 1)
    let (a, b) = (x + i &* columns, x + last &* columns)
    let sums = rowSums(a, b, columns, above: (0, 0), squares: false)
    let mean = (sums.0 / Float(columns), sums.1 / Float(columns))
    let squares = rowSums(a, b, columns, above: mean, squares: true)
    var row = i
    while row <= last {
      let (source, target) = (x + row &* columns, y + row &* columns)
      let variance = (row == i ? squares.0 : squares.1) / Float(columns)
      let inverse = 1 / (variance + eps).squareRoot()
      means[row] = row == i ? mean.0 : mean.1
      inverses[row] = inverse
      let (center, scale) = (Vector(repeating: means[row]), Vector(repeating: inverse))
      var j = 0
      while j < whole {
        let normal = (load(source + j) - center) * scale
        store(multiplyAdd(normal, load(weight + j), load(bias + j)), target + j)
        j &+= lanes
      }
      if rest > 0 {
        let normal = (load(source + j, first: rest) - center) * scale
        store(
          multiplyAdd(normal, load(weight + j, first: rest), load(bias + j, first: rest)),
          target + j, first: rest)
      }
      row &+= 1
    }
    i &+= 2
  }
}

/// The gradient of LayerNorm with respect to x: with n the normalised row and h = g weight,
/// dx = (h - mean(h) - n mean(h n)) / sqrt(variance + eps).
public func layerNormGradientRows(
  _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>, upstream g: UnsafePointer<Float>,
  means: UnsafePointer<Float>, inverses: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>, rows: Int, columns: Int
) {
  var i = 0
  while i < rows {
    let last = min(i &+ 1, rows &- 1)
    let (a, b) = (i &* columns, last &* columns)
    let (centers, scales) = (pair(means[i], means[last]), pair(inverses[i], inverses[last]))
    var (sums, dots) = (noPair, noPair)
    var j = 0
    while j < columns {
      let rest = columns &- j
      addNormal(
        &sums, &dots, pair(g + (a &+ j), g + (b &+ j), upTo: rest),
        pair(weight + j, weight + j, upTo: rest),
        pair(x + (a &+ j), x + (b &+ j), upTo: rest), centers, scales)
      j &+= 8
    }
    let (averages, along) = (totals(sums), totals(dots))
    var row = i
    while row <= last {
      let (source, up, out) = (x + row &* columns, g + row &* columns, dx + row &* columns)
      let (center, scale) = (Vector(repeating: means[row]), Vector(repeating: inverses[row]))
      let mean = Vector(repeating: (row == i ? averages.0 : averages.1) / Float(columns))
      let along = Vector(repeating: (row == i ? along.0 : along.1) / Float(columns))
      j = 0
      while j < columns {
        let rest = columns &- j
        let normal = (load(source + j, upTo: rest) - center) * scale
        let h = load(up + j, upTo: rest) * load(weight + j, upTo: rest)
        store((h - mean - normal * along) * scale, out + j, upTo: rest)
        j &+= lanes
      }
      row &+= 1
    }
    i &+= 2
  }
}
