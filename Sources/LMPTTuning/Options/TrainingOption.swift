// TrainingOption - an option of a run, declared once, where it is read.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// An option of any type: its names, what it takes, and what it is about.
///
/// Options are members of this class, `extension AnyTrainingOption { static var lambda: TrainingOption<Double> {...} }`,
/// so that `options[.lambda]`, `options.lambda` and a list `[.lambda, .margin]` all find them. They are computed,
/// because a stored member of an extension has no key path that another module could follow (Swift 6.3).
public class AnyTrainingOption: @unchecked Sendable {
  // safety: every property is a constant of a type that is Sendable.

  /// The name in `config.json`; the command line has hyphens for its underscores.
  public let name: String
  /// Other names that the command line takes.
  package let aliases: [String]
  /// What stands for the value on a page of help.
  package let placeholder: String
  /// What it is, in a few words.
  public let help: String
  /// The options it belongs to.
  package let group: OptionGroup
  /// The equation that reads it (docs/Equations.md).
  package let tag: String?
  /// The words it is one of; empty for numbers and texts.
  package let words: [String]
  /// The values it takes, in words.
  package let expected: String
  /// What its words stand for, whatever its range.
  let kind: String
  /// Switches that stand for values, `csc`, with what each means.
  package let switches: [(name: String, word: String, help: String)]

  /// The value as JSON.
  let get: @Sendable (TrainingOptions) -> JSON
  /// Takes over a value that it accepts; false, and nothing changes, for any other.
  let set: @Sendable (JSON, inout TrainingOptions) -> Bool
  /// Takes over a word that it accepts; with `anyRange` a number outside its range as well.
  let setWord: @Sendable (_ word: String, _ anyRange: Bool, inout TrainingOptions) -> Bool
  /// Sets what comes with a value.
  let imply: @Sendable (inout TrainingOptions) -> Void

  /// The pieces of every type of option.
  fileprivate init<Value>(
    _ name: String, _ form: OptionForm<Value>, _ initial: Value, placeholder: String?,
    aliases: [String], synonyms: [String: String], group: OptionGroup, tag: String?,
    switches: [(name: String, word: String, help: String)],
    implies: @escaping @Sendable (Value, inout TrainingOptions) -> Void, help: String
  ) {
    (self.name, self.aliases, self.group, self.tag) = (name, aliases, group, tag)
    (self.help, self.switches, words) = (help, switches, form.words)
    (expected, kind) = (form.expected, form.kind)
    self.placeholder = placeholder ?? form.words.joined(separator: "|")
    get = { form.json($0.value(name, initial)) }
    set = { json, options in
      guard let value = form.read(json), form.accepts(value) else { return false }
      options.set(name, value, as: form.json, initial: initial)
      return true
    }
    setWord = { word, anyRange, options in
      guard let value = form.parse(synonyms[word] ?? word), anyRange || form.accepts(value) else {
        return false
      }
      options.set(name, value, as: form.json, initial: initial)
      return true
    }
    imply = { implies($0.value(name, initial), &$0) }
  }

  /// The name on the command line.
  package var flag: String { name.replacing("_", with: "-") }

  /// Takes over a value: a text as the word that a command line has for it.
  ///
  /// - Returns: false, and the options as they were, when it is none of the values expected.
  package func take(_ value: JSON, in options: inout TrainingOptions) -> Bool {
    value.string.map { setWord($0, false, &options) } ?? set(value, &options)
  }

  /// The value of some options as a page of help shows it.
  package func text(in options: TrainingOptions) -> String { shown(get(options)) }
}

/// An option whose values have one type.
public final class TrainingOption<Value: Sendable>: AnyTrainingOption, @unchecked Sendable {
  /// The value where nothing is said.
  public let initial: Value
  let form: OptionForm<Value>

  private init(
    _ name: String, _ form: OptionForm<Value>, _ initial: Value, placeholder: String? = nil,
    aliases: [String] = [], synonyms: [String: String] = [:], group: OptionGroup,
    tag: String? = nil, switches: [(name: String, value: Value, help: String)] = [],
    implies: @escaping @Sendable (Value, inout TrainingOptions) -> Void = { _, _ in }, help: String
  ) {
    (self.initial, self.form) = (initial, form)
    super.init(
      name, form, initial, placeholder: placeholder, aliases: aliases, synonyms: synonyms,
      group: group, tag: tag,
      switches: switches.map { ($0.name, form.json($0.value).string ?? "", $0.help) },
      implies: implies, help: help)
  }
}

