// MethodEntries - the list of methods as a part of the page, told by their own files.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTReports
import LMPTTuning

/// What a method's file says of it: the page grows with the list.
struct MethodEntry: Equatable, Sendable {
  /// The method's file, from the checkout.
  let file: String
  /// The first paragraph of the comment of its value.
  let summary: String
  /// What else that comment says.
  let own: [String]
  /// The comment of what it trains: its paragraphs, and lines of formulas between them.
  let comment: [String]
  /// The line of the comment, from 1.
  let line: Int

  /// Finds the value of a method in the files of the list.
  ///
  /// - Throws: `PaperError.excerpt` where none declares it, `PaperError.method` without a formula.
  static func of(_ name: String, in files: [(path: String, text: String)]) throws -> MethodEntry {
    for file in files {
      let lines = file.text.parts(between: "\n", omittingEmpty: false)
      guard
        let value = lines.firstIndex(where: { trimmed($0).hasPrefix("\"\(name)\", title:") }),
        let start = lines[..<value].lastIndex(where: isValue)
      else { continue }
      let said = comment(lines, endingBefore: start)
      let summary = said.prefix { !$0.isEmpty }
      var about: (line: Int, text: [String]) = (start + 1, [])
      if let type = lines.firstIndex(where: { isType($0) }) {
        let found = comment(lines, endingBefore: type)
        about = (type + 1 - found.count, found)
      }
      guard (said + about.text).contains(where: isFormula) else {
        throw PaperError.method(name, file: file.path)
      }
      return MethodEntry(
        file: file.path, summary: summary.joined(separator: " "),
        own: Array(said.dropFirst(summary.count + 1)), comment: about.text, line: about.line)
    }
    throw PaperError.excerpt(name, what: "no file of Sources/LMPTTuning/Methods declares it")
  }

  private static func isValue(_ line: String) -> Bool {
    ["public static let", "static let"].contains { trimmed(line).hasPrefix($0) }
  }

  private static func isType(_ line: String) -> Bool {
    ["package struct", "public struct", "struct"].contains { line.hasPrefix($0 + " ") }
  }

  /// The lines of the doc comment above a line.
  private static func comment(_ lines: [String], endingBefore end: Int) -> [String] {
    var start = end
    while start > 0, trimmed(lines[start - 1]).hasPrefix("///") { start -= 1 }
    return lines[start..<end].map { line in
      let text = trimmed(line).dropFirst(3)
      return String(text.first == " " ? text.dropFirst() : text)
    }
  }

  private static func isFormula(_ line: String) -> Bool { line.hasPrefix("    ") }

  /// Lines of a comment as HTML: those that stand far in are formulas as they are written there.
  static func html(_ comment: [String], _ inline: InlineText) throws -> String {
    var out = ""
    var paragraph: [String] = []
    var formula: [String] = []
    func close() throws {
      if !paragraph.isEmpty {
        out += "<p>\(try inline.html(paragraph.joined(separator: "\n")))</p>\n"
      }
      if !formula.isEmpty { out += CodeMarkup.plain(formula, language: "text") }
      (paragraph, formula) = ([], [])
    }
    for text in comment {
      if isFormula(text) {
        if formula.isEmpty { try close() }
        formula.append(String(text.dropFirst(4)))
      } else if text.isEmpty {
        try close()
      } else {
        let startsAnew = ["Source: ", "Adaptations: "].contains { text.hasPrefix($0) }
        if !formula.isEmpty || startsAnew { try close() }
        paragraph.append(text.replacing("$", with: "\\$"))
      }
    }
    try close()
    return out
  }
}

extension PageParts {
  /// Every method of the list: what it is, its formulas, its file and its tests.
  func methods(_ inline: InlineText) throws -> String {
    var out = ""
    var told: [String: Method] = [:]
    for method in Method.all {
      let entry = try MethodEntry.of(method.name, in: methodFiles)
      // Two methods may share a file; what it trains is told once.
      var about = try MethodEntry.html(entry.own, inline)
      if let first = told[entry.file] {
        if !entry.comment.isEmpty {
          about += "<p>The formulas of its file stand at "
          about += "<a href=\"#method-\(first.name)\">\(first.title.escapedForHTML)</a>.</p>\n"
        }
      } else {
        about += try MethodEntry.html(entry.comment, inline)
        told[entry.file] = method
      }
      let suite = entry.file.fileName.replacing(".swift", with: "Tests")
      let test = "Tests/TuningTests/Methods/\(suite).swift"
      out += "<section class=\"method\" id=\"method-\(method.name)\">\n"
      out += "<h3>\(method.title.escapedForHTML) "
      out += "<small>\(method.source.escapedForHTML)</small></h3>\n"
      out += "<p>\(try inline.html(entry.summary))</p>\n\(about)"
      out += "<p class=\"where\"><a href=\"\(links.source(entry.file))\">\(entry.file.fileName)</a>"
      if links.exists(test) {
        out += " · checked by <a href=\"\(links.source(test))\">\(suite)</a>"
      }
      out += " · <code>lmpt train --method \(method.name)</code></p>\n</section>\n"
    }
    return out
  }
}
