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
  guard rows > 0 else { return }
  @inline(__always) func count(_ i: Int) -> Int { min(columns, first &+ i) }
  // Three rows in turn: each part of a row's work waits for its last result, and the parts of other
  // rows fill the time.
  var top = largest(x, count(0))
  var inverse: Float = 0
  var i = 0
  while i < rows {
    let next = i &+ 1 < rows ? largest(x + (i &+ 1) &* ldx, count(i &+ 1)) : 0
    let sum = exponentials(x + i &* ldx, y + i &* ldy, count(i), scale, -(top * scale))
    if i > 0 { multiply(y + (i &- 1) &* ldy, count(i &- 1), inverse) }
    (top, inverse) = (next, 1 / sum)
    var j = count(i)
    while j < columns {
      y[i &* ldy &+ j] = 0
      j &+= 1
    }
    i &+= 1
  }
  multiply(y + (i &- 1) &* ldy, count(i &- 1), inverse)
}

/// The largest of n numbers.
@inline(__always)
func largest(_ x: Source, _ n: Int) -> Float {
  let rest = n % lanes
  let whole = n &- rest
  var top = Vector(repeating: -.infinity)
  if rest > 0 { top = select(firstLanes(rest), load(x + whole, first: rest), top) }
  var j = 0
  while j < whole {
    top = maximum(load(x + j), top)
    j &+= lanes
  }
  return largest(top)
}

/// y = e^(x scale + down), and the sum of all.
@inline(__always)
func exponentials(_ x: Source, _ y: Target, _ n: Int, _ scale: Float, _ down: Float) -> Float {
  let (factor, down) = (Vector(repeating: scale), Vector(repeating: down))
  let rest = n % lanes
  let whole = n &- rest
  var sums = noSums
  var j = 0
  var e = Vector(repeating: 0)
  while j < whole {
    // One vector later: where halves are added, the compiler would compute them a second time.
    add(&sums, e, at: j &- lanes)
    e = expOfNegative(multiplyAdd(load(x + j), factor, down))
    store(e, y + j)
    j &+= lanes
  }
  add(&sums, e, at: j &- lanes)
  if rest > 0 {
    // A whole vector with -infinity beyond the row.
    let last = select(
      firstLanes(rest), load(x + whole, first: rest), Vector(repeating: -.infinity))
    e = expOfNegative(multiplyAdd(last, factor, down))
    add(&sums, e, at: whole)
    store(e, y + whole, first: rest)
  }
  return total(sums)
}

/// x = x factor.
@inline(__always)
func multiply(_ x: Target, _ n: Int, _ factor: Float) {
  let factor = Vector(repeating: factor)
  var j = 0
  while j < n {
    let rest = n &- j
    store(load(x + j, upTo: rest) * factor, x + j, upTo: rest)
    j &+= lanes
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
