// Maps - elementwise functions over raw memory.
// SPDX-License-Identifier: Apache-2.0

/// A whole vector, or the last `rest` < lanes values of an array padded with 0.
@inline(__always)
func load(_ p: UnsafePointer<Float>, upTo rest: Int) -> Vector {
  rest >= lanes ? load(p) : load(p, first: rest)
}

@inline(__always)
func store(_ v: Vector, _ p: UnsafeMutablePointer<Float>, upTo rest: Int) {
  if rest >= lanes { store(v, p) } else { store(v, p, first: rest) }
}

/// y[i] = f(x[i]), the last elements through a padded vector.
///
/// One place calls `f`, the edge included: a closure that is called in two is not inlined.
@inline(__always)
func map(
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int,
  _ f: (Vector) -> Vector
) {
  var i = 0
  while i < n {
    store(f(load(x + i, upTo: n &- i)), y + i, upTo: n &- i)
    i &+= lanes
  }
}

/// z[i] = f(x[i], y[i]).
@inline(__always)
func map(
  _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>,
  _ n: Int, _ f: (Vector, Vector) -> Vector
) {
  var i = 0
  while i < n {
    let rest = n &- i
    store(f(load(x + i, upTo: rest), load(y + i, upTo: rest)), z + i, upTo: rest)
    i &+= lanes
  }
}

/// e^x.
public func exp(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int) {
  map(x, y, n) { exp($0) }
}

@inline(__always)
func quickGELU(_ x: Vector) -> Vector { x * logistic(Vector(repeating: 1.702) * x) }

@inline(__always)
func quickGELUGradient(_ x: Vector, _ g: Vector) -> Vector {
  let one = Vector(repeating: 1)
  let scaled = Vector(repeating: 1.702) * x
  let s = logistic(scaled)
  return g * (s * multiplyAdd(scaled, one - s, one))
}

@inline(__always)
func gelu(_ x: Vector) -> Vector { x * gaussian(x).cumulative }

@inline(__always)
func geluGradient(_ x: Vector, _ g: Vector) -> Vector {
  let normal = gaussian(x)
  return g * multiplyAdd(x, normal.density, normal.cumulative)
}

/// x sigmoid(1.702 x), CLIP's activation.
public func quickGELU(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int) {
  map(x, y, n, quickGELU)
}

/// g times the derivative of QuickGELU at x.
public func quickGELUGradient(
  _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>,
  _ n: Int
) { map(x, g, out, n, quickGELUGradient) }

/// x Phi(x), the exact Gaussian error linear unit.
public func gelu(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int) {
  map(x, y, n, gelu)
}

/// g times the derivative of GELU at x, Phi(x) + x phi(x).
public func geluGradient(
  _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>,
  _ n: Int
) { map(x, g, out, n, geluGradient) }
