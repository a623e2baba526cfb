// BlockWriter - the blocks of a chapter as HTML.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning
import LMPTReports

/// Writes the blocks of one file of prose.
struct BlockWriter {
  let file: ProseFile
  let inline: InlineText
  let symbols: SymbolTable
  /// Those of a formula by its tag: a letter means first what the formula's own legend says.
  let ofFormulas: [String: SymbolTable]
  let parts: PageParts
  let links: PageLinks
  /// Anchors that headings of the page have, so that a formula does not repeat them.
  let headings: Set<String>
  /// The symbols of the whole page.
  let index: SymbolIndex

  /// Blocks in their order. A formula, its legend and its lines of code stand side by side.
  func html(_ blocks: [ProseBlock]) throws -> String {
    var out = ""
    var at = 0
    while at < blocks.count {
      let pair = blocks[at...].prefix { Self.standsBeside($0) }
      if Self.isFormula(blocks[at]), pair.contains(where: Self.isExcerpt) {
        let wide = pair.filter(Self.isWide)
        let left = try pair.filter { !Self.isExcerpt($0) && !Self.isWide($0) }.map(html).joined()
        let right = try pair.filter(Self.isExcerpt).map(html).joined()
        out += try wide.map(html).joined()
        out += "<div class=\"pair\">\n<div>\n\(left)</div>\n<div>\n\(right)</div>\n</div>\n"
        at += pair.count
      } else {
        out += try html(blocks[at])
        at += 1
      }
    }
    return out
  }

  private static func name(_ block: ProseBlock) -> String? {
    if case .directive(let name, _, _) = block.kind { return name }
    return nil
  }

  private static func standsBeside(_ block: ProseBlock) -> Bool {
    ["formula", "legend", "excerpt"].contains(name(block))
  }

  private static func isFormula(_ block: ProseBlock) -> Bool { name(block) == "formula" }

  private static func isWide(_ block: ProseBlock) -> Bool {
    guard case .directive("formula", _, let body) = block.kind else { return false }
    return isWide(body)
  }

  /// Whether formulas need the whole width of the text: their letters are counted, without the names
  /// of commands.
  static func isWide(_ lines: [String]) -> Bool {
    let widths = lines.map { line in
      line.split { " {}_^&".contains($0) }.reduce(0) { $0 + ($1.first == "\\" ? 1 : $1.count) }
    }
    return (widths.max() ?? 0) > 24
  }

  private static func isExcerpt(_ block: ProseBlock) -> Bool { name(block) == "excerpt" }

  /// One block; what is wrong in it is told with its line.
  func html(_ block: ProseBlock) throws -> String {
    do {
      return try write(block)
    } catch let fault as FormulaReader.Fault {
      throw file.fault(block.line, fault.what)
    } catch let error as PaperError {
      if case .prose = error { throw error }
      throw file.fault(block.line, error.message)
    }
  }

  private func write(_ block: ProseBlock) throws -> String {
    switch block.kind {
    case .heading(let level, let text, let id):
      let anchor = "<a class=\"anchor\" href=\"#\(id)\" aria-label=\"link to this heading\">#</a>"
      return "<h\(level) id=\"\(id)\">\(try inline.html(text))\(anchor)</h\(level)>\n"
    case .paragraph(let text): return "<p>\(try inline.html(text))</p>\n"
    case .quote(let text):
      return "<blockquote><p>\(try inline.html(text))</p></blockquote>\n"
    case .list(let isOrdered, let items):
      let kind = isOrdered ? "ol" : "ul"
      let rows = try items.map { "<li>\(try inline.html($0))</li>\n" }.joined()
      return "<\(kind)>\n\(rows)</\(kind)>\n"
    case .code("swift", let lines): return CodeMarkup.swift(lines, marked: symbols.identifiers)
    case .code(let language, let lines): return CodeMarkup.plain(lines, language: language)
    case .table(let header, let rows): return try table(header, rows)
    case .voice(let voice, let inner):
      let label = PageWords.voices[voice] ?? voice
      return "<div class=\"voice \(voice)\">\n<p class=\"who\">\(label)</p>\n"
        + (try html(inner)) + "</div>\n"
    case .directive(let name, let argument, let body):
      return try directive(name, argument, body, block.line)
    }
  }

  private func table(_ header: [String], _ rows: [[String]]) throws -> String {
    let head = try header.map { "<th scope=\"col\">\(try inline.html($0))</th>" }.joined()
    let body = try rows.map { row in
      "<tr>\(try row.map { "<td>\(try inline.html($0))</td>" }.joined())</tr>\n"
    }.joined()
    return
      "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n"
      + body + "</tbody>\n</table></div>\n"
  }

