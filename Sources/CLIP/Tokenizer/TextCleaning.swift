// TextCleaning - what happens to a text before it is split: repair, white space, lower case.
// SPDX-License-Identifier: Apache-2.0

/// The original's cleaning.
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
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    return Array(text.split { $0.isWhitespace }.joined(separator: " ").utf8)
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
}
