// TerminalBar - a horizontal bar made of characters.
// SPDX-License-Identifier: Apache-2.0

/// Bars for scores in a terminal.
package enum TerminalBar {
  /// Colours of the class groups and of everything else.
  package enum Ink: String, Sendable {
    /// Frequent classes: blue.
    case head = "34"
    /// Classes in between: yellow.
    case medium = "33"
    /// Rare classes: magenta.
    case tail = "35"
    /// No group: cyan.
    case other = "36"
  }

  /// A bar, padded with spaces to `width` columns.
  ///
  /// - Parameters:
  ///   - fraction: the length, in [0, 1]; values outside are clipped, not-a-number is 0.
  ///   - width: columns of a full bar.
  ///   - ink: the colour, where the style has colours.
  ///   - style: whether to use colours.
  ///   - glyphs: block elements in steps of an eighth of a column, or `#`.
  /// - Returns: the bar.
  package static func text(
    _ fraction: Double, width: Int = 20, ink: Ink = .other, style: TerminalStyle = .plain,
    glyphs: TerminalGlyphs = .unicode
  ) -> String {
    let width = max(0, width)
    let clipped = fraction.isNaN ? 0 : min(1, max(0, fraction))
    let bar: String
    switch glyphs {
    case .ascii:
      bar = String(repeating: "#", count: Int((clipped * Double(width)).rounded()))
    case .unicode:
      let eighths = Int((clipped * Double(width) * 8).rounded())
      let parts = [
        "", "\u{258F}", "\u{258E}", "\u{258D}", "\u{258C}", "\u{258B}", "\u{258A}", "\u{2589}",
      ]
      bar = String(repeating: "\u{2588}", count: eighths / 8) + parts[eighths % 8]
    }
    return style.paint(bar, ink.rawValue) + String(repeating: " ", count: width - bar.count)
  }
}
