// TerminalText - how wide text is on a terminal, and how to make foreign text harmless there.
// SPDX-License-Identifier: Apache-2.0

/// How much a terminal may be asked to do; the caller decides from NO_COLOR and isatty.
package enum TerminalStyle: Sendable {
  /// Text only.
  case plain
  /// ANSI colours and weights.
  case color

  func paint(_ text: String, _ code: String) -> String {
    self == .color && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

/// Which characters a terminal can show.
package enum TerminalGlyphs: Sendable {
  /// Block elements.
  case unicode
  /// Seven-bit characters.
  case ascii
}

/// Text for terminals.
package enum TerminalText {
  /// The text with control and direction-changing characters replaced by U+FFFD.
  ///
  /// File and class names come from outside and could otherwise move the cursor or recolour.
  package static func harmless(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: out += "\u{FFFD}"
      case .format where scalar != "\u{200D}": out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// Columns that the text takes: 2 for East Asian wide characters and emoji, 0 for combining marks.
  package static func width(_ text: String) -> Int {
    text.reduce(0) { total, character in
      guard let first = character.unicodeScalars.first else { return total }
      switch first.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return total
      default: return total + (isWide(first) ? 2 : 1)
      }
    }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      true
    default: scalar.properties.isEmojiPresentation
    }
  }

  /// The text in exactly `width` columns: padded, or cut with an ellipsis.
  static func fit(_ text: String, _ width: Int, _ alignment: TerminalTable.Alignment) -> String {
    var text = text
    if Self.width(text) > width {
      while !text.isEmpty, Self.width(text) > max(0, width - 1) { text.removeLast() }
      if width > 0 { text += "\u{2026}" }
    }
    let padding = String(repeating: " ", count: max(0, width - Self.width(text)))
    return alignment == .left ? text + padding : padding + text
  }
}
