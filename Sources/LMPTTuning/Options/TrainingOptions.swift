// TrainingOptions - the values of a run's options: a store whose keys know the types.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The options of a training run; where nothing is said, those of the authors' published LMPT command.
///
/// `options[.lambda]` and `options.lambda` are the same value; each option is declared where it is
/// read. The defaults of other methods: ``init(dataset:method:)``; every option: `table`.
@dynamicMemberLookup
public struct TrainingOptions: Sendable, Equatable {
  /// A value, and how it and the declared one are written.
  private struct Entry: Sendable {
    let value: any Sendable
    let json: JSON
    let declared: JSON
  }

  /// What was set, by the option's name.
  private var entries: [String: Entry] = [:]

  /// The declared values.
  public init() {}

  /// The value of an option.
  public subscript<Value>(option: TrainingOption<Value>) -> Value {
    get { value(option.name, option.initial) }
    set { set(option.name, newValue, as: option.form.json, initial: option.initial) }
  }

  /// The value of an option by the name of its declaration.
  public subscript<Value>(
    dynamicMember option: KeyPath<AnyTrainingOption.Type, TrainingOption<Value>>
  ) -> Value {
    get { self[AnyTrainingOption.self[keyPath: option]] }
    set { self[AnyTrainingOption.self[keyPath: option]] = newValue }
  }

  func value<Value>(_ name: String, _ initial: Value) -> Value {
    entries[name]?.value as? Value ?? initial
  }

  mutating func set<Value: Sendable>(
    _ name: String, _ value: Value, as json: (Value) -> JSON, initial: Value
  ) {
    entries[name] = Entry(value: value, json: json(value), declared: json(initial))
  }

  /// Options are equal when files write them alike.
  public static func == (left: Self, right: Self) -> Bool {
    left.entries.allSatisfy { name, entry in
      entry.json == (right.entries[name]?.json ?? entry.declared)
    }
      && right.entries.allSatisfy { name, entry in
        left.entries[name] != nil || entry.json == entry.declared
      }
  }
}
