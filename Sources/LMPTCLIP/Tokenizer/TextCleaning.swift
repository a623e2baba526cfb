// TextCleaning - what happens to a text before it is split: repair, white space, lower case.
// SPDX-License-Identifier: Apache-2.0

/// The original's cleaning, step by step in its order.
///
///     ftfy.fix_text, html.unescape twice, strip, white space to single spaces, strip, lower
///
/// docs/Formats.md ("Text") lists what ftfy does and the limits of this implementation.
enum TextCleaning {
  /// Cleans a text; the result is UTF-8.
  static func clean(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { clean($0) }
  }

  /// Cleans bytes that should be UTF-8.
  static func clean(utf8 bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBufferPointer { clean($0) }
  }

  private static func clean(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    if let cleaned = cleanPlain(bytes) { return cleaned }
    let scalars = UTF8Scalars.decode(bytes, errors: .replace) ?? []
    return UTF8Scalars.encode(clean(scalars))
  }

  /// Cleans code points.
  static func clean(_ scalars: [UInt32]) -> [UInt32] {
    var text = TextRepair.repair(scalars)
    text = TextEntities.unescape(TextEntities.unescape(text))
    text = collapseSpaces(strip(text))
    return UnicodeTables.lowercased(strip(text))
  }

  /// The common case, where only white space and case can change; nil for anything else.
  private static func cleanPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var cleaned: [UInt8] = []
    cleaned.reserveCapacity(bytes.count)
    var gap = false
    for byte in bytes {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: gap = true
      case UInt8(ascii: "&"), 0..<0x20, 0x7F...: return nil
      default:
        if gap, !cleaned.isEmpty { cleaned.append(0x20) }
        gap = false
        cleaned.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
      }
    }
    return cleaned
  }

  private static func strip(_ text: [UInt32]) -> [UInt32] {
    let isInk = { (scalar: UInt32) in !UnicodeTables.has(scalar, .stripped) }
    guard let first = text.firstIndex(where: isInk), let last = text.lastIndex(where: isInk)
    else { return [] }
    return Array(text[first...last])
  }

  private static func collapseSpaces(_ text: [UInt32]) -> [UInt32] {
    var collapsed: [UInt32] = []
    collapsed.reserveCapacity(text.count)
    var inGap = false
    for scalar in text {
      let isSpace = UnicodeTables.pieceClass(scalar) == .space
      if !isSpace { collapsed.append(scalar) } else if !inGap { collapsed.append(0x20) }
      inGap = isSpace
    }
    return collapsed
  }
}
