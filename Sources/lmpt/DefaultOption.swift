// DefaultOption - an option of a command whose default is a value, which the help prints.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning

/// An option of a command, and the value that the command reads where none is given.
struct DefaultOption<Value: Sendable>: Sendable {
  /// What the command's table has of it.
  let option: Option
  /// The value where none is given.
  let initial: Value
  /// The values it takes.
  let form: OptionForm<Value>

  /// An option of any form.
  ///
  /// - Parameters:
  ///   - name: its name without dashes.
  ///   - placeholder: what stands for the value in the help; nil for the words of its form.
  ///   - initial: the value where none is given.
  ///   - form: the values it takes.
  ///   - help: what it is, in a few words.
  ///   - note: what the help says behind the default.
  init(
    _ name: String, _ placeholder: String?, _ initial: Value, as form: OptionForm<Value>,
    _ help: String, note: String = ""
  ) {
    (self.initial, self.form) = (initial, form)
    option = .value(
      name, placeholder ?? form.words.joined(separator: "|"), help,
      fallback: form.text(initial) + note)
  }
}

extension DefaultOption where Value == Int {
  /// A whole number of a range.
  init(
    _ name: String, _ placeholder: String, _ initial: Int, in range: ClosedRange<Int>,
    _ help: String
  ) {
    self.init(name, placeholder, initial, as: .whole(range), help)
  }
}

extension DefaultOption where Value == Double {
  /// A number of a range.
  init(
    _ name: String, _ placeholder: String, _ initial: Double, in range: ClosedRange<Double>,
    _ help: String
  ) {
    self.init(name, placeholder, initial, as: .number(range), help)
  }
}

extension DefaultOption where Value == String {
  /// Any text.
  init(
    _ name: String, _ placeholder: String, _ initial: String, _ help: String, note: String = ""
  ) {
    self.init(name, placeholder, initial, as: .text, help, note: note)
  }
}

extension DefaultOption where Value: RawRepresentable<String> & CaseIterable & SendableMetatype {
  /// One of an enum's words.
  init(_ name: String, _ initial: Value, placeholder: String? = nil, _ help: String) {
    self.init(name, placeholder, initial, as: .choice, help)
  }
}

extension Arguments {
  /// The value of an option: the one given, else its default.
  subscript<Value>(option: DefaultOption<Value>) -> Value {
    get throws { try given(option) ?? option.initial }
  }

  /// The value given for an option; nil where none is.
  func given<Value>(_ option: DefaultOption<Value>) throws -> Value? {
    try value(option.option.name, as: option.form)
  }
}
