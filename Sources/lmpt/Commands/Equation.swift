// Equation - `lmpt equation`: any equation or loss on the user's own arrays.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTTuning
import LMPTTensors
import LMPTWeights

extension Command {
  static let equation: Command = {
    var command = Command(
      name: "equation",
      summary: "one equation or loss of the paper on your own arrays, with its gradient",
      operands: "NAME|TAG",
      options: [
        .flag("list", "the equations with their arrays, constants and outputs"),
        .value("input", "IN.safetensors", "the arrays, float32 or float64"),
        .value(
          "output", "OUT.safetensors",
          "where the results go; without it they are printed, gradients in short"),
        .value("set", "KEY=VALUE", "a constant; may be given several times"),
        .value("weights", "FILE", "the CLIP model, for prompt-steps"),
        .value("classes", "voc|coco|FILE", "class names, one a line in FILE, for prompt-steps"),
        start.option,
      ],
      examples: [
        "lmpt equation E6 --input in.safetensors",
        "lmpt equation embedding-loss --input in.safetensors --output out.safetensors "
          + "--set scale=0.2",
      ],
      run: runEquation)
    command.more = { width in
      ["", "Tags, names and inputs:"]
        + listed.flatMap { equation -> [String] in
          let inputs = equation.inputs.map { "\($0.name) \($0.shape)" }
          return Help.hanging(
            "  \(equation.tag), \(equation.name)", TextWidth.list(inputs, width: width - 36),
            column: 36)
        }
        + listed.flatMap { equation in
          equation.shared.map { tag in
            let input = equation.inputs[0]
            return TextWidth.lines(
              "\(tag) with \(input.name) \(input.shape) is \(equation.name).", width: width)
          } ?? []
        }
    }
    return command
  }()
}

private let start = DefaultOption(
  "init", "WORDS", "a photo of a", "words the context starts from")

private func runEquation(_ arguments: Arguments) throws -> Output {
  if arguments.flag("list") {
    try arguments.expectNoOperands()
    return Output(json: listing, text: listingText(width: TextWidth.columns()))
  }
  let name = try arguments.operands(1, "NAME")[0]
  let isPromptSteps = Equation.promptSteps.goes(by: name)
  // An unknown name is told before the file is read.
  if !isPromptSteps { _ = try Equation.named(name) }
  let input = try arguments.required("input")
  let output = try arguments.string("output").map { try arguments.output($0, named: "--output") }
  if let output { try requireOtherFile(output, than: [input] + arguments.strings("weights")) }
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
  let equation = isPromptSteps ? .promptSteps : try Equation.named(name, for: arrays)
  let (results, model, notes) = try compute(equation, arrays, settings, arguments, input: input)
  if let output {
    try WeightFile.write(results.map { NamedArray($0.name, $0.value) }, to: output)
  }
  let values = results.map { ($0.name, json($0.value)) }
  var found = Output(
    json: JSON.object(
      [
        ("equation", .string(equation.name)), ("tag", .string(equation.tag)),
        ("outputs", .object(values)),
      ] + model), text: results.map { text($0.name, $0.value) }.joined())
  found.isConfirmation = output != nil
  found.notes = notes
  return found
}

/// A result's shape and, unless it is a very large one, its values.
private func json(_ value: Tensor) -> JSON {
  var members: [(String, JSON)] = [("shape", .array(value.shape.map { .integer($0) }))]
  if value.count <= 10_000 {
    members.append(("values", .array(value.values.map { .number(Double($0)) })))
  }
  return .object(members)
}

/// A single value as it is; of more, the shape, the norm and the first.
private func text(_ name: String, _ value: Tensor) -> String {
  let values = value.values
  if values.count == 1 { return "\(name) = \(values[0])\n" }
  let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  let first = values.prefix(6).map { "\($0)" }.joined(separator: ", ")
  return "\(name) \(value.shape)  norm \(Float(norm))  \(first)\(values.count > 6 ? ", ..." : "")\n"
}

/// Runs the equation; what is wrong with an array is told with the file's name.
private func compute(
  _ equation: Equation, _ arrays: [String: Tensor], _ settings: [String: String],
  _ arguments: Arguments, input: String
) throws -> (
  results: [(name: String, value: Tensor)], model: [(key: String, value: JSON)], notes: [String]
) {
  do {
    try equation.checkFinite(arrays)
    guard equation.name == Equation.promptSteps.name else {
      return (try equation(arrays, settings: settings), [], [])
    }
    let weights = try arguments.required("weights")
    let model = try CLIPModel.load(path: weights)
    try inFile(weights) { try model.checkVocabulary() }
    let results = try Equation.promptSteps(
      arrays, settings: settings, model: model,
      classNames: try ClassNames.named(try arguments.required("classes")),
      words: arguments[start])
    let isAssumed = model.activationOrigin == .assumed
    return (
      results, activationFields(model.activation, assumed: isAssumed),
      assumptionNotes(isAssumed, weights)
    )
  } catch let error as TokenizerError {
    throw FileError(
      file: try arguments.required("classes"),
      cause: AdvisedError(cause: error, advice: "shorten the class name, or the words of --init"))
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

private func listingText(width: Int) -> String {
  let lines = listed.flatMap { equation in
    let keys = equation.keys.map { key in
      let words = key.words.isEmpty ? "" : " (\(key.words.joined(separator: "|")))"
      return "\(key.name) \(key.initial ?? "required")\(words)"
    }
    return TextWidth.lines(
      "\(equation.name)  [\(equation.tag)]  \(equation.summary)", width: width)
      + row("in", equation.inputs.map { "\($0.name) \($0.shape)" }, width)
      + row("set", keys.isEmpty ? ["-"] : keys, width) + row("out", equation.outputs, width)
  }
  return lines.map { $0 + "\n" }.joined()
}

/// A list behind a word, broken between its entries.
private func row(_ word: String, _ entries: [String], _ width: Int) -> [String] {
  Help.hanging("    \(word)", TextWidth.list(entries, width: width - 9), column: 9)
}
