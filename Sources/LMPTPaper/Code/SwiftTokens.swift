// SwiftTokens - Swift cut into what is coloured alike.
// SPDX-License-Identifier: Apache-2.0

/// Cuts lines of Swift into tokens, so that a page can colour them without a script.
struct SwiftTokens {
  /// What a stretch of code is.
  enum Kind: String, Sendable {
    case keyword, type, number, string, comment, call, name, other
  }

  /// A stretch of code.
  struct Token: Equatable, Sendable {
    let kind: Kind
    let text: String
  }

  static let keywords: Set<String> = [
    "actor", "as", "associatedtype", "async", "await", "break", "case", "catch", "class",
    "continue", "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough",
    "false", "fileprivate", "final", "for", "func", "guard", "if", "import", "in", "indirect",
    "init", "inout", "internal", "is", "let", "mutating", "nil", "nonisolated", "open",
    "operator", "override", "package", "private", "protocol", "public", "repeat", "rethrows",
    "return", "self", "Self", "some", "any", "static", "struct", "subscript", "super", "switch",
    "throw", "throws", "true", "try", "typealias", "unsafe", "var", "where", "while", "borrowing",
    "consuming", "didSet", "willSet", "get", "set", "lazy", "weak", "unowned",
  ]

  private var isInComment = false
  private var isInString = false

  /// The tokens of a line; comments and texts of several lines are carried from line to line.
  mutating func line(_ text: String) -> [Token] {
    var found: [Token] = []
    var rest = Substring(text)
    while let first = rest.first {
      let token = next(rest, first, after: found.last)
      found.append(token)
      rest = rest.dropFirst(token.text.count)
    }
    return found
  }

  private mutating func next(_ rest: Substring, _ first: Character, after last: Token?) -> Token {
    if isInComment { return block(rest) }
    if isInString || rest.hasPrefix("\"\"\"") { return longString(rest) }
    if rest.hasPrefix("//") { return Token(kind: .comment, text: String(rest)) }
    if rest.hasPrefix("/*") {
      isInComment = true
      return block(rest)
    }
    if first == "\"" { return Token(kind: .string, text: Self.string(rest)) }
    if first.isNumber {
      let digits = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
      return Token(kind: .number, text: Self.number(digits))
    }
    if first.isLetter || first == "_" || first == "@" || first == "#" || first == "$" {
      let word = first.isLetter ? "" : String(first)
      let tail = rest.dropFirst(word.count).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      return Self.word(word + tail, before: rest.dropFirst(word.count + tail.count), after: last)
    }
    let other = rest.prefix { $0 == " " }
    return Token(kind: .other, text: other.isEmpty ? String(first) : String(other))
  }

  private static func word(_ word: String, before rest: Substring, after last: Token?) -> Token {
    let isMember = last?.text == "."
    if word.hasPrefix("@") || word.hasPrefix("#") { return Token(kind: .keyword, text: word) }
    if keywords.contains(word), !isMember || word == "self" || word == "init" {
      return Token(kind: .keyword, text: word)
    }
    if word.first?.isUppercase ?? false { return Token(kind: .type, text: word) }
    return Token(kind: rest.first == "(" ? .call : .name, text: word)
  }

  /// Digits up to a full stop that begins a range or a member.
  private static func number(_ digits: Substring) -> String {
    guard let dot = digits.firstIndex(of: ".") else { return String(digits) }
    let after = digits[digits.index(after: dot)...]
    return after.first?.isNumber ?? false ? String(digits) : String(digits[..<dot])
  }

  /// A text in quotation marks, with what is put into it.
  private static func string(_ rest: Substring) -> String {
    var (text, depth, isEscaped) = ("", 0, false)
    for character in rest {
      text.append(character)
      if isEscaped {
        if character == "(" { depth += 1 }
        isEscaped = false
      } else if depth > 0 {
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"", text.count > 1 {
        break
      }
    }
    return text
  }

  private mutating func block(_ rest: Substring) -> Token {
    guard let end = rest.firstRange(of: "*/") else {
      return Token(kind: .comment, text: String(rest))
    }
    isInComment = false
    return Token(kind: .comment, text: String(rest[..<end.upperBound]))
  }

  private mutating func longString(_ rest: Substring) -> Token {
    let start = isInString ? rest : rest.dropFirst(3)
    guard let end = start.firstRange(of: "\"\"\"") else {
      isInString = true
      return Token(kind: .string, text: String(rest))
    }
    isInString = false
    return Token(kind: .string, text: String(rest[..<end.upperBound]))
  }
}
