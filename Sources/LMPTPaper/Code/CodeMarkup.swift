// CodeMarkup - code as HTML: coloured, numbered, its symbols marked.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports

/// Writes code.
enum CodeMarkup {
  /// Swift, a line after the other.
  ///
  /// - Parameters:
  ///   - lines: the code.
  ///   - marked: identifiers that light up with their symbol.
  ///   - first: the number of the first line; nil for code without numbers.
  /// - Returns: an element `pre`.
  static func swift(_ lines: [String], marked: Set<String>, first: Int? = nil) -> String {
    var tokens = SwiftTokens()
    let rows = lines.enumerated().map { index, line in
      let code = tokens.line(line).map { token in markup(token, marked) }.joined()
      let number = first.map { " data-n=\"\($0 + index)\"" } ?? ""
      return "<span class=\"ln\"\(number)>\(code)\n</span>"
    }
    let numbered = first == nil ? "" : " class=\"numbered\""
    return "<pre\(numbered) tabindex=\"0\"><code>\(rows.joined())</code></pre>\n"
  }

  /// A command line, or anything that is not coloured.
  static func plain(_ lines: [String], language: String) -> String {
    let isShell = ["sh", "bash", "console"].contains(language)
    let kind = isShell ? " class=\"shell\"" : ""
    let text = lines.map { $0.escapedForHTML + "\n" }.joined()
    return "<pre\(kind) tabindex=\"0\"><code>\(text)</code></pre>\n"
  }

  private static func markup(_ token: SwiftTokens.Token, _ marked: Set<String>) -> String {
    let text = token.text.escapedForHTML
    let isName = token.kind == .name || token.kind == .call
    if isName, marked.contains(token.text) { return "<span data-s=\"\(text)\">\(text)</span>" }
    switch token.kind {
    case .keyword: return "<b>\(text)</b>"
    case .type: return "<span class=\"ty\">\(text)</span>"
    case .number: return "<span class=\"nu\">\(text)</span>"
    case .string: return "<span class=\"st\">\(text)</span>"
    case .comment: return "<i>\(text)</i>"
    case .call: return "<span class=\"ca\">\(text)</span>"
    case .name, .other: return text
    }
  }
}
