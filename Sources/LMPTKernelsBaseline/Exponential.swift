// Exponential - e^x, the logistic function and the Gaussian's tail on whole vectors.
// SPDX-License-Identifier: Apache-2.0

/// The pieces of e^x = p 2^n, with n + offset in the lowest bits of `t`.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2: the polynomial is Cephes' `expf`, ln 2 is split in two so
/// that n times its first part is exact.
@inline(__always)
func exponential(_ x: Vector, _ offset: Float = 0) -> (p: Vector, t: Vector) {
  let magic = Vector(repeating: 12_582_912 + offset)  // 1.5 * 2^23 rounds what is added to it
  let t = multiplyAdd(x, Vector(repeating: 1.442_695_04), magic)
  let n = t - magic
  var r = multiplyAdd(n, Vector(repeating: -0.693_359_375), x)
  r = multiplyAdd(n, Vector(repeating: 2.121_944_40e-4), r)
  var p = Vector(repeating: 1.987_569_15e-4)
  p = multiplyAdd(p, r, Vector(repeating: 1.398_199_95e-3))
  p = multiplyAdd(p, r, Vector(repeating: 8.333_451_91e-3))
  p = multiplyAdd(p, r, Vector(repeating: 4.166_579_59e-2))
  p = multiplyAdd(p, r, Vector(repeating: 1.666_666_55e-1))
  p = multiplyAdd(p, r, Vector(repeating: 5.000_000_12e-1))
  return (multiplyAdd(p, r * r, r) + Vector(repeating: 1), t)
}

/// e^x within 1 ulp for x in [-87.336, 88.722]. Outside, the result means nothing: callers clamp x.
@inline(__always)
func expInRange(_ x: Vector) -> Vector {
  let (p, t) = exponential(x)
  return float(bits(p) &+ (bits(t) &<< Bits(repeating: 23)))
}

/// e^x for every x: 2^n in two factors, so that results beyond the range become infinity,
/// denormal or 0 by themselves.
///
/// NaN stays NaN.
@inline(__always)
func exp(_ x: Vector) -> Vector {
  let inside = minimum(maximum(x, Vector(repeating: -104)), Vector(repeating: 89))
  let (p, t) = exponential(inside)
  let n = bits(t) &- bits(Vector(repeating: 12_582_912))
  let half = n &>> Bits(repeating: 1)
  let bias = Bits(repeating: 127)
  let first = float((half &+ bias) &<< Bits(repeating: 23))
  let second = float((n &- half &+ bias) &<< Bits(repeating: 23))
  return p * first * second
}

/// e^x for x <= 0; 0 below -87.69, where 2^n is no normal number: for sums that are about 1.
///
/// NaN stays NaN.
@inline(__always)
func expOfNegative(_ x: Vector) -> Vector {
  // n = -127 at the least, so that the biased exponent in the lowest bits is never negative.
  let (p, t) = exponential(maximum(x, Vector(repeating: -88)), 127)
  return p * float(bits(t) &<< Bits(repeating: 23))
}

/// 1 / (1 + e^-x); 3e-39 instead of less below -88.7.
@inline(__always)
func logistic(_ x: Vector) -> Vector {
  let one = Vector(repeating: 1)
  let minus = Vector(repeating: 0) - x
  let inside = minimum(maximum(minus, Vector(repeating: -87.336_54)), Vector(repeating: 88.722_83))
  return quotient(one, one + expInRange(inside))
}

/// The Gaussian's cumulative distribution Phi(x) and its density phi(x), for GELU.
///
/// Phi(-|x|) = e^(-x^2/2) t P(t) with t = 1 / (1 + 0.4 |x| / sqrt 2), P fitted to the scaled
/// complementary error function: relative precision in the tail too.
@inline(__always)
func gaussian(_ x: Vector) -> (cumulative: Vector, density: Vector) {
  let one = Vector(repeating: 1)
  // Beyond 13 the tail is below the smallest normal number.
  let a = minimum(magnitude(x), Vector(repeating: 13))
  // -a^2 / 2, and what its rounding lost: 0 without a fused instruction. It is above -88.
  let minus = a * Vector(repeating: -0.5)
  let y = minus * a
  let (p0, n) = exponential(y, 127)
  let e0 = p0 * float(bits(n) &<< Bits(repeating: 23))
  let e = multiplyAdd(e0, multiplySubtract(minus, a, y), e0)
  let t = quotient(one, multiplyAdd(a, Vector(repeating: 0.282_842_712), one))
  var p = Vector(repeating: 0.041_253_04)
  p = multiplyAdd(p, t, Vector(repeating: -0.140_319_24))
  p = multiplyAdd(p, t, Vector(repeating: 0.083_987_3))
  p = multiplyAdd(p, t, Vector(repeating: 0.087_964_326))
  p = multiplyAdd(p, t, Vector(repeating: 0.079_756_5))
  p = multiplyAdd(p, t, Vector(repeating: 0.193_393_2))
  p = multiplyAdd(p, t, Vector(repeating: 0.201_887_6))
  p = multiplyAdd(p, t, Vector(repeating: 0.226_443_11))
  p = multiplyAdd(p, t, Vector(repeating: 0.225_634_23))
  let tail = e * (t * p) * Vector(repeating: 0.5)
  let cumulative = select(negative(x), tail, one - tail)
  return (cumulative, e * Vector(repeating: 0.398_942_28))
}
