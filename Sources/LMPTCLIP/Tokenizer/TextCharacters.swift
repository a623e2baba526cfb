// TextCharacters - ftfy's repairs of single characters: ligatures, widths, quotes, controls.
// SPDX-License-Identifier: Apache-2.0

/// Character by character repairs.
enum TextCharacters {
  private static let ligatures = TableText.mappings(TextCleaningData.ligatures)
  private static let widths = TableText.mappings(TextCleaningData.widths)
  private static let controls = Set(TableText.points(TextCleaningData.controls))

  /// All of them, in ftfy's order.
  static func repair(_ text: [UInt32]) -> [UInt32] {
    // Plain text has none of the characters below.
    guard text.contains(where: { $0 < 0x20 && $0 != 0x0A || $0 >= 0x7F }) else { return text }
    var repaired: [UInt32] = []
    repaired.reserveCapacity(text.count)
    for scalar in text { append(scalar, to: &repaired) }
    return removeControls(removeTerminalEscapes(joinLineBreaks(repaired)))
  }

  /// Ligatures, full and half widths, curly quotes: one character at a time, in that order.
  private static func append(_ scalar: UInt32, to text: inout [UInt32]) {
    switch scalar {
    case 0x132...0x1F3: text += ligatures[scalar] ?? [scalar]
    case 0xFB00...0xFB06: text += ligatures[scalar] ?? [scalar]
    case 0x3000, 0xFF01...0xFFEF: text += widths[scalar] ?? [scalar]
    case 0x2BC, 0x2018...0x201B: text.append(UInt32(UInt8(ascii: "'")))
    case 0x201C...0x201F: text.append(UInt32(UInt8(ascii: "\"")))
    default: text.append(scalar)
    }
    // The one ligature that holds a quote: U+0149 is U+02BC and "n".
    if scalar == 0x149 { text[text.count - 2] = UInt32(UInt8(ascii: "'")) }
  }

  /// CRLF, CR, NEL and Unicode's line and paragraph separators become line feeds.
  private static func joinLineBreaks(_ text: [UInt32]) -> [UInt32] {
    var joined: [UInt32] = []
    joined.reserveCapacity(text.count)
    for (index, scalar) in text.enumerated() {
      switch scalar {
      case 0x0D where index + 1 < text.count && text[index + 1] == 0x0A: continue
      case 0x0D, 0x85, 0x2028, 0x2029: joined.append(0x0A)
      default: joined.append(scalar)
      }
    }
    return joined
  }

  /// Removes `ESC [ numbers letter`.
  private static func removeTerminalEscapes(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(0x1B) else { return text }
    var kept: [UInt32] = []
    var index = 0
    while index < text.count {
      if text[index] == 0x1B, index + 1 < text.count, text[index + 1] == UInt32(UInt8(ascii: "[")) {
        var end = index + 2
        while end < text.count,
          text[end] == UInt32(UInt8(ascii: ";")) || UnicodeTables.has(text[end], .digit)
        {
          end += 1
        }
        if end < text.count, text[end] < 0x80, (text[end] | 0x20) &- 0x61 < 26 {
          index = end + 1
          continue
        }
      }
      kept.append(text[index])
      index += 1
    }
    return kept
  }

  private static func removeControls(_ text: [UInt32]) -> [UInt32] {
    text.contains(where: controls.contains) ? text.filter { !controls.contains($0) } : text
  }
}
