// Equation - `lmpt equation`: any equation or loss on the user's own arrays.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import PromptTuning
import Tensors
import Weights

extension Command {
  static let equation = Command(
    name: "equation",
    summary: "one equation or loss of the paper on your own arrays, with its gradient",
    operands: "NAME",
    options: [
      .flag("list", "the equations with their arrays and constants"),
      .value("input", "IN.safetensors", "the arrays, float32 or float64"),
      .value("output", "OUT.safetensors", "where the results go"),
      .value("set", "KEY=VALUE", "a constant; may be given several times"),
      .value("weights", "FILE", "the CLIP model, for prompt-steps"),
      .value("classes", "voc|coco|FILE", "class names, one a line in FILE, for prompt-steps"),
      .value("init", "WORDS", "words the context starts from", fallback: "a photo of a"),
    ],
    examples: [
      "lmpt equation --list",
      "lmpt equation embedding-loss --input in.safetensors --output out.safetensors --set scale=0.2",
    ],
    run: runEquation)
}

private func runEquation(_ arguments: Arguments) throws -> Output {
  if arguments.flag("list") {
    try arguments.expectNoOperands()
    return Output(json: listing, text: listingText)
  }
  let name = try arguments.operands(1, "NAME")[0]
  let equation = name == Equation.promptSteps.name ? .promptSteps : try Equation.named(name)
  let input = try arguments.required("input")
  let output = try arguments.output()
  try requireOtherFile(output, than: [input] + arguments.strings("weights"))
  var settings: [String: String] = [:]
  for pair in arguments.strings("set") {
    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw UsageError.badValue(option: "--set", found: pair, expected: "key=value")
    }
    settings[String(parts[0])] = String(parts[1])
  }

  let file = try WeightFile.read(input)
  let arrays = Dictionary(
    file.tensors.map { ($0.name, Tensor($0)) },
    uniquingKeysWith: { first, _ in first })
  let (results, notes) = try compute(equation, arrays, settings, arguments, input: input)
  try WeightFile.write(results.map { NamedArray($0.name, $0.value) }, to: output)
  let shapes = results.map { ($0.name, JSON.array($0.value.shape.map { .integer($0) })) }
  let lines = results.map { result in
    "\(result.name) "
      + (result.value.count == 1 ? "= \(result.value.item)" : "\(result.value.shape)")
  }
  var found = Output(
    json: JSON.object([
      ("equation", .string(equation.name)), ("tag", .string(equation.tag)),
      ("outputs", .object(shapes)),
    ]), confirmation: lines)
  found.notes = notes
  return found
}

/// Runs the equation; what is wrong with an array is told with the file's name.
private func compute(
  _ equation: Equation, _ arrays: [String: Tensor], _ settings: [String: String],
  _ arguments: Arguments, input: String
) throws -> (results: [(name: String, value: Tensor)], notes: [String]) {
  do {
    guard equation.name == Equation.promptSteps.name else {
      return (try equation(arrays, settings: settings), [])
    }
    let weights = try arguments.required("weights")
    let model = try CLIPModel.load(path: weights)
    try inFile(weights) { try model.checkVocabulary() }
    let results = try Equation.promptSteps(
      arrays, settings: settings, model: model,
      classNames: try ClassNames.named(try arguments.required("classes")),
      words: arguments.string("init") ?? "a photo of a")
    return (results, assumptionNotes(model.activationOrigin == .assumed, weights))
  } catch MethodError.parameter(let name, let found, let expected) where settings[name] != nil {
    throw EquationError.badValue(name, found: settings[name] ?? "\(found)", expected: expected)
  } catch let error as any DiagnosticError where error.kind == .input && !(error is FileError) {
    throw FileError(file: input, cause: error)
  }
}

/// Every equation, prompt-steps among them.
private let listed = Equation.all + [.promptSteps]

private var listing: JSON {
  let rows = listed.map { equation in
    JSON.object([
      ("name", .string(equation.name)), ("tag", .string(equation.tag)),
      ("summary", .string(equation.summary)),
      ("inputs", .object(equation.inputs.map { ($0.name, .string($0.shape)) })),
      ("keys", .object(equation.keys.map { ($0.name, $0.initial.map(JSON.string) ?? .null) })),
      ("outputs", .array(equation.outputs.map(JSON.string))),
    ])
  }
  return .object([("equations", .array(rows))])
}

private var listingText: String {
  listed.map { equation in
    let inputs = equation.inputs.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
    let keys = equation.keys.map { key in
      let words = key.words.isEmpty ? "" : " (\(key.words.joined(separator: "|")))"
      return "\(key.name) \(key.initial ?? "required")\(words)"
    }.joined(separator: ", ")
    return """
      \(equation.name)  [\(equation.tag)]  \(equation.summary)
          in   \(inputs)
          set  \(keys.isEmpty ? "-" : keys)
          out  \(equation.outputs.joined(separator: ", "))

      """
  }.joined()
}
