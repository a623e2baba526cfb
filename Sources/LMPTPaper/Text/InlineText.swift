// InlineText - marks inside a line of prose: emphasis, code, formulas, links, evidence.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports

/// Turns a paragraph's text into HTML.
struct InlineText {
  let math: MathML
  /// Where a link of the prose leads on the page.
  let link: (String) throws -> String

  /// What a mark of evidence means, as its hint says it.
  static let evidence: [String: String] = [
    "read": "read in the named source",
    "confirmed": "confirmed by the authors",
    "code": "read in the authors' released code",
    "log": "read in the authors' published logs",
    "author": "said by an author in the issues of the released code",
    "computed": "computed by this program",
    "reconstructed": "inferred from the code, the issues and a figure",
    "recalled": "general knowledge, not checked against a source",
    "measured": "measured by this program when the page was made",
  ]

  /// The HTML of a text.
  func html(_ text: String) throws -> String {
    var out = ""
    var rest = Substring(text)
    while let first = rest.first {
      if first == "\\", let second = rest.dropFirst().first, "\\`*$[]_".contains(second) {
        out += String(second).escapedForHTML
        rest = rest.dropFirst(2)
      } else if first == "`", let (inside, after) = Self.between(rest, "`", "`") {
        out += "<code>\(inside.escapedForHTML)</code>"
        rest = after
      } else if first == "$", let (inside, after) = Self.between(rest, "$", "$") {
        out += try formula(inside, before: after.first)
        rest = after
        if let mark = after.first, ".,;:)".contains(mark) { rest = after.dropFirst() }
      } else if rest.hasPrefix("**"), let (inside, after) = Self.between(rest, "**", "**") {
        out += "<strong>\(try html(inside))</strong>"
        rest = after
      } else if first == "*", rest.dropFirst().first.map({ $0 != " " }) ?? false,
        let (inside, after) = Self.between(rest, "*", "*")
      {
        out += "<em>\(try html(inside))</em>"
        rest = after
      } else if first == "[", let (inside, after) = Self.bracket(rest) {
        if after.first == "(", let (target, behind) = Self.between(after, "(", ")") {
          let address = try link(target).escapedForHTML
          out += "<a href=\"\(address)\">\(try html(inside))</a>"
          rest = behind
        } else if let hint = Self.evidence[inside] {
          out +=
            "<a class=\"ev ev-\(inside)\" href=\"\(try link("#evidence"))\" title=\"\(hint.escapedForHTML)\">"
          out += "\(inside)</a>"
          rest = after
        } else {
          out += "["
          rest = rest.dropFirst()
        }
      } else {
        out += String(first).escapedForHTML
        rest = rest.dropFirst()
      }
    }
    return out
  }

  /// A formula in a line, kept together with the mark that follows it.
  private func formula(_ tex: String, before mark: Character?) throws -> String {
    let formula = try math.formula(tex, display: false)
    guard let mark, ".,;:)".contains(mark) else { return formula }
    return "<span class=\"g\">\(formula)\(String(mark).escapedForHTML)</span>"
  }

  /// What stands between two marks at the start of a text, and what follows.
  private static func between(
    _ text: Substring, _ open: String, _ close: String
  ) -> (String, Substring)? {
    let inner = text.dropFirst(open.count)
    guard let end = inner.firstRange(of: close), end.lowerBound > inner.startIndex else {
      return nil
    }
    return (String(inner[..<end.lowerBound]), inner[end.upperBound...])
  }

  /// What stands in the square brackets at the start of a text; brackets inside have to match.
  private static func bracket(_ text: Substring) -> (String, Substring)? {
    var depth = 0
    for index in text.indices {
      if text[index] == "[" { depth += 1 }
      if text[index] == "]" { depth -= 1 }
      guard depth == 0 else { continue }
      let inside = text[text.index(after: text.startIndex)..<index]
      return (String(inside), text[text.index(after: index)...])
    }
    return nil
  }
}
