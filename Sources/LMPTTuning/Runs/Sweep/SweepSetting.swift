// SweepSetting - one setting of a sweep: what it is about, its value, and where it stands.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging

extension SweepFile {
  /// A setting: an option of a run, or one of its data.
  package struct Setting: Sendable, Equatable {
    /// Its name on the command line of `lmpt train`.
    package let key: String
    /// Its value; of a switch whether it is on.
    package let json: JSON
    /// Where it stands.
    package let place: String

    /// The value as tables show it: nothing for a switch that is on.
    package var value: String {
      switch json {
      case .bool(let isOn): isOn ? "" : "false"
      case .string(let text): text
      default: json.text()
      }
    }

    /// Whether it is a switch.
    package var isSwitch: Bool { json.bool != nil }

    /// What it is about.
    var target: Target? { SweepFile.keys.first { $0.names[0] == key }?.target }

    /// The option of a run that it is about, and the value that this gets; nil for one of the data.
    var assignment: (option: AnyTrainingOption, value: JSON)? {
      switch target {
      case .option(let option): (option, json)
      case .word(let word, let option): (option, .string(word))
      case .data, nil: nil
      }
    }
  }

  /// What a setting is about.
  enum Target: Sendable {
    /// An option of a run.
    case option(AnyTrainingOption)
    /// A switch, which stands for a word of an option.
    case word(String, of: AnyTrainingOption)
    /// An option of the data.
    case data(DataOption)

    fileprivate var isSwitch: Bool { if case .word = self { true } else { false } }
  }

  /// An option of the data that a sweep may vary.
  struct DataOption: Sendable {
    let name: String
    /// The values it takes, in words.
    let expected: String
    /// Takes over a value; false for one that it does not take.
    let set: @Sendable (JSON, inout RunData.Request) -> Bool

    fileprivate init<Value>(
      _ name: String, _ form: OptionForm<Value>,
      _ path: WritableKeyPath<RunData.Request, Value?> & Sendable
    ) {
      (self.name, expected) = (name, form.expected)
      set = { json, request in
        guard let value = form.read(json) else { return false }
        request[keyPath: path] = value
        return true
      }
    }
  }

  /// The options of the data that a sweep may vary; the others belong on its command line.
  private static let ofData = [
    DataOption("weights", .text, \.weights), DataOption("activation", .choice, \.activation),
    DataOption("preprocess", .choice, \.preprocessing),
  ]

  /// What a sweep may set, by every name that it has.
  fileprivate static let keys: [(names: [String], target: Target)] = {
    var keys: [(names: [String], target: Target)] = []
    for option in TrainingOptions.table {
      if option.switches.isEmpty { keys.append(([option.flag] + option.aliases, .option(option))) }
      for choice in option.switches { keys.append(([choice.name], .word(choice.word, of: option))) }
    }
    for option in ofData { keys.append(([option.name], .data(option))) }
    return keys
  }()

  /// A setting of a file.
  ///
  /// - Parameters:
  ///   - key: its name.
  ///   - value: its value.
  ///   - parent: the place of the settings that it is one of.
  ///   - shown: its own place.
  /// - Returns: the setting under its first name.
  /// - Throws: `SweepError` for a name that there is not, or a value of another kind.
  package static func setting(
    _ key: String, _ value: JSON, _ parent: String, shown: String
  ) throws(SweepError) -> Setting {
    let spelled = String(key.map { $0 == "_" ? "-" : $0 })
    if spelled == AnyTrainingOption.seed.flag {
      throw .reserved(place: shown, instead: "seeds stand in the list 'seeds' of the sweep")
    }
    guard let known = keys.first(where: { $0.names.contains(spelled) }) else {
      throw .unknownKey(
        place: shown,
        nearest: nearest(spelled, in: keys.flatMap(\.names)).map { "\(parent).\($0)" })
    }
    let isSwitch = known.target.isSwitch
    guard isSwitch ? value.bool != nil : value.string != nil || value.double != nil else {
      throw .wrongKind(place: shown, expected: isSwitch ? "true or false" : "a text or a number")
    }
    return Setting(key: known.names[0], json: value, place: shown)
  }

  /// Whether a key is a switch.
  package static func isSwitch(_ key: String) -> Bool {
    keys.contains { $0.target.isSwitch && $0.names[0] == key }
  }
}

extension SweepFile.Setting {
  /// A setting of an option; a value that has a switch is that switch, on.
  init(_ option: AnyTrainingOption, _ value: JSON, place: String) {
    let choice = option.switches.first { .string($0.word) == value }
    self.init(
      key: choice?.name ?? option.flag, json: choice == nil ? value : true, place: place)
  }

  /// A setting of an option of one type.
  init<Value>(_ option: TrainingOption<Value>, to value: Value, place: String) {
    self.init(option, option.form.json(value), place: place)
  }

  /// The value as tables show one that was drawn: numbers short.
  package var shortValue: String { json.double.map(compact) ?? value }
}
