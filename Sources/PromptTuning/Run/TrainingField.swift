// TrainingField - the options of a run as a table: their names, their values, where each is kept.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// One option of a run, as files and command lines spell it.
public struct TrainingField: Sendable {
  /// The name in `config.json`; the command line has hyphens for its underscores.
  public let name: String
  /// The values it takes, in words.
  public let expected: String
  let get: @Sendable (TrainingOptions) -> JSON
  let set: @Sendable (JSON, inout TrainingOptions) -> Bool
  let parse: @Sendable (String) -> JSON?

  /// Sets the option from a word of a command line.
  ///
  /// - Returns: false, and the options as they were, when it is none of the values expected.
  public func set(_ text: String, in options: inout TrainingOptions) -> Bool {
    parse(text).map { set($0, &options) } ?? false
  }
}

extension TrainingField {
  typealias Path<Value> = WritableKeyPath<TrainingOptions, Value> & Sendable

  /// An option of any type: how it is written, and what it accepts.
  private init<Value>(
    _ name: String, _ path: Path<Value>, expected: String,
    json: @escaping @Sendable (Value) -> JSON, value: @escaping @Sendable (JSON) -> Value?,
    parse: @escaping @Sendable (String) -> JSON? = JSON.string
  ) {
    self.init(
      name: name, expected: expected, get: { json($0[keyPath: path]) },
      set: { found, options in
        guard let value = value(found) else { return false }
        options[keyPath: path] = value
        return true
      }, parse: parse)
  }

  fileprivate static func whole(
    _ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>
  ) -> TrainingField {
    TrainingField(
      name, path, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      json: JSON.integer, value: { $0.int.flatMap { range.contains($0) ? $0 : nil } },
      parse: { $0.hasPrefix("+") ? nil : Int($0).map(JSON.integer) })
  }

  fileprivate static func number(
    _ name: String, _ path: Path<Double>, _ range: ClosedRange<Double>
  ) -> TrainingField {
    TrainingField(
      name, path, expected: "a number from \(range.lowerBound) to \(range.upperBound)",
      json: JSON.number, value: { $0.double.flatMap { range.contains($0) ? $0 : nil } },
      parse: { Double($0).map(JSON.number) })
  }

  fileprivate static func text(_ name: String, _ path: Path<String>) -> TrainingField {
    TrainingField(name, path, expected: "text", json: JSON.string, value: \.string)
  }

  fileprivate static func choice<Choice: RawRepresentable & CaseIterable & SendableMetatype>(
    _ name: String, _ path: Path<Choice>
  ) -> TrainingField where Choice.RawValue == String {
    TrainingField(
      name, path, expected: "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "),
      json: { .string($0.rawValue) }, value: { $0.string.flatMap(Choice.init) })
  }
}

extension TrainingOptions {
  /// Every option in the order of `config.json`.
  public static let table: [TrainingField] = [
    .choice("method", \.method),
    .whole("n_ctx", \.contextCount, 1...75), .whole("m_ctx", \.split, 0...63),
    .text("ctx_init", \.contextInit), .choice("class_token_position", \.position),
    .choice("context", \.sharing),
    .choice("loss_function", \.loss), .choice("variant", \.reading),
    .choice("cseloss", \.embedding), .choice("alignment", \.alignment),
    .choice("captions", \.captionCut), .choice("weights_sum", \.weightNormalization),
    .number("weight_gamma", \.weightGamma, -100...100), .number("margin", \.margin, 0...2),
    .number("lam", \.lambda, 0...1),
    .number("alpha", \.alpha, 0...1e6), .number("beta", \.beta, -1e6...1e6),
    .number("gamma", \.mu, -100...100), .number("neg_scale", \.negativeScale, 1e-6...1e6),
    .number("kappa", \.kappa, 0...1e6), .number("focal", \.focal, 0...100),
    .number("gamma_neg", \.gammaNegative, 0...100),
    .number("gamma_pos", \.gammaPositive, 0...100),
    .choice("sampling", \.sampling), .number("consistency", \.consistency, 0...1e6),
    .choice("optimizer", \.optimizer), .number("lr", \.learningRate, 0...1e3),
    .number("momentum", \.momentum, 0...1), .number("weight_decay", \.weightDecay, 0...1e3),
    .choice("schedule", \.schedule), .whole("batch_size", \.batch, 1...1_000_000),
    .whole("epochs", \.epochs, 0...1_000_000), .whole("seed", \.seed, 0...Int(Int32.max)),
    .choice("select", \.selection), .number("validation", \.validationFraction, 0...0.9),
    .choice("scores", \.scores),
  ]

  /// Every option with its value: what `config.json` holds and what resuming compares.
  public var fields: [(key: String, value: JSON)] { Self.table.map { ($0.name, $0.get(self)) } }

  /// Reads options back from their fields.
  ///
  /// - Throws: `RunError.notARun` naming the first field that is missing or has no such value,
  ///   `MethodError.parameter` for a number outside its range.
  public init(json: JSON) throws {
    self.init()
    for field in Self.table {
      guard let value = json[field.name], try field.accept(value, &self) else {
        throw RunError.notARun(missing: "option '\(field.name)'")
      }
    }
  }

  /// Checks every range.
  ///
  /// - Throws: `MethodError.parameter` naming the first option outside its range.
  func validate() throws(MethodError) {
    var copy = self
    for field in Self.table { _ = try field.accept(field.get(self), &copy) }
  }
}

extension TrainingField {
  fileprivate func accept(
    _ value: JSON, _ options: inout TrainingOptions
  ) throws(MethodError) -> Bool {
    if set(value, &options) { return true }
    if let found = value.double {
      throw .parameter(name: name, found: found, expected: expected)
    }
    return false
  }
}
