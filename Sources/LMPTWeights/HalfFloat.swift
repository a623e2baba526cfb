// HalfFloat - half precision and bfloat16, to and from single precision.
// SPDX-License-Identifier: Apache-2.0

/// Conversions between single precision and the two 16-bit formats.
///
/// Written with integer operations that the compiler vectorises on every processor, so that the
/// result does not depend on the hardware. Widening is exact; narrowing rounds to the nearest, ties
/// to even, as torch and numpy do.
///
/// Source: IEEE 754-2019, 3.4 and 4.3.1.
package enum HalfFloat {
  /// The value of a half-precision number.
  ///
  /// Not-a-number stays so and keeps its payload.
  @inline(__always)
  package static func widen(half bits: UInt16) -> Float {
    let magnitude = UInt32(bits & 0x7FFF) << 13
    // because the exponent's bias differs by 127 - 15 = 112; this also normalises subnormals.
    let scaled = Float(bitPattern: magnitude) * 0x1p112
    // A full exponent means infinity or not-a-number, which scaling has left at 2^16 or more.
    let special: UInt32 = magnitude >= 0x0F80_0000 ? 0x7F80_0000 : 0
    return Float(bitPattern: scaled.bitPattern | special | UInt32(bits & 0x8000) << 16)
  }

  /// The nearest half-precision number, ties to even; beyond 65,520 infinity.
  @inline(__always)
  package static func narrowToHalf(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let magnitude = bits & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 {
      return sign | 0x7E00 | UInt16(truncatingIfNeeded: magnitude >> 13) & 0x03FF
    }
    if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
    if magnitude < 0x3880_0000 {
      // A subnormal result: adding 0.5 lines its units (2^-24) up with the sum's last bit, so the
      // addition itself rounds to nearest even.
      let aligned = (Float(bitPattern: magnitude) + 0.5).bitPattern
      return sign | UInt16(truncatingIfNeeded: aligned &- 0x3F00_0000)
    }
    let odd = magnitude >> 13 & 1
    let rounded = magnitude &- 0x3800_0000 &+ 0x0FFF &+ odd
    return sign | UInt16(truncatingIfNeeded: rounded >> 13)
  }

  /// The value of a bfloat16 number.
  @inline(__always)
  package static func widen(bfloat bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }

  /// The nearest bfloat16 number, ties to even.
  @inline(__always)
  package static func narrowToBFloat(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if bits & 0x7FFF_FFFF > 0x7F80_0000 { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    let odd = bits >> 16 & 1
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ odd) >> 16)
  }

  /// Widens `count` half-precision numbers stored little-endian.
  static func widenHalves(
    _ source: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>, count: Int
  ) {
    // safety: the caller owns 2 * count bytes at source and count floats at target.
    for index in 0..<count {
      let bits = source.loadUnaligned(fromByteOffset: 2 &* index, as: UInt16.self)
      target[index] = widen(half: UInt16(littleEndian: bits))
    }
  }

  /// Widens `count` bfloat16 numbers stored little-endian.
  static func widenBFloats(
    _ source: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>, count: Int
  ) {
    // safety: the caller owns 2 * count bytes at source and count floats at target.
    for index in 0..<count {
      let bits = source.loadUnaligned(fromByteOffset: 2 &* index, as: UInt16.self)
      target[index] = widen(bfloat: UInt16(littleEndian: bits))
    }
  }
}
