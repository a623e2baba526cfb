// ProseReader - a file of prose to its blocks.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTTuning

/// Reads the Markdown that the page uses: headings, paragraphs, lists, tables, quotes, fenced code,
/// fenced directives and the three voices.
///
/// What is not in this list is an error with its line, so that nothing of the prose gets lost.
package struct ProseReader {
  private let name: String
  private let lines: [String]
  private var at = 0

  /// Reads a file.
  package static func read(_ text: String, name: String) throws -> ProseFile {
    var reader = ProseReader(
      name: name, lines: text.parts(between: "\n", omittingEmpty: false).map(trimmedEnd))
    return ProseFile(name: name, blocks: try reader.blocks(in: nil))
  }

  private init(name: String, lines: [String]) { (self.name, self.lines) = (name, lines) }

  private func fault(_ line: Int, _ what: String) -> PaperError {
    .prose(file: "docs/paper/\(name)", line: line, what: what)
  }

  /// The blocks up to the end, or up to the line `:::` that closes a voice.
  private mutating func blocks(in voice: Int?) throws -> [ProseBlock] {
    var found: [ProseBlock] = []
    while at < lines.count {
      let line = lines[at]
      let start = at + 1
      if line.isEmpty {
        at += 1
      } else if line == ":::" {
        guard voice != nil else { throw fault(start, "':::' closes no voice") }
        at += 1
        return found
      } else if line.hasPrefix(":::") {
        found.append(try openVoice(inside: voice))
      } else if line.hasPrefix("```") {
        found.append(try fenced())
      } else if line.hasPrefix("#") {
        found.append(try heading())
      } else if line.hasPrefix("|") {
        found.append(try table())
      } else if line.hasPrefix(">") {
        let texts = take { $0.hasPrefix(">") }.map { trimmed(String($0.dropFirst())) }
        found.append(ProseBlock(.quote(texts.joined(separator: " ")), line: start))
      } else if Self.item(line) != nil {
        found.append(list())
      } else {
        let texts = take { !$0.isEmpty && !Self.startsBlock($0) }
        found.append(ProseBlock(.paragraph(texts.joined(separator: "\n")), line: start))
      }
    }
    if let voice { throw fault(voice, "the voice that opens here is not closed") }
    return found
  }

  private mutating func openVoice(inside voice: Int?) throws -> ProseBlock {
    let start = at + 1
    let word = trimmed(String(lines[at].dropFirst(3)))
    guard ProseBlock.voices.contains(word) else { throw fault(start, "no voice '\(word)'") }
    guard voice == nil else { throw fault(start, "a voice inside another") }
    at += 1
    return ProseBlock(.voice(word, try blocks(in: start)), line: start)
  }

  private mutating func fenced() throws -> ProseBlock {
    let start = at + 1
    let info = trimmed(String(lines[at].dropFirst(3)))
    at += 1
    let body = take { $0 != "```" }
    guard at < lines.count else { throw fault(start, "the block that opens here is not closed") }
    at += 1
    let words = info.words
    let name = words.first ?? ""
    guard ProseBlock.directives.contains(name) else {
      guard words.count < 2 else { throw fault(start, "no block '\(info)'") }
      return ProseBlock(.code(language: name, lines: body), line: start)
    }
    let argument = words.dropFirst().joined(separator: " ")
    return ProseBlock(.directive(name: name, argument: argument, body: body), line: start)
  }

  private mutating func heading() throws -> ProseBlock {
    let start = at + 1
    let line = lines[at]
    at += 1
    let level = line.prefix { $0 == "#" }.count
    guard level <= 4, line.dropFirst(level).first == " " else {
      throw fault(start, "a heading is '# ' to '#### ' and a text")
    }
    var text = trimmed(String(line.dropFirst(level)))
    var id = Self.anchor(text)
    if text.hasSuffix("}"), let open = text.range(of: "{#") {
      id = String(text[open.upperBound...].dropLast())
      text = trimmed(String(text[..<open.lowerBound]))
    }
    return ProseBlock(.heading(level: level, text: text, id: id), line: start)
  }

  private mutating func table() throws -> ProseBlock {
    let start = at + 1
    let rows = take { $0.hasPrefix("|") }.map(Self.cells)
    guard rows.count > 2, rows[1].allSatisfy({ $0.allSatisfy { "-: ".contains($0) } }) else {
      throw fault(start, "a table is a heading, a line of dashes and rows")
    }
    if let uneven = rows.firstIndex(where: { $0.count != rows[0].count }) {
      throw fault(start + uneven, "\(rows[uneven].count) cells below \(rows[0].count) headings")
    }
    return ProseBlock(.table(header: rows[0], rows: Array(rows.dropFirst(2))), line: start)
  }

  private mutating func list() -> ProseBlock {
    let start = at + 1
    let isOrdered = Self.item(lines[at])?.isOrdered ?? false
    var items: [String] = []
    while at < lines.count, !lines[at].isEmpty {
      if let item = Self.item(lines[at]), item.isOrdered == isOrdered {
        items.append(item.text)
      } else if lines[at].hasPrefix(" "), !items.isEmpty {
        items[items.count - 1] += "\n" + trimmed(lines[at])
      } else {
        break
      }
      at += 1
    }
    return ProseBlock(.list(ordered: isOrdered, items: items), line: start)
  }

  private mutating func take(while belongs: (String) -> Bool) -> [String] {
    let start = at
    while at < lines.count, belongs(lines[at]) { at += 1 }
    return Array(lines[start..<at])
  }
}
