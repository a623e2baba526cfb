// OptionForm - how values of one type are written and read, and which of them an option takes.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// How an option's values are written, read and checked.
package struct OptionForm<Value: Sendable>: Sendable {
  /// What its words stand for, whatever its range.
  let kind: String
  /// The values it takes, in words.
  package let expected: String
  /// The words it is one of; empty for numbers and texts.
  package private(set) var words: [String] = []
  let json: @Sendable (Value) -> JSON
  let read: @Sendable (JSON) -> Value?
  let parse: @Sendable (String) -> Value?
  var accepts: @Sendable (Value) -> Bool = { _ in true }

  /// The value that a word stands for; nil for a word that the option does not take.
  package func value(_ word: String) -> Value? {
    parse(word).flatMap { accepts($0) ? $0 : nil }
  }

  /// A value as a page of help shows it.
  package func text(_ value: Value) -> String { shown(json(value)) }
}

/// A value as a page of help shows it: numbers short, and an empty text with its quotation marks.
func shown(_ value: JSON) -> String {
  switch value {
  case .string(let text): text.isEmpty ? "\"\"" : text
  case .number(let value): compact(value)
  case let other: other.text()
  }
}

extension OptionForm where Value == Double {
  /// A finite number of a range.
  package static func number(_ range: ClosedRange<Double>) -> Self {
    OptionForm(
      kind: "a number", expected: "a number from \(range.lowerBound) to \(range.upperBound)",
      json: JSON.number,
      read: \.double, parse: { Double($0).flatMap { $0.isFinite ? $0 : nil } },
      accepts: range.contains)
  }
}

extension OptionForm where Value == Int {
  /// A whole number of a range.
  package static func whole(_ range: ClosedRange<Int>) -> Self {
    OptionForm(
      kind: "a whole number",
      expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      json: JSON.integer, read: \.int, parse: { $0.hasPrefix("+") ? nil : Int($0) },
      accepts: range.contains)
  }
}

extension OptionForm where Value == String {
  /// Any text.
  package static var text: Self {
    OptionForm(kind: "text", expected: "text", json: JSON.string, read: \.string, parse: { $0 })
  }
}

extension OptionForm {
  /// Values that have words of their own.
  ///
  /// - Parameters:
  ///   - expected: the values it takes, in words.
  ///   - words: the words, where they are few.
  ///   - word: how a value is written.
  ///   - value: the value of a word; nil where there is none.
  package init(
    expected: String, words: [String] = [], word: @escaping @Sendable (Value) -> String,
    value: @escaping @Sendable (String) -> Value?
  ) {
    self.init(
      kind: expected, expected: expected, words: words,
      json: { .string(word($0)) }, read: { $0.string.flatMap(value) }, parse: value)
  }

  private init(
    words: [String], word: @escaping @Sendable (Value) -> String,
    value: @escaping @Sendable (String) -> Value?
  ) {
    self.init(
      expected: "one of " + words.joined(separator: ", "), words: words, word: word, value: value)
  }
}

extension OptionForm where Value: RawRepresentable<String> & CaseIterable & SendableMetatype {
  /// One of an enum's words.
  package static var choice: Self {
    OptionForm(
      words: Value.allCases.map(\.rawValue), word: { $0.rawValue },
      value: { Value(rawValue: $0) })
  }
}

extension OptionForm where Value: Named {
  static var named: Self {
    OptionForm(words: Value.all.map(\.name), word: \.name, value: { Value.named($0) })
  }
}
