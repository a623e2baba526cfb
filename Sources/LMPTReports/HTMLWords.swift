// HTMLWords - the sections with the words of a context, and how to repeat the figures.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  /// Contexts up to this number stand open.
  private static let openContexts = 3

  static func words(_ report: Report) -> String {
    let rows = report.words.filter { !$0.words.isEmpty }
    guard !rows.isEmpty else { return "" }
    let items = rows.map { row in
      let words = row.words.map { word in
        "<li>\(word.text.escapedForHTML)<small>\(NumberText.fixed(word.distance, 2))</small></li>"
      }
      return "<dt>\(row.owner.escapedForHTML)</dt><dd><ol>\(words.joined())</ol></dd>"
    }
    let text = paragraph(
      "The vocabulary word nearest to each learned token, in the order of the prompt, with its "
        + "distance. A hyphen at the end marks the beginning of a longer word. Words show where a "
        + "token lies, not what it means.")
    func list(_ items: ArraySlice<String>) -> String {
      "<dl class=\"words\">\(items.joined())</dl>"
    }
    guard items.count > openContexts else { return text + list(items[...]) }
    return text + list(items.prefix(1))
      + "<details><summary>The words of \(items.count - 1) more contexts</summary>"
      + list(items.dropFirst()) + "</details>\n"
  }

  static func environment(_ report: Report) -> String {
    var out = ""
    if !report.commands.isEmpty {
      out += "<pre>\(report.commands.joined(separator: "\n").escapedForHTML)</pre>\n"
    }
    guard !report.environment.isEmpty else { return out }
    var table = HTMLTable("Environment", header: ["", ""])
    for fact in report.environment { table.row(.text(fact.name), [.text(fact.value)]) }
    let open = 12
    out += "<div class=\"environment\">"
    out +=
      report.environment.count > open
      ? table.folded("Machine, files and all settings") : table.html
    return out + "</div>\n"
  }
}