  private func directive(
    _ name: String, _ argument: String, _ body: [String], _ line: Int
  ) throws -> String {
    switch name {
    case "formula": return try formula(argument, body)
    case "legend": return try legend(body, line)
    case "excerpt": return try excerpt(argument, body, line)
    case "compare": return try compare(argument, body, line)
    case "glossary": return try glossary(body, line)
    case "symbols": return try index.html(inline)
    case "methods": return try parts.methods(inline)
    case "example": return try parts.example(argument, body, inline)
    case "figure": return try parts.figure(argument, body, inline)
    case "checks": return try parts.checks(argument)
    case "exercise": return try parts.exercise(argument, body, inline)
    default: throw file.fault(line, "no block '\(name)'")
    }
  }

  func formula(_ tag: String, _ body: [String]) throws -> String {
    let formulas = body.split { trimmed($0).isEmpty }.map { $0.joined(separator: " ") }
    let math = MathML(symbols: ofFormulas[tag] ?? symbols)
    let lines = try formulas.map { try math.formula($0, display: true) }
    let id = tag.isEmpty || headings.contains(tag) ? "" : " id=\"\(tag)\""
    let number = tag.isEmpty ? "" : "<a class=\"tag\" href=\"#\(tag)\">\(tag)</a>"
    return
      "<div class=\"eq\"\(id)><div class=\"scroll\" tabindex=\"0\">\(lines.joined(separator: "\n"))</div>"
      + "\(number)</div>\n" + seeAlso(tag)
  }

  private func legend(_ body: [String], _ line: Int) throws -> String {
    var rows = ""
    for (index, text) in body.enumerated() where !trimmed(text).isEmpty {
      let cells = ProseReader.cells("|" + text)
      guard cells.count == 4 else {
        throw file.fault(
          line + index + 1, "a legend's line is: symbol | identifier | shape | meaning")
      }
      let key = SymbolTable.key(cells[1]).map { " data-s=\"\($0.escapedForHTML)\"" } ?? ""
      let names = cells[1].filter { $0 != "`" }
      let code = names.isEmpty ? "" : "<code>\(names.escapedForHTML)</code>"
      rows +=
        "<tr\(key)><th scope=\"row\">\(try inline.math.formula(cells[0], display: false))</th>"
      rows += "<td>\(code)</td>"
      rows += "<td class=\"shape\">\(try inline.html(cells[2]))</td>"
      rows += "<td>\(try inline.html(cells[3]))</td></tr>\n"
    }
    let header = ["symbol", "in the code", "shape", "meaning"].map {
      "<th scope=\"col\">\($0)</th>"
    }
    return
      "<div class=\"scroll\" tabindex=\"0\"><table class=\"legend\">\n<thead><tr>\(header.joined())"
      + "</tr></thead>\n<tbody>\n\(rows)</tbody>\n</table></div>\n"
  }

  private func excerpt(_ tag: String, _ body: [String], _ line: Int) throws -> String {
    let settings = try settings(body, known: ["file", "from", "to"], line)
    let excerpt: Excerpt
    if let path = settings["file"] {
      guard let from = settings["from"] else { throw file.fault(line, "'file:' needs a 'from:'") }
      excerpt = try parts.excerpts.excerpt(file: path, from: from, to: settings["to"])
    } else {
      excerpt = try parts.excerpts.excerpt(tag: tag, from: settings["from"], to: settings["to"])
    }
    let (first, last) = (excerpt.first, excerpt.last)
    let address = links.source(excerpt.file, lines: first...last)
    let range = first == last ? "line \(first)" : "lines \(first)–\(last)"
    return
      "<figure class=\"code\" data-file=\"\(excerpt.file)\" data-first=\"\(first)\" data-last=\"\(last)\">"
      + "<figcaption><a href=\"\(address)\">\(excerpt.file.fileName)</a> <span>\(range)"
      + "</span></figcaption>\n"
      + CodeMarkup.swift(excerpt.lines, marked: symbols.identifiers, first: first) + "</figure>\n"
  }

  /// Lines `key: value`.
  func settings(_ body: [String], known: [String], _ line: Int) throws -> [String: String] {
    var found: [String: String] = [:]
    for (index, text) in body.enumerated() where !trimmed(text).isEmpty {
      let parts = text.parts(between: ":", maxSplits: 1, omittingEmpty: false)
      guard parts.count == 2, known.contains(trimmed(parts[0])) else {
        throw file.fault(
          line + index + 1, "a line here is one of: \(known.joined(separator: ", "))")
      }
      found[trimmed(parts[0])] = trimmed(parts[1])
    }
    return found
  }

  private func glossary(_ body: [String], _ line: Int) throws -> String {
    var out = "<dl class=\"glossary\">\n"
    for (index, text) in body.enumerated() where !trimmed(text).isEmpty {
      let cells = ProseReader.cells("|" + text)
      guard cells.count == 2 else {
        throw file.fault(line + index + 1, "a line is: term | meaning")
      }
      out +=
        "<div><dt>\(try inline.html(cells[0]))</dt><dd>\(try inline.html(cells[1]))</dd></div>\n"
    }
    return out + "</dl>\n"
  }
}
