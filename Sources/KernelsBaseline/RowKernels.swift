// RowKernels - softmax and LayerNorm by rows, forward and backward.
// SPDX-License-Identifier: Apache-2.0

/// Adds f over the elements of a row, lane by lane in two sums.
@inline(__always)
func rowSum(_ n: Int, _ zero: Vector, _ f: (Int) -> Vector, _ last: (Int, Int) -> Vector) -> Float {
  var (u, v) = (zero, zero)
  var i = 0
  while i &+ 2 &* lanes <= n {
    u = u + f(i)
    v = v + f(i &+ lanes)
    i &+= 2 &* lanes
  }
  if i &+ lanes <= n {
    u = u + f(i)
    i &+= lanes
  }
  if i < n { v = v + last(i, n &- i) }
  return sum(u + v)
}

/// All ones in the first `count` lanes.
@inline(never)
func firstLanes(_ count: Int) -> Bits {
  var mask = Bits(repeating: 0)
  var i = 0
  while i < count {
    mask[i] = -1
    i &+= 1
  }
  return mask
}

/// softmax(scale * x) of each row.
///
/// With `causal`, row i has i + 1 elements and zeros behind them: a mask by loop bounds, because
/// e^-infinity would need a test per element.
public func softmaxRows(
  _ x: UnsafePointer<Float>, _ ldx: Int, _ y: UnsafeMutablePointer<Float>, _ ldy: Int,
  _ rows: Int, _ columns: Int, _ scale: Float, _ causal: Bool
) {
  let factor = Vector(repeating: scale)
  var i = 0
  while i < rows {
    let n = causal ? min(columns, i &+ 1) : columns
    let (source, target) = (x + i &* ldx, y + i &* ldy)
    let rest = n % lanes
    let whole = n &- rest
    // The last elements: a whole vector with -infinity beyond the row.
    var tail = Vector(repeating: -.infinity)
    if rest > 0 {
      tail = select(firstLanes(rest), load(source + whole, first: rest), tail) * factor
    }
    var top = tail
    var j = 0
    while j < whole {
      let v = load(source + j) * factor
      top = select(less(top, v), v, top)
      j &+= lanes
    }
    let peak = Vector(repeating: largest(top))
    var total = Vector(repeating: 0)
    j = 0
    while j < whole {
      let e = expOfNegative(multiplyAdd(load(source + j), factor, Vector(repeating: 0) - peak))
      store(e, target + j)
      total = total + e
      j &+= lanes
    }
    if rest > 0 {
      tail = float(bits(expOfNegative(tail - peak)) & firstLanes(rest))
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

/// The gradient before a softmax: g = scale * p * (g - sum(p g)), in place, row by row.
public func softmaxGradientRows(
  _ p: UnsafePointer<Float>, _ ldp: Int, _ g: UnsafeMutablePointer<Float>, _ ldg: Int,
  _ rows: Int, _ columns: Int, _ scale: Float, _ causal: Bool
) {
  let factor = Vector(repeating: scale)
  var i = 0
  while i < rows {
    let n = causal ? min(columns, i &+ 1) : columns
    let (prob, grad) = (p + i &* ldp, g + i &* ldg)
    let along = rowSum(
      n, Vector(repeating: 0), { load(prob + $0) * load(grad + $0) },
      { load(prob + $0, first: $1) * load(grad + $0, first: $1) })
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
  _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>, _ means: UnsafeMutablePointer<Float>,
  _ inverses: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int, _ eps: Float
) {
  var i = 0
  while i < rows {
    let (source, target) = (x + i &* columns, y + i &* columns)
    let total = rowSum(
      columns, Vector(repeating: 0), { load(source + $0) }, { load(source + $0, first: $1) })
    let mean = total / Float(columns)
    let center = Vector(repeating: mean)
    let squares = rowSum(
      columns, Vector(repeating: 0),
      {
        let d = load(source + $0) - center
        return d * d
      },
      {
        let d = float(bits(load(source + $0, first: $1) - center) & firstLanes($1))
        return d * d
      })
    let inverse = 1 / (squares / Float(columns) + eps).squareRoot()
    means[i] = mean
    inverses[i] = inverse
    let scale = Vector(repeating: inverse)
    var j = 0
    while j &+ lanes <= columns {
      let normal = (load(source + j) - center) * scale
      store(multiplyAdd(normal, load(weight + j), load(bias + j)), target + j)
      j &+= lanes
    }
    if j < columns {
      let rest = columns &- j
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
  _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ g: UnsafePointer<Float>,
  _ means: UnsafePointer<Float>, _ inverses: UnsafePointer<Float>,
  _ dx: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int
) {
  var i = 0
  while i < rows {
    let (source, up, out) = (x + i &* columns, g + i &* columns, dx + i &* columns)
    let zero = Vector(repeating: 0)
    let center = Vector(repeating: means[i])
    let scale = Vector(repeating: inverses[i])
    let total = rowSum(
      columns, zero, { load(up + $0) * load(weight + $0) },
      { load(up + $0, first: $1) * load(weight + $0, first: $1) })
    let dot = rowSum(
      columns, zero,
      { (load(up + $0) * load(weight + $0)) * ((load(source + $0) - center) * scale) },
      {
        (load(up + $0, first: $1) * load(weight + $0, first: $1))
          * ((load(source + $0, first: $1) - center) * scale)
      })
    let mean = Vector(repeating: total / Float(columns))
    let along = Vector(repeating: dot / Float(columns))
    var j = 0
    while j < columns {
      let rest = min(lanes, columns &- j)
      let isWhole = rest == lanes
      let normal =
        ((isWhole ? load(source + j) : load(source + j, first: rest)) - center) * scale
      let h =
        isWhole
        ? load(up + j) * load(weight + j)
        : load(up + j, first: rest) * load(weight + j, first: rest)
      let d = (h - mean - normal * along) * scale
      if isWhole { store(d, out + j) } else { store(d, out + j, first: rest) }
      j &+= lanes
    }
    i &+= 1
  }
}
