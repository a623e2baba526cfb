// Power - x to the power of y.
// SPDX-License-Identifier: Apache-2.0

/// x^y for x >= 0, with an error below one of the last place; 1 for y = 0 and for x = 1, whatever the
/// other is, as C's `pow`.
///
/// Not-a-number for a negative x and another y than 0, also where y is a whole number.
package func pow(_ x: Double, _ y: Double) -> Double {
  if y == 0 || x == 1 { return 1 }
  if x.isNaN || y.isNaN || x < 0 { return .nan }
  if x == 0 { return y > 0 ? 0 : .infinity }
  guard let log = logarithm(x) else { return y > 0 ? .infinity : 0 }
  let size = y * log.high
  guard size < 709.79 else { return .infinity }
  guard size > -745.2 else { return 0 }
  let product = TwoParts.product(y, log.high)
  return exponential(TwoParts.ordered(product.high, product.low + y * log.low))
}
