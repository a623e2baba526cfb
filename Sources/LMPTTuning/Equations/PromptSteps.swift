// PromptSteps - A1 on a user's own features: prompt tuning without images and captions.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

extension Equation {
  /// The table entry of `prompt-steps`, which needs a text tower beside its arrays.
  package static let promptSteps = Equation(
    "prompt-steps", tag: "A1", summary: "steps of prompt tuning on stored image features",
    inputs: ["features": "[S, B, E]", "labels": "[S, B, C]", "counts": "[C]"], total: true,
    constants: [
      ("lr", .learningRate), ("momentum", .momentum), ("weight_decay", .weightDecay),
    ] + Loss.dbl.constants,
    more: [Key("steps", initial: "all")], outputs: ["losses", "ctx"]
  ) { _ in throw EquationError.needsTower("prompt-steps") }

  /// Tunes a shared context from words, SGD on E7 alone: step s uses row s of the arrays.
  ///
  /// - Parameters:
  ///   - arrays: features [S, B, E], labels [S, B, C], counts [C].
  ///   - settings: constants by name, as text.
  ///   - model: the frozen CLIP model.
  ///   - classNames: C names.
  ///   - words: the words that the context starts from.
  /// - Returns: the losses before each update, shape [S], and the context, shape [M, D].
  /// - Throws: `EquationError`, `MethodError`, `ShapeError`, `TokenizerError`.
  package static func promptSteps(
    _ arrays: [String: Tensor], settings: [String: String], model: CLIPModel,
    classNames: [String], words: String
  ) throws -> [(name: String, value: Tensor)] {
    let given = try EquationInputs(
      equation: Equation.promptSteps, arrays: arrays, settings: settings)
    let (features, labels) = (try given.array("features"), try given.array("labels"))
    let (rows, batch) = (features.shape[0], features.shape[1])
    try features.expect([rows, batch, model.architecture.embedding], "features")
    try labels.expect([rows, batch, classNames.count], "labels")
    let steps = (settings["steps"] ?? "all") == "all" ? rows : try given.whole("steps")
    guard steps >= 1, steps <= rows else {
      throw EquationError.badValue(
        "steps", found: "\(steps)", expected: "1 to \(rows), the rows of features")
    }
    var generator = Generator(seed: 0)  // words need no random numbers
    let learner = try PromptLearner(
      classNames: classNames, start: .words(words), tokenEmbedding: model.text.tokenEmbedding,
      tokenizer: try Tokenizer.clip(), contextLength: model.text.contextLength,
      generator: &generator)
    let loss = Loss.dbl.on(try given.lossData(.countsAndTotal))
    var tuner = PromptTuner(
      Prompts(learner, tower: model.text), scale: model.logitScale,
      objective: Objective(classification: loss))
    var optimizer = given.options.makeOptimizer
    let losses = try (0..<steps).map { s in
      let x = features.slice(s..<s + 1).reshaped(Array(features.shape[1...]))  // [B, E]
      let y = labels.slice(s..<s + 1).reshaped(Array(labels.shape[1...]))  // [B, C]
      return try tuner.step(
        TrainingBatch(images: ImageBatch(features: x), labels: y), optimizer: &optimizer
      ).total
    }
    return [("losses", Tensor(losses)), ("ctx", tuner.prompts.context.detached)]
  }
}
