// SymbolIndex - the symbols of all legends in one table, each with the equation where it enters.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports

/// The symbols of the page in the order in which they enter.
///
/// One letter may mean two things; it then has two rows. A legend that takes a symbol over says so: its
/// meaning is the same, or ends in the tag where the symbol entered, as in `distance (E3)`.
struct SymbolIndex {
  /// A symbol with one meaning.
  struct Entry: Equatable {
    let symbol: String
    let identifier: String
    let shape: String
    let meaning: String
    /// The equations that have it; it enters at the first.
    var tags: [String]
  }

  private(set) var entries: [Entry] = []

  /// Collects the legends of all chapters.
  init(_ chapters: [ProseFile]) {
    for block in chapters.flatMap(\.flat) {
      guard case .directive("legend", let tag, let body) = block.kind else { continue }
      for line in body {
        let cells = ProseReader.cells("|" + line)
        guard cells.count == 4 else { continue }
        add(tag, cells)
      }
    }
  }

  private mutating func add(_ tag: String, _ cells: [String]) {
    let (symbol, meaning) = (cells[0], cells[3])
    let taken = entries.firstIndex { entry in
      entry.symbol == symbol
        && (entry.meaning == meaning || meaning.hasSuffix("(\(entry.tags[0]))"))
    }
    if let taken {
      if !entries[taken].tags.contains(tag) { entries[taken].tags.append(tag) }
      return
    }
    entries.append(
      Entry(
        symbol: symbol, identifier: cells[1].filter { $0 != "`" }, shape: cells[2],
        meaning: meaning, tags: [tag]))
  }

  /// The table.
  ///
  /// - Throws: `FormulaReader.Fault` for a symbol that cannot be read.
  func html(_ inline: InlineText) throws -> String {
    var rows = ""
    for entry in entries {
      let links = entry.tags.map { "<a href=\"#\($0)\">\($0)</a>" }
      let code = entry.identifier.isEmpty ? "" : "<code>\(entry.identifier.escapedForHTML)</code>"
      rows += "<tr><th scope=\"row\">\(try inline.math.formula(entry.symbol, display: false))</th>"
      rows += "<td>\(links.joined(separator: ", "))</td><td>\(try inline.html(entry.meaning))</td>"
      rows += "<td class=\"shape\">\(try inline.html(entry.shape))</td><td>\(code)</td></tr>\n"
    }
    let header = ["symbol", "equations", "meaning", "shape", "in the code"].map {
      "<th scope=\"col\">\($0)</th>"
    }
    return
      "<div class=\"scroll\" tabindex=\"0\"><table class=\"legend\">\n<thead><tr>\(header.joined())"
      + "</tr></thead>\n<tbody>\n\(rows)</tbody>\n</table></div>\n"
  }
}
