// TerminalTable - aligned text tables.
// SPDX-License-Identifier: Apache-2.0

/// A table in plain text: columns aligned, two spaces between them, a rule under the names.
package struct TerminalTable: Sendable {
  /// Where a column's text stands.
  package enum Alignment: Sendable {
    /// Names.
    case left
    /// Numbers.
    case right
  }

  /// A column: its name and where its text stands.
  package struct Column: Sendable {
    /// The name, printed above.
    package var title: String
    /// Where the text stands.
    package var alignment: Alignment

    /// A column.
    package init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  /// A table without rows.
  package init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; missing cells are empty, surplus cells are dropped.
  package mutating func add(_ cells: [String]) {
    let padding = [String](repeating: "", count: max(0, columns.count - cells.count))
    rows.append((cells + padding).prefix(columns.count).map(TerminalText.harmless))
  }

  /// The table's text, each line with its line end.
  ///
  /// - Parameters:
  ///   - width: columns of the terminal. The first column gives way when the table is wider; no
  ///     column gets narrower than its name or 3 characters, whichever is less.
  ///   - style: whether names are set bold and the rule faint.
  ///   - glyphs: which characters the rule may use.
  /// - Returns: the text.
  package func text(
    width: Int = .max, style: TerminalStyle = .plain, glyphs: TerminalGlyphs = .unicode
  ) -> String {
    guard !columns.isEmpty else { return "" }
    var widths = columns.indices.map { index in
      rows.map { TerminalText.width($0[index]) }.reduce(
        TerminalText.width(columns[index].title), max)
    }
    let total = widths.reduce(0, +) + 2 * (columns.count - 1)
    if total > width {
      let least = min(widths[0], max(3, TerminalText.width(columns[0].title)))
      widths[0] = max(least, widths[0] - (total - width))
    }
    func line(_ cells: [String], bold: Bool) -> String {
      let parts = columns.indices.map { index in
        let text = TerminalText.fit(cells[index], widths[index], columns[index].alignment)
        return bold ? style.paint(text, "1") : text
      }
      var joined = parts.joined(separator: "  ")
      while joined.last == " " { joined.removeLast() }
      return joined + "\n"
    }
    let dash = glyphs == .unicode ? "\u{2500}" : "-"
    let rule = widths.map { String(repeating: dash, count: $0) }.joined(separator: "  ")
    return line(columns.map(\.title), bold: true) + style.paint(rule, "2") + "\n"
      + rows.map { line($0, bold: false) }.joined()
  }
}
