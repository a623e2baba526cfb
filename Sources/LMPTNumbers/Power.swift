// Power - x to the power of y.
// SPDX-License-Identifier: Apache-2.0

/// x^y for x >= 0, with an error below 1.3 of the last place, and below 0.7 where |y log x| is at
/// most 100.
///
/// 1 for y = 0 and for x = 1, whatever the other is, and otherwise as C's `pow` for x > 0; -0 counts
/// as 0. Not-a-number for every other negative x, also where y is a whole number.
package func pow(_ x: Double, _ y: Double) -> Double {
  if y == 0 || x == 1 { return 1 }
  if x.isNaN || y.isNaN || x < 0 { return .nan }
  if x == 0 { return y > 0 ? 0 : .infinity }
  guard let log = logarithm(x) else { return y > 0 ? .infinity : 0 }
  let size = y * log.high
  guard size < ExponentRange.end else { return .infinity }
  guard size > ExponentRange.start else { return 0 }
  let product = TwoParts.product(y, log.high)
  return exponential(TwoParts.ordered(product.high, product.low + y * log.low))
}
