// Logarithm - the natural logarithm, that of 1 + x, and the one to base 10.
// SPDX-License-Identifier: Apache-2.0

/// The natural logarithm, with an error below 0.6 of the last place; minus infinity at 0, not-a-number
/// below.
package func log(_ x: Double) -> Double {
  guard let parts = logarithm(x) else { return special(x) }
  return parts.value
}

/// The logarithm to base 10, with an error below 0.6 of the last place; exact for 1 to 10^22, the
/// powers of ten that a Double holds.
package func log10(_ x: Double) -> Double {
  guard let natural = logarithm(x) else { return special(x) }
  let product = TwoParts.product(natural.high, 0x1.bcb7b1526e50ep-2)  // 1 / ln 10, and its rest
  let low = natural.low * 0x1.bcb7b1526e50ep-2 + natural.high * 0x1.95355baaafad3p-57
  return product.high + (product.low + low)
}

/// log(1 + x), exact near zero: the error is below 0.7 of the last place; minus infinity at -1,
/// not-a-number below.
package func log1p(_ x: Double) -> Double {
  guard x > -1, x < .infinity else { return special(1 + x) }
  guard x.magnitude >= 0x1p-54 else { return x }  // 0 with its sign, too
  // 1 + x between the roots of 1/2 and 2, as `scaled` would leave it.
  if x > -0.29, x < 0.41 { return logarithm(of: TwoParts(x), 0).value }
  let sum = TwoParts.sum(1, x)
  let (k, m) = scaled(sum.high)
  // From 2^54 on, 1 + x is x but for what a logarithm does not show; 2^-k is no normal number later.
  let low = k > 1000 ? 0 : sum.low * powerOfTwo(-k)
  return logarithm(of: TwoParts(m - 1, low), k).value
}

/// The natural logarithm in two parts, with an error below 2^-64.5; nil where there is none.
@inline(__always)
func logarithm(_ x: Double) -> TwoParts? {
  guard x > 0, x < .infinity else { return nil }
  let (k, m) = scaled(x)
  return logarithm(of: TwoParts(m - 1), k)
}

/// The logarithm where there is no finite one: minus infinity at 0, infinity there, NaN below 0.
private func special(_ x: Double) -> Double {
  x == 0 ? -.infinity : x > 0 ? x : .nan
}

/// x as 2^k m with m between the roots of 1/2 and 2.
@inline(__always)
private func scaled(_ x: Double) -> (k: Int, m: Double) {
  let isTiny = x < 0x1p-1022
  let bits = (isTiny ? x * 0x1p54 : x).bitPattern
  var k = Int(bits >> 52) - 1023 - (isTiny ? 54 : 0)
  var m = Double(bitPattern: bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000)
  if m > 0x1.6a09e667f3bcdp+0 {
    m *= 0.5
    k += 1
  }
  return (k, m)
}

/// log(1 + f) + k ln 2 by the series of s = f / (2 + f): 2 (s + s^3/3 + s^5/5 + ...).
///
/// The first two terms are in two parts, because a power multiplies their error by y log x.
@inline(__always)
private func logarithm(of f: TwoParts, _ k: Int) -> TwoParts {
  let bottom = TwoParts.sum(2, f.high)
  let s = f.high / bottom.high
  let back = TwoParts.product(s, bottom.high)
  let rest = ((f.high - back.high) - back.low) + (f.low - s * (bottom.low + f.low))
  let low = rest / bottom.high
  let square = TwoParts.product(s, s)
  let z = square.high
  var sum = 1.0 / 25
  sum = sum * z + 1.0 / 23
  sum = sum * z + 1.0 / 21
  sum = sum * z + 1.0 / 19
  sum = sum * z + 1.0 / 17
  sum = sum * z + 1.0 / 15
  sum = sum * z + 1.0 / 13
  sum = sum * z + 1.0 / 11
  sum = sum * z + 1.0 / 9
  sum = sum * z + 1.0 / 7
  sum = sum * z + 1.0 / 5
  // 1/3 + s^2/5 + ..., and 2 s^3.
  let factor = TwoParts.ordered(1.0 / 3, sum * z)
  let factorLow = factor.low + 0x1.5555555555555p-56  // the rest of 1/3
  let cube = TwoParts.product(2 * s, z)
  let cubeLow = cube.low + (2 * s * square.low + 6 * z * low)
  let term = TwoParts.product(cube.high, factor.high)
  let termLow = term.low + (cube.high * factorLow + cubeLow * factor.high)
  let places = Double(k)
  let main = TwoParts.ordered(places * Ln2.high, 2 * s)
  let all = TwoParts.ordered(main.high, term.high)
  return TwoParts.ordered(
    all.high, all.low + (main.low + (2 * low + termLow + places * Ln2.low)))
}
