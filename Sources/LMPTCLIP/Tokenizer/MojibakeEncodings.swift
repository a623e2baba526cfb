// MojibakeEncodings - the single-byte encodings that UTF-8 gets mistaken for, and UTF-8's variants.
// SPDX-License-Identifier: Apache-2.0

/// A single-byte encoding that agrees with ASCII below 80.
struct SingleByteEncoding: Sendable {
  /// What the bytes 80 to FF mean.
  private let upperHalf: [UInt32]
  private let byteOfScalar: [UInt32: UInt8]
  /// Whether unassigned bytes stand for themselves and byte 1A stands for U+FFFD: "sloppy".
  let isSloppy: Bool

  private init(_ text: StaticString, sloppy: Bool = true) {
    upperHalf = TableText.points(text)
    isSloppy = sloppy
    var bytes: [UInt32: UInt8] = [:]
    for (index, scalar) in upperHalf.enumerated() { bytes[scalar] = UInt8(0x80 + index) }
    if sloppy { bytes[0xFFFD] = 0x1A }
    byteOfScalar = bytes
  }

  /// ISO 8859-1, for which every byte is its own code point.
  static let latin1 = SingleByteEncoding(TextCleaningData.latin1, sloppy: false)
  /// Windows-1252, where five bytes are unassigned.
  static let windows1252 = SingleByteEncoding(TextCleaningData.windows1252)
  /// All that are tried, in ftfy's order.
  static let tried: [SingleByteEncoding] = [
    latin1, windows1252,
    SingleByteEncoding(TextCleaningData.windows1251),
    SingleByteEncoding(TextCleaningData.windows1250),
    SingleByteEncoding(TextCleaningData.windows1253),
    SingleByteEncoding(TextCleaningData.windows1254),
    SingleByteEncoding(TextCleaningData.windows1257),
    SingleByteEncoding(TextCleaningData.iso8859Part2, sloppy: false),
    SingleByteEncoding(TextCleaningData.macroman, sloppy: false),
    SingleByteEncoding(TextCleaningData.cp437, sloppy: false),
  ]
  /// Index in `tried` of the encoding in which a space never stands for byte A0.
  static let macRoman = 8

  /// The bytes of a text, nil if a character has none.
  func encode(_ text: [UInt32]) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    for scalar in text {
      if scalar < 0x80 {
        if isSloppy, scalar == 0x1A { return nil }
        bytes.append(UInt8(scalar))
      } else {
        guard let byte = byteOfScalar[scalar] else { return nil }
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// The code point of a byte; meant for bytes from 80 on.
  func decode(_ byte: UInt8) -> UInt32 {
    byte < 0x80 ? UInt32(byte) : upperHalf[Int(byte) - 0x80]
  }
}

/// UTF-8 as some programs write it.
enum UTF8Variants {
  /// Decodes UTF-8 strictly, with two additions where their lead bytes occur.
  ///
  /// C0 80 is U+0000 (Java), and two three-byte surrogates are one code point (CESU-8).
  /// - Returns: nil for anything else that is not UTF-8.
  static func decode(_ bytes: [UInt8]) -> [UInt32]? {
    guard bytes.contains(0xED) || bytes.contains(0xC0) else {
      return UTF8Scalars.decode(bytes, errors: .strict)
    }
    var text: [UInt32] = []
    var plain = 0  // where the ordinary bytes not yet decoded begin
    var index = 0
    while index < bytes.count {
      guard let (scalar, length) = special(bytes, at: index) else {
        index += 1
        continue
      }
      guard let before = UTF8Scalars.decode(bytes[plain..<index], errors: .strict) else {
        return nil
      }
      text += before
      text.append(scalar)
      index += length
      plain = index
    }
    guard let rest = UTF8Scalars.decode(bytes[plain...], errors: .strict) else { return nil }
    return text + rest
  }

  private static func special(_ bytes: [UInt8], at index: Int) -> (UInt32, Int)? {
    func byte(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
    func isTail(_ offset: Int) -> Bool { byte(offset) & 0xC0 == 0x80 }
    if byte(0) == 0xC0 {
      // ftfy's expression also takes C0 before a last line feed, and swallows the line feed.
      if byte(1) == 0x80 || byte(1) == 0x0A && index + 2 == bytes.count { return (0, 2) }
    }
    if byte(0) == 0xED, byte(1) & 0xF0 == 0xA0, isTail(2),
      byte(3) == 0xED, byte(4) & 0xF0 == 0xB0, isTail(5)
    {
      let high = UInt32(byte(1) & 0x0F) << 16 | UInt32(byte(2) & 0x3F) << 10
      return (0x10000 + (high | UInt32(byte(4) & 0x0F) << 6 | UInt32(byte(5) & 0x3F)), 6)
    }
    return nil
  }
}
