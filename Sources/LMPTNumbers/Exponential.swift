// Exponential - e^x and e^x - 1.
// SPDX-License-Identifier: Apache-2.0

/// Beyond these e^x is infinite, or rounds to 0.
enum ExponentRange {
  static let end = 709.79
  static let start = -745.2
}

/// e^x, with an error below 0.8 of the last place; 0 and infinity beyond their ends.
package func exp(_ x: Double) -> Double {
  guard x < ExponentRange.end else { return x.isNaN ? x : .infinity }
  guard x > ExponentRange.start else { return 0 }
  return exponential(TwoParts(x))
}

/// e^x - 1, exact near zero: the error is below 1.1 of the last place.
package func expm1(_ x: Double) -> Double {
  guard x.magnitude >= 0x1p-54 else { return x }  // 0 with its sign, and NaN
  guard x < 700 else { return exp(x) }
  guard x > -40 else { return -1 }
  let (k, r) = reduced(TwoParts(x))
  if k == 0 {
    let square = x * x
    return x + square * tail(x)
  }
  let parts = onePlus(r)
  let scale = powerOfTwo(k)
  let sum = TwoParts.sum(scale * parts.high, -1)
  return sum.high + (sum.low + scale * parts.low)
}

/// e^(high + low), where high lies in the range of `exp`.
@inline(__always)
func exponential(_ x: TwoParts) -> Double {
  let (k, r) = reduced(x)
  let value = onePlus(r).value
  // In two steps, because 2^k alone may be no normal number.
  let half = k >> 1
  return value * powerOfTwo(half) * powerOfTwo(k - half)
}

/// x as k ln 2 + r with |r| <= ln 2 / 2.
@inline(__always)
private func reduced(_ x: TwoParts) -> (k: Int, r: TwoParts) {
  let k = nearest(x.high * 0x1.71547652b82fep+0)
  let rest = x.high - k * Ln2.high  // exact: k ln 2 is that close
  return (Int(k), TwoParts.sum(rest, x.low - k * Ln2.low))
}

/// e^r in two parts: 1 + r exactly, and what is smaller.
@inline(__always)
private func onePlus(_ r: TwoParts) -> TwoParts {
  let small = r.high * r.high * tail(r.high) + (r.low + r.low * r.high)
  let one = TwoParts.ordered(1, r.high)
  return TwoParts(one.high, one.low + small)
}

/// (e^r - 1 - r) / r^2 for |r| <= 0.35: 1/2 + r/6 + r^2/24 and so on.
@inline(__always)
private func tail(_ r: Double) -> Double {
  var sum = 1.0 / 87_178_291_200  // 1 / 14!
  sum = sum * r + 1.0 / 6_227_020_800
  sum = sum * r + 1.0 / 479_001_600
  sum = sum * r + 1.0 / 39_916_800
  sum = sum * r + 1.0 / 3_628_800
  sum = sum * r + 1.0 / 362_880
  sum = sum * r + 1.0 / 40_320
  sum = sum * r + 1.0 / 5_040
  sum = sum * r + 1.0 / 720
  sum = sum * r + 1.0 / 120
  sum = sum * r + 1.0 / 24
  sum = sum * r + 1.0 / 6
  return sum * r + 0.5
}
