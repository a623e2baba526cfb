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
    var total = Vector(repeating: 0)
    j = 0
    while j < whole {
      let e = expOfNegative(multiplyAdd(load(source + j), factor, down))
      store(e, target + j)
      total = total + e
      j &+= lanes
    }
    if rest > 0 {
      tail = expOfNegative(multiplyAdd(tail, factor, down))
      total = total + tail
    }
    let inverse = Vector(repeating: 1 / sum(total))
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
    var total = Vector(repeating: 0)
    var k = 0
    while k < n {
      total = multiplyAdd(load(prob + k, upTo: n &- k), load(grad + k, upTo: n &- k), total)
      k &+= lanes
    }
    let along = sum(total)
    let mean = Vector(repeating: along)
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
  var i = 0
  while i < rows {
    let (source, target) = (x + i &* columns, y + i &* columns)
    let whole = columns / lanes &* lanes
    let rest = columns &- whole
    var (u, v) = (Vector(repeating: 0), Vector(repeating: 0))
    var j = 0
    while j &+ 2 &* lanes <= whole {  // two sums, because each addition waits for the one before
      u = u + load(source + j)
      v = v + load(source + j + lanes)
      j &+= 2 &* lanes
    }
    if j < whole { u = u + load(source + j) }
    if rest > 0 { v = v + load(source + whole, first: rest) }
    let mean = sum(u + v) / Float(columns)
    let center = Vector(repeating: mean)
    (u, v) = (Vector(repeating: 0), Vector(repeating: 0))
    j = 0
    while j &+ 2 &* lanes <= whole {
      let (d, e) = (load(source + j) - center, load(source + j + lanes) - center)
      u = multiplyAdd(d, d, u)
      v = multiplyAdd(e, e, v)
      j &+= 2 &* lanes
    }
    if j < whole {
      let d = load(source + j) - center
      u = multiplyAdd(d, d, u)
    }
    if rest > 0 {
      let d = float(bits(load(source + whole, first: rest) - center) & firstLanes(rest))
      v = multiplyAdd(d, d, v)
    }
    let inverse = 1 / (sum(u + v) / Float(columns) + eps).squareRoot()
    means[i] = mean
    inverses[i] = inverse
    let scale = Vector(repeating: inverse)
    j = 0
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
    i &+= 1
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
    let (source, up, out) = (x + i &* columns, g + i &* columns, dx + i &* columns)
    let zero = Vector(repeating: 0)
    let center = Vector(repeating: means[i])
    let scale = Vector(repeating: inverses[i])
    var (sums, dots) = (zero, zero)
    var j = 0
    while j < columns {
      let rest = columns &- j
      let h = load(up + j, upTo: rest) * load(weight + j, upTo: rest)
      let normal = (load(source + j, upTo: rest) - center) * scale
      sums = sums + h
      dots = multiplyAdd(h, normal, dots)
      j &+= lanes
    }
    let mean = Vector(repeating: sum(sums) / Float(columns))
    let along = Vector(repeating: sum(dots) / Float(columns))
    j = 0
    while j < columns {
      let rest = columns &- j
      let normal = (load(source + j, upTo: rest) - center) * scale
      let h = load(up + j, upTo: rest) * load(weight + j, upTo: rest)
      store((h - mean - normal * along) * scale, out + j, upTo: rest)
      j &+= lanes
    }
    i &+= 1
  }
}
