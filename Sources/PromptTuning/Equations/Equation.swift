// Equation - an equation or loss that can be run alone on a user's own arrays.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Tensors

/// An equation by name, with its arrays, constants and how to compute it.
public struct Equation: Sendable {
  /// An input or output array.
  public struct Argument: Sendable {
    /// Its name in the safetensors file.
    public let name: String
    /// Its axes, as `[B, C]`.
    public let shape: String
  }
  /// A constant with its default.
  public struct Key: Sendable {
    /// Its name on the command line.
    public let name: String
    /// The default as text; none for a constant that must be given.
    public let standard: String?
    /// The accepted words; empty for a number.
    public let words: [String]
  }

  /// The name on the command line.
  public let name: String
  /// The tag in docs/Equations.md.
  public let tag: String
  /// What it is, in a few words.
  public let summary: String
  /// The arrays it needs.
  public let inputs: [Argument]
  /// Its constants.
  public let keys: [Key]
  /// The arrays it gives.
  public let outputs: [String]
  let body: @Sendable (EquationInputs) throws -> [(String, Tensor)]

  /// Computes the equation.
  ///
  /// - Parameters:
  ///   - arrays: the inputs by name; others are ignored.
  ///   - settings: constants by name, as text.
  /// - Returns: the outputs by name, in the order of `outputs`.
  /// - Throws: `EquationError` for a missing array or a bad constant; what the equation throws.
  public func callAsFunction(
    _ arrays: [String: Tensor], settings: [String: String] = [:]
  ) throws -> [(name: String, value: Tensor)] {
    for key in settings.keys.sorted() where !keys.contains(where: { $0.name == key }) {
      throw EquationError.unknownKey(key, equation: name, known: keys.map(\.name))
    }
    let given = EquationInputs(equation: self, arrays: arrays, settings: settings)
    return try body(given).map { (name: $0, value: $1) }
  }

  /// The equation of that name.
  ///
  /// - Throws: `EquationError.unknownEquation`.
  public static func named(_ name: String) throws(EquationError) -> Equation {
    guard let equation = all.first(where: { $0.name == name }) else {
      throw .unknownEquation(name, known: all.map(\.name))
    }
    return equation
  }

  /// Every equation, in the order of the paper, then the losses.
  public static let all: [Equation] = method + losses
}

/// The arrays and constants of one call.
struct EquationInputs {
  let equation: Equation
  let arrays: [String: Tensor]
  let settings: [String: String]

  /// An array with at least one element and the number of axes that the table says.
  func array(_ name: String) throws -> Tensor {
    guard let array = arrays[name] else {
      throw EquationError.missingInput(name, found: arrays.keys.sorted())
    }
    let shape = equation.inputs.first { $0.name == name }?.shape ?? "[]"
    let rank = shape == "[]" ? 0 : shape.split(separator: ",").count
    if rank <= 1, array.count == 1 { return array.reshaped([Int](repeating: 1, count: rank)) }
    guard array.rank == rank, array.count > 0 else {
      throw EquationError.inputShape(name, found: array.shape, expected: shape)
    }
    return array
  }

  private func text(_ name: String) throws -> String {
    let key = equation.keys.first { $0.name == name }
    guard let text = settings[name] ?? key?.standard else {
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
public enum EquationError: DiagnosticError, Equatable {
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
  /// The equation needs a model, which arrays alone do not give.
  case needsTower(String)

  /// Whether the command line is wrong, rather than the file.
  public var isUsage: Bool {
    switch self {
    case .unknownEquation, .unknownKey, .missingKey, .badValue, .needsTower: true
    case .missingInput, .inputShape: false
    }
  }

  /// Stable identifier.
  public var code: String {
    switch self {
    case .unknownEquation: "equation.unknown"
    case .unknownKey: "equation.unknown-key"
    case .missingKey: "equation.missing-key"
    case .badValue: "equation.bad-value"
    case .missingInput: "equation.missing-input"
    case .inputShape: "equation.input-shape"
    case .needsTower: "equation.needs-weights"
    }
  }

  /// What is wrong and where.
  public var message: String {
    switch self {
    case .unknownEquation(let name, _): "there is no equation '\(name)'"
    case .unknownKey(let key, let equation, _): "equation '\(equation)' has no constant '\(key)'"
    case .missingKey(let key, let equation): "equation '\(equation)' needs --set \(key)=..."
    case .badValue(let key, let found, let expected):
      "\(key) is '\(found)', expected \(expected)"
    case .missingInput(let name, let found):
      "there is no tensor '\(name)' (found: \(found.prefix(8).joined(separator: ", ")))"
    case .inputShape(let name, let found, let expected):
      "tensor '\(name)' has shape \(found), expected \(expected) with at least one element"
    case .needsTower(let name): "equation '\(name)' needs --weights and --classes"
    }
  }

  /// What to do.
  public var hint: String {
    switch self {
    case .unknownEquation: "'lmpt equation --list' names them all"
    case .unknownKey(_, _, let known):
      known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
    default: "'lmpt equation --list' shows the arrays and constants of each"
    }
  }
}