extension TrainingOption where Value == Double {
  /// A number inside a range.
  package convenience init(
    _ name: String, _ placeholder: String, _ initial: Double, in range: ClosedRange<Double>,
    aliases: [String] = [], group: OptionGroup, tag: String? = nil, help: String
  ) {
    self.init(
      name, .number(range), initial, placeholder: placeholder, aliases: aliases, group: group,
      tag: tag, help: help)
  }
}

extension TrainingOption where Value == Int {
  /// A whole number inside a range.
  package convenience init(
    _ name: String, _ placeholder: String, _ initial: Int, in range: ClosedRange<Int>,
    aliases: [String] = [], group: OptionGroup, tag: String? = nil, help: String
  ) {
    self.init(
      name, .whole(range), initial, placeholder: placeholder, aliases: aliases, group: group,
      tag: tag, help: help)
  }
}

extension TrainingOption where Value == String {
  /// Any text.
  package convenience init(
    _ name: String, _ placeholder: String, _ initial: String, group: OptionGroup,
    tag: String? = nil, help: String
  ) {
    self.init(
      name, .text, initial, placeholder: placeholder, group: group, tag: tag, help: help)
  }
}

extension TrainingOption
where Value: RawRepresentable<String> & CaseIterable & SendableMetatype {
  /// One of an enum's words; `synonyms` are other words for some of them.
  package convenience init(
    _ name: String, _ initial: Value, aliases: [String] = [], synonyms: [String: Value] = [:],
    group: OptionGroup, tag: String? = nil,
    switches: [(name: String, value: Value, help: String)] = [], help: String
  ) {
    self.init(
      name, .choice, initial, aliases: aliases, synonyms: synonyms.mapValues(\.rawValue),
      group: group, tag: tag, switches: switches, help: help)
  }
}

extension TrainingOption where Value: Named {
  /// One of the named values of a list; `implies` sets what comes with a value unless it is given.
  package convenience init(
    _ name: String, _ initial: Value, placeholder: String? = nil, aliases: [String] = [],
    group: OptionGroup, tag: String? = nil,
    implies: @escaping @Sendable (Value, inout TrainingOptions) -> Void = { _, _ in }, help: String
  ) {
    self.init(
      name, .named, initial, placeholder: placeholder, aliases: aliases, group: group, tag: tag,
      implies: implies, help: help)
  }
}

/// A number as short as it can be written: 5e-4, 0.05, 10.
func compact(_ value: Double) -> String {
  let plain =
    value == value.rounded() && abs(value) < 1e6
    ? "\(Int(value))" : "\(value)".replacing("e-0", with: "e-")
  guard value != 0, value.isFinite else { return plain }
  // The same digits with an exponent: 0.0005 is 5e-4.
  let digits = plain.filter(\.isNumber).drop { $0 == "0" }
  guard let first = digits.first, abs(value) < 1, !plain.contains("e") else { return plain }
  let zeros = plain.drop { $0 != "." }.dropFirst().prefix { $0 == "0" }.count
  let rest = digits.dropFirst()
  let scientific =
    (value < 0 ? "-" : "") + "\(first)" + (rest.isEmpty ? "" : ".\(rest)") + "e-\(zeros + 1)"
  return scientific.count < plain.count ? scientific : plain
}

extension TrainingOption {
  /// A constant that runs leave as it was published and `lmpt equation` sets; `name` has a dot.
  convenience init(_ name: String, constant: Double) where Value == Double {
    self.init(
      name, .number(-Double.infinity...Double.infinity), constant, group: .equation, help: "")
  }

  /// A choice that runs leave as it was published.
  convenience init(_ name: String, constant: Value)
  where Value: RawRepresentable<String> & CaseIterable & SendableMetatype {
    self.init(name, .choice, constant, group: .equation, help: "")
  }
}
