// OptionForm - how values of one type are written and read, and which of them an option takes.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// How an option's values are written, read and checked.
struct OptionForm<Value: Sendable>: Sendable {
  /// What its words stand for, whatever its range.
  let kind: String
  /// The values it takes, in words.
  let expected: String
  /// The words it is one of; empty for numbers and texts.
  var words: [String] = []
  let json: @Sendable (Value) -> JSON
  let read: @Sendable (JSON) -> Value?
  let parse: @Sendable (String) -> Value?
  var accepts: @Sendable (Value) -> Bool = { _ in true }
}

extension OptionForm where Value == Double {
  static func number(_ range: ClosedRange<Double>) -> Self {
    OptionForm(
      kind: "a number", expected: "a number from \(range.lowerBound) to \(range.upperBound)",
      json: JSON.number,
      read: \.double, parse: { Double($0).flatMap { $0.isFinite ? $0 : nil } },
      accepts: range.contains)
  }
}

extension OptionForm where Value == Int {
  static func whole(_ range: ClosedRange<Int>) -> Self {
    OptionForm(
      kind: "a whole number",
      expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      json: JSON.integer, read: \.int, parse: { $0.hasPrefix("+") ? nil : Int($0) },
      accepts: range.contains)
  }
}

extension OptionForm where Value == String {
  static var text: Self {
    OptionForm(kind: "text", expected: "text", json: JSON.string, read: \.string, parse: { $0 })
  }
}

extension OptionForm {
  private init(
    words: [String], word: @escaping @Sendable (Value) -> String,
    value: @escaping @Sendable (String) -> Value?
  ) {
    let expected = "one of " + words.joined(separator: ", ")
    self.init(
      kind: expected, expected: expected, words: words,
      json: { .string(word($0)) }, read: { $0.string.flatMap(value) }, parse: value)
  }
}

extension OptionForm where Value: RawRepresentable<String> & CaseIterable & SendableMetatype {
  static var choice: Self {
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
