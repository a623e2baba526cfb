// Sums - reductions in double precision, and the processor's own limit.
// SPDX-License-Identifier: Apache-2.0

/// Adds f(i..<i+4) over 0..<n, four double sums, the rest one by one.
@inline(__always)
func doubleSum(
  _ n: Int, _ four: (Int) -> SIMD4<Double>, _ one: (Int) -> Double
) -> Double {
  var (u, v) = (SIMD4<Double>(repeating: 0), SIMD4<Double>(repeating: 0))
  var i = 0
  while i &+ 8 <= n {
    u = u + four(i)
    v = v + four(i &+ 4)
    i &+= 8
  }
  u = u + v
  var total = (u.x + u.z) + (u.y + u.w)
  while i < n {
    total += one(i)
    i &+= 1
  }
  return total
}

@inline(__always)
func doubles(_ p: UnsafePointer<Float>) -> SIMD4<Double> {
  SIMD4<Double>(Double(p[0]), Double(p[1]), Double(p[2]), Double(p[3]))
}

/// The sum of x.
public func sum(_ x: UnsafePointer<Float>, _ n: Int) -> Double {
  doubleSum(n, { doubles(x + $0) }, { Double(x[$0]) })
}

/// The sum of x y; with y = x the square of the Euclidean norm.
public func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ n: Int) -> Double {
  doubleSum(n, { doubles(x + $0) * doubles(y + $0) }, { Double(x[$0]) * Double(y[$0]) })
}

/// Operations of one round of `peak`.
public var peakOperations: Int { @inline(__always) get { 2 &* 12 &* lanes } }

/// Multiply-adds on registers only, `rounds` times twelve independent ones: what the processor can
/// do at most.
///
/// Returns a value that depends on all of them.
@inline(never)
public func peak(_ rounds: Int, _ factor: Float, _ term: Float) -> Float {
  let (a, b) = (Vector(repeating: factor), Vector(repeating: term))
  var (c0, c1, c2, c3, c4, c5) = (b, b, b, b, b, b)
  var (c6, c7, c8, c9, c10, c11) = (b, b, b, b, b, b)
  var i = 0
  while i < rounds {
    c0 = multiplyAdd(c0, a, b)
    c1 = multiplyAdd(c1, a, b)
    c2 = multiplyAdd(c2, a, b)
    c3 = multiplyAdd(c3, a, b)
    c4 = multiplyAdd(c4, a, b)
    c5 = multiplyAdd(c5, a, b)
    c6 = multiplyAdd(c6, a, b)
    c7 = multiplyAdd(c7, a, b)
    c8 = multiplyAdd(c8, a, b)
    c9 = multiplyAdd(c9, a, b)
    c10 = multiplyAdd(c10, a, b)
    c11 = multiplyAdd(c11, a, b)
    i &+= 1
  }
  let s0 = (c0 + c1) + (c2 + c3)
  let s1 = (c4 + c5) + (c6 + c7)
  let s2 = (c8 + c9) + (c10 + c11)
  return sum(s0 + s1 + s2)
}
