// Equation - an equation or loss that can be run alone on a user's own arrays.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors

/// An equation by name, with its arrays, constants and how to compute it.
package struct Equation: Sendable {
  /// An input or output array.
  package struct Argument: Sendable {
    /// Its name in the safetensors file.
    package let name: String
    /// Its axes, as `[B, C]`.
    package let shape: String
    /// How many axes.
    var rank: Int { shape == "[]" ? 0 : shape.split(separator: ",").count }
  }
  /// A constant with its default.
  package struct Key: Sendable {
    /// Its name on the command line.
    package let name: String
    /// The default as text; none for a constant that must be given.
    package let initial: String?
    /// The accepted words; empty for a number.
    package let words: [String]
    /// The option of runs that it sets; nil for what only equations have.
    let option: AnyTrainingOption?

    /// A constant that only equations have.
    init(_ name: String, initial: String?, words: [String] = []) {
      (self.name, self.initial, self.words, option) = (name, initial, words, nil)
    }

    /// A constant with the name that its equation has for it.
    init(_ symbol: String, _ option: AnyTrainingOption) {
      (name, initial) = (symbol, option.text(in: TrainingOptions()))
      (words, self.option) = (option.words, option)
    }
  }

  /// The name on the command line.
  package let name: String
  /// The tag in docs/Equations.md.
  package let tag: String
  /// The tag of a sibling that it goes by too, where the arrays have its axes.
  package let shared: String?
  /// What it is, in a few words.
  package let summary: String
  /// The arrays it needs.
  package let inputs: [Argument]
  /// Its constants.
  package let keys: [Key]
  /// The arrays it gives.
  package let outputs: [String]
  private let body: @Sendable (EquationInputs) throws -> [(String, Tensor)]

  /// An equation by its names, arrays and constants.
  ///
  /// - Parameters:
  ///   - name: what `lmpt equation` calls it.
  ///   - tag: its tag in docs/Equations.md.
  ///   - shared: the tag of a sibling that it goes by too, where the arrays have its axes.
  ///   - summary: what it is.
  ///   - inputs: arrays with their axes.
  ///   - total: whether it needs the number of all images.
  ///   - constants: its symbols with the options that they are; all of E7's bring the decisions of
  ///     its reading.
  ///   - more: constants that only it has.
  ///   - outputs: the arrays it gives.
  ///   - body: how it is computed.
  init(
    _ name: String, tag: String, shared: String? = nil, summary: String,
    inputs: KeyValuePairs<String, String>, total: Bool = false,
    constants: [(symbol: String, option: AnyTrainingOption)] = [], more: [Key] = [],
    outputs: [String],
    body: @escaping @Sendable (EquationInputs) throws -> [(String, Tensor)]
  ) {
    (self.name, self.tag, self.summary, self.outputs) = (name, tag, summary, outputs)
    self.shared = shared
    self.inputs = inputs.map { Argument(name: $0.key, shape: $0.value) }
    self.body = body
    let needed = total ? [Key("total", initial: nil)] : []
    let balanced = BalancedConstants.all.allSatisfy { known in
      constants.contains { $0.option.name == known.option.name }
    }
    keys =
      more + needed + constants.map { Key($0.symbol, $0.option) }
      + (balanced ? Key.balancedDecisions : [])
  }

  /// Computes the equation.
  ///
  /// - Parameters:
  ///   - arrays: the inputs by name; others are ignored.
  ///   - settings: constants by name, as text.
  /// - Returns: the outputs by name, in the order of `outputs`.
  /// - Throws: `EquationError` for a missing array or a bad constant; what the equation throws.
  package func callAsFunction(
    _ arrays: [String: Tensor], settings: [String: String] = [:]
  ) throws -> [(name: String, value: Tensor)] {
    let given = try EquationInputs(equation: self, arrays: arrays, settings: settings)
    return try body(given).map { (name: $0, value: $1) }
  }

  /// The equation of that name, or of that tag in any case.
  ///
  /// Of several that go by the word it is the one whose axes the arrays have, else the first: `E3` is
  /// said of sentences, and of tokens.
  ///
  /// - Throws: `EquationError.unknownEquation`.
  package static func named(
    _ name: String, for arrays: [String: Tensor] = [:]
  ) throws(EquationError) -> Equation {
    let known = all.filter { $0.goes(by: name) }
    guard let equation = known.first(where: { $0.fits(arrays) }) ?? known.first else {
      throw .unknownEquation(name, known: all.map(\.name))
    }
    return equation
  }

  private func fits(_ arrays: [String: Tensor]) -> Bool {
    inputs.allSatisfy { arrays[$0.name]?.rank == $0.rank }
  }

  /// Refuses NaN and infinity in the arrays that it reads.
  ///
  /// - Throws: `EquationError.notFinite`.
  package func checkFinite(_ arrays: [String: Tensor]) throws(EquationError) {
    for input in inputs {
      guard let values = arrays[input.name]?.values,
        let place = values.firstIndex(where: { !$0.isFinite })
      else { continue }
      throw .notFinite(input.name, index: place, found: values[place])
    }
  }

  /// Whether a word is its name, or its tag or the one that it shares, in any case.
  package func goes(by word: String) -> Bool {
    name == word || [tag, shared].contains { $0?.lowercased() == word.lowercased() }
  }

  /// Every equation, in the order of the paper, then the losses.
  package static let all: [Equation] = method + losses
}

/// The arrays and constants of one call.
struct EquationInputs {
  let equation: Equation
  let arrays: [String: Tensor]
  let settings: [String: String]
  /// The constants that are options of runs, too.
  private(set) var options = TrainingOptions()

