// HTMLTable - tables of a page, wide ones in a frame that scrolls.
// SPDX-License-Identifier: Apache-2.0

/// A table under construction; the first column holds the names of the rows.
struct HTMLTable {
  enum Cell {
    /// Text from anywhere; it is escaped.
    case text(String)
    /// A number or another short figure, aligned right.
    case number(String)
    /// Markup made by this module.
    case markup(String)
    /// Markup of a figure, aligned right.
    case figure(String)
  }

  private let columns: Int
  private let caption: String
  private let header: [String]
  private var out = ""
  /// Columns that hold figures, whose names stand right as they do.
  private var figures: Set<Int> = []

  /// A table with a caption for screen readers.
  init(_ caption: String, header: [String]) {
    columns = header.count
    (self.caption, self.header) = (caption, header)
  }

  /// A heading over the rows that follow.
  mutating func block(_ name: String) {
    out += "<tr class=\"block\"><th scope=\"rowgroup\" colspan=\"\(columns)\">"
    out += "<span>\(name.escapedForHTML)</span></th></tr>"
  }

  /// A row: its name, then one cell per column.
  mutating func row(_ name: Cell, _ cells: [Cell], style: String = "") {
    out += style.isEmpty ? "<tr>" : "<tr class=\"\(style)\">"
    switch name {
    case .text(let text), .number(let text): out += "<th scope=\"row\">\(text.escapedForHTML)</th>"
    case .markup(let markup), .figure(let markup): out += "<th scope=\"row\">\(markup)</th>"
    }
    for (index, cell) in cells.enumerated() {
      switch cell {
      case .text(let text): out += "<td>\(text.escapedForHTML)</td>"
      case .number(let text):
        figures.insert(index + 1)
        out += "<td class=\"n\">\(text.escapedForHTML)</td>"
      case .figure(let markup):
        figures.insert(index + 1)
        out += "<td class=\"n\">\(markup)</td>"
      case .markup(let markup): out += "<td>\(markup)</td>"
      }
    }
    out += "</tr>"
  }

  /// A remark about the row above.
  mutating func note(_ text: String) {
    out += "<tr class=\"note\"><td colspan=\"\(columns)\">\(text.escapedForHTML)</td></tr>"
  }

  /// The table, in a frame that scrolls sideways and can be reached by keyboard.
  var html: String {
    let names = header.enumerated().map { index, name in
      let style = figures.contains(index) ? " class=\"n\"" : ""
      return "<th scope=\"col\"\(style)>\(name.escapedForHTML)</th>"
    }
    let label = caption.escapedForHTML
    return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(label)\">"
      + "<table><caption>\(label)</caption><thead><tr>\(names.joined())</tr></thead>"
      + "<tbody>\(out)</tbody></table></div>"
  }

  /// The table behind a line that opens it.
  func folded(_ summary: String) -> String {
    "<details><summary>\(summary.escapedForHTML)</summary>\(html)</details>"
  }

  /// A group's name with its colour.
  static func group(_ group: Report.Group) -> String {
    "<span class=\"g g-\(group.rawValue)\">\(group.rawValue)</span>"
  }
}
