// UTF8Scalars - code points out of UTF-8 and back, strictly or with replacement.
// SPDX-License-Identifier: Apache-2.0

/// UTF-8 as Python's codec reads it.
enum UTF8Scalars {
  /// What to do with bytes that are not UTF-8.
  enum Errors {
    /// Give up.
    case strict
    /// Each maximal prefix of a sequence, or else single byte, becomes U+FFFD.
    case replace
  }

  /// The code point that starts at an offset of valid UTF-8, and its bytes.
  @inline(__always)
  static func decode(_ text: UnsafeBufferPointer<UInt8>, at offset: Int) -> (UInt32, Int) {
    let lead = UInt32(text[offset])
    func tail(_ index: Int) -> UInt32 { UInt32(text[offset + index] & 0x3F) }
    if lead < 0x80 { return (lead, 1) }
    if lead < 0xE0 { return ((lead & 0x1F) << 6 | tail(1), 2) }
    if lead < 0xF0 { return ((lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3) }
    return ((lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
  }

  /// Decodes bytes of any kind.
  ///
  /// - Returns: the code points; nil for bytes that are not UTF-8 when `errors` is `.strict`.
  static func decode(_ bytes: some Collection<UInt8>, errors: Errors) -> [UInt32]? {
    var scalars: [UInt32] = []
    scalars.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index != bytes.endIndex {
      let lead = bytes[index]
      bytes.formIndex(after: &index)
      if lead < 0x80 {
        scalars.append(UInt32(lead))
        continue
      }
      // Unicode's table of well-formed sequences: how many bytes follow, and the first's range.
      var (needed, low, high): (Int, UInt8, UInt8)
      switch lead {
      case 0xC2...0xDF: (needed, low, high) = (1, 0x80, 0xBF)
      case 0xE0: (needed, low, high) = (2, 0xA0, 0xBF)
      case 0xED: (needed, low, high) = (2, 0x80, 0x9F)
      case 0xE1...0xEF: (needed, low, high) = (2, 0x80, 0xBF)
      case 0xF0: (needed, low, high) = (3, 0x90, 0xBF)
      case 0xF1...0xF3: (needed, low, high) = (3, 0x80, 0xBF)
      case 0xF4: (needed, low, high) = (3, 0x80, 0x8F)
      default: (needed, low, high) = (0, 0, 0)
      }
      var scalar = UInt32(lead) & (0x3F >> UInt32(needed))
      var complete = needed > 0
      while needed > 0 {
        guard index != bytes.endIndex, low <= bytes[index], bytes[index] <= high else {
          complete = false
          break
        }
        scalar = scalar << 6 | UInt32(bytes[index] & 0x3F)
        bytes.formIndex(after: &index)
        needed -= 1
        (low, high) = (0x80, 0xBF)
      }
      if !complete, errors == .strict { return nil }
      scalars.append(complete ? scalar : 0xFFFD)
    }
    return scalars
  }

  /// Appends a code point's UTF-8.
  @inline(__always)
  static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: scalar >> shift) & 0x3F | 0x80 }
    if scalar < 0x80 {
      bytes.append(UInt8(scalar))
    } else if scalar < 0x800 {
      bytes.append(UInt8(truncatingIfNeeded: scalar >> 6) | 0xC0)
      bytes.append(tail(0))
    } else if scalar < 0x10000 {
      bytes.append(UInt8(truncatingIfNeeded: scalar >> 12) | 0xE0)
      bytes.append(tail(6))
      bytes.append(tail(0))
    } else {
      bytes.append(UInt8(truncatingIfNeeded: scalar >> 18) | 0xF0)
      bytes.append(tail(12))
      bytes.append(tail(6))
      bytes.append(tail(0))
    }
  }

  /// The UTF-8 of some code points.
  static func encode(_ scalars: [UInt32]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(scalars.count)
    for scalar in scalars { append(scalar, to: &bytes) }
    return bytes
  }
}