  init(equation: Equation, arrays: [String: Tensor], settings: [String: String]) throws {
    (self.equation, self.arrays, self.settings) = (equation, arrays, settings)
    for name in settings.keys.sorted() where !equation.keys.contains(where: { $0.name == name }) {
      throw EquationError.unknownKey(
        name, equation: equation.name, known: equation.keys.map(\.name))
    }
    for key in equation.keys {
      guard let option = key.option, let word = settings[key.name] else { continue }
      // Equations check their ranges themselves; at the optimizer's none looks.
      let anyRange = option.group != .optimizer
      guard !option.setWord(word, anyRange, &options) else { continue }
      throw EquationError.badValue(
        key.name, found: word, expected: anyRange ? option.kind : option.expected)
    }
    options.reading = try balancedReading()
  }

  /// A constant.
  subscript<Value>(option: TrainingOption<Value>) -> Value { options[option] }

  /// What losses take, with the counts where there are some.
  func lossData(_ reads: ClassStatistics) throws -> LossData {
    LossData(
      counts: reads == .nothing ? Tensor([]) : try array("counts"),
      images: reads == .countsAndTotal ? try number("total") : 0, options: options)
  }

  /// An array with at least one element and the number of axes that the table says.
  func array(_ name: String) throws -> Tensor {
    guard let array = arrays[name] else {
      throw EquationError.missingInput(name, found: arrays.keys.sorted())
    }
    let input = equation.inputs.first { $0.name == name }
    let (shape, rank) = (input?.shape ?? "[]", input?.rank ?? 0)
    if rank <= 1, array.count == 1 { return array.reshaped([Int](repeating: 1, count: rank)) }
    guard array.rank == rank, array.count > 0 else {
      throw EquationError.inputShape(name, found: array.shape, expected: shape)
    }
    return array
  }

  private func text(_ name: String) throws -> String {
    let key = equation.keys.first { $0.name == name }
    guard let text = settings[name] ?? key?.initial else {
      throw EquationError.missingKey(name, equation: equation.name)
    }
    return text
  }

  /// A finite number.
  func number(_ name: String) throws -> Double {
    let text = try text(name)
    guard let value = Double(text), value.isFinite else {
      throw EquationError.badValue(name, found: text, expected: "a number")
    }
    return value
  }

  /// A whole number.
  func whole(_ name: String) throws -> Int {
    let text = try text(name)
    guard let value = Int(text) else {
      throw EquationError.badValue(name, found: text, expected: "a whole number")
    }
    return value
  }

  /// A case of an enum by its raw value.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws -> Choice {
    let text = try text(name)
    guard let value = Choice(rawValue: text) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw EquationError.badValue(name, found: text, expected: "one of \(words)")
    }
    return value
  }

  /// A loss, and its gradient with respect to one input.
  func loss(
    of name: String, _ body: (Tensor) throws -> Tensor
  ) throws -> [(String, Tensor)] {
    let leaf = try array(name).tracked()
    let loss = try body(leaf)
    return [("loss", loss.detached.reshaped([1])), ("grad.\(name)", gradient(of: loss, in: leaf))]
  }
}

/// Why a call of an equation by name does not fit the equation.
package enum EquationError: DiagnosticError, Equatable {
  /// No equation has this name.
  case unknownEquation(String, known: [String])
  /// The equation has no such constant.
  case unknownKey(String, equation: String, known: [String])
  /// A constant without default was not given.
  case missingKey(String, equation: String)
  /// A constant's text does not stand for a value.
  case badValue(String, found: String, expected: String)
  /// The file lacks an array.
  case missingInput(String, found: [String])
  /// An array has another number of axes, or no element.
  case inputShape(String, found: [Int], expected: String)
  /// An array holds NaN or infinity, in single precision.
  case notFinite(String, index: Int, found: Float)
  /// The equation needs a model, which arrays alone do not give.
  case needsTower(String)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .unknownEquation(let name, _):
      Diagnostic(
        "equation.unknown", "there is no equation '\(name)'",
        hint: "Equation.all has them all", kind: .usage)
    case .unknownKey(let key, let equation, let known):
      Diagnostic(
        "equation.unknown-key", "equation '\(equation)' has no constant '\(key)'",
        hint: known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))",
        kind: .usage)
    case .missingKey(let key, let equation):
      Diagnostic(
        "equation.missing-key", "equation '\(equation)' needs the constant '\(key)'",
        hint: "Equation.all has the arrays and constants of each", kind: .usage)
    case .badValue(let key, let found, let expected):
      Diagnostic(
        "equation.bad-value", "\(key) is '\(found)', expected \(expected)",
        hint: "Equation.all has the arrays and constants of each", kind: .usage)
    case .missingInput(let name, let found):
      Diagnostic(
        "equation.missing-input",
        "there is no tensor '\(name)' (found: \(found.prefix(8).joined(separator: ", ")))",
        hint: "Equation.all has the arrays and constants of each")
    case .inputShape(let name, let found, let expected):
      Diagnostic(
        "equation.input-shape",
        "tensor '\(name)' has shape \(found), expected \(expected) with at least one element",
        hint: "Equation.all has the arrays and constants of each")
    case .notFinite(let name, let index, let found):
      Diagnostic(
        "equation.not-finite",
        "tensor '\(name)' holds \(found) in single precision (element \(index), from 0)",
        hint: "equations take finite numbers")
    case .needsTower(let name):
      Diagnostic(
        "equation.needs-weights", "equation '\(name)' needs a model and class names",
        hint: "Equation.all has the arrays and constants of each", kind: .usage)
    }
  }
}
