// TwoParts - a number as the sum of two, for results with less error than one holds.
// SPDX-License-Identifier: Apache-2.0

/// high + low, where low is what high's last place has no room for.
///
/// Only IEEE sums, products and quotients in double precision, so that every processor has the same
/// bits. An exact product is made of halves instead of with fma, which is slow where the processor
/// has no instruction for it.
struct TwoParts {
  let high: Double
  let low: Double

  /// The two parts as they are.
  init(_ high: Double, _ low: Double = 0) { (self.high, self.low) = (high, low) }

  /// a + b, exactly (Knuth).
  @inline(__always)
  static func sum(_ a: Double, _ b: Double) -> TwoParts {
    let high = a + b
    let back = high - a
    return TwoParts(high, (a - (high - back)) + (b - back))
  }

  /// a + b, exactly, where a is the larger one or 0 (Dekker).
  @inline(__always)
  static func ordered(_ a: Double, _ b: Double) -> TwoParts {
    let high = a + b
    return TwoParts(high, b - (high - a))
  }

  /// a b, exactly, below 2^996 (Dekker, with Veltkamp's halves).
  @inline(__always)
  static func product(_ a: Double, _ b: Double) -> TwoParts {
    let (x, y) = (halves(a), halves(b))
    let high = a * b
    let rest = ((x.high * y.high - high) + x.high * y.low) + x.low * y.high
    return TwoParts(high, rest + x.low * y.low)
  }

  /// a as 26 and 27 bits.
  @inline(__always)
  private static func halves(_ a: Double) -> TwoParts {
    let spread = 134_217_729.0 * a  // 2^27 + 1
    let high = spread - (spread - a)
    return TwoParts(high, a - high)
  }

  /// The sum, rounded once.
  var value: Double { high + low }
}

/// 2^k for a normal number.
@inline(__always)
func powerOfTwo(_ k: Int) -> Double {
  Double(bitPattern: UInt64(bitPattern: Int64(k &+ 1023)) << 52)
}

/// The nearest whole number, ties to even, below 2^51; `rounded()` is a call on old processors.
@inline(__always)
func nearest(_ x: Double) -> Double { (x + 0x1.8p52) - 0x1.8p52 }

/// The natural logarithm of 2; the first part has 41 bits, so that its multiples are exact.
enum Ln2 {
  static let high = 0x1.62e42fefa3p-1
  static let low = 0x1.3de6af278ece6p-42
}
