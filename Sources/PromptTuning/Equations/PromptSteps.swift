// PromptSteps - A1 on a user's own features: prompt tuning without images and captions.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

extension Equation {
  /// The table entry of `prompt-steps`, which needs a text tower beside its arrays.
  public static let promptSteps = Equation(
    name: "prompt-steps", tag: "A1", summary: "steps of prompt tuning on stored image features",
    inputs: inputs(["features": "[S, B, E]", "labels": "[S, B, C]", "counts": "[C]"]),
    keys: [
      key("steps", "all"), key("lr", "5e-4"), key("momentum", "0.9"), key("weight_decay", "1e-4"),
    ] + balancedKeys,
    outputs: ["losses", "ctx"]
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
  public static func promptSteps(
    _ arrays: [String: Tensor], settings: [String: String], model: CLIPModel,
    classNames: [String], words: String
  ) throws -> [(name: String, value: Tensor)] {
    let table = Equation.promptSteps
    for key in settings.keys.sorted() where !table.keys.contains(where: { $0.name == key }) {
      throw EquationError.unknownKey(key, equation: table.name, known: table.keys.map(\.name))
    }
    let given = EquationInputs(equation: table, arrays: arrays, settings: settings)
    let (features, labels) = (try given.array("features"), try given.array("labels"))
    let counts = try given.array("counts")
    let (rows, batch) = (features.shape[0], features.shape[1])
    try features.expect([rows, batch, model.architecture.embedding], "features")
    try labels.expect([rows, batch, classNames.count], "labels")
    let steps = (settings["steps"] ?? "all") == "all" ? rows : try given.whole("steps")
    guard steps >= 1, steps <= rows else {
      throw EquationError.badValue(
        "steps", found: "\(steps)", expected: "1 to \(rows), the rows of features")
    }
    var generator = Generator(seed: 0)  // words need no random numbers
    var loss = ClassificationLoss(.dbl, counts: counts, images: try given.number("total"))
    try given.configure(&loss)
    var tuner = PromptTuner(
      learner: try PromptLearner(
        classNames: classNames, start: .words(words), tokenEmbedding: model.text.tokenEmbedding,
        tokenizer: try Tokenizer.clip(), contextLength: model.text.contextLength,
        generator: &generator),
      tower: model.text, scale: model.logitScale, classification: loss.callAsFunction, margin: 0,
      weight: 1, lambda: 1)
    var optimizer = Optimizer(
      .sgd, learningRate: try given.number("lr"), momentum: try given.number("momentum"),
      weightDecay: try given.number("weight_decay"))
    let losses = try (0..<steps).map { s in
      let x = features.slice(s..<s + 1).reshaped(Array(features.shape[1...]))  // [B, E]
      let y = labels.slice(s..<s + 1).reshaped(Array(labels.shape[1...]))  // [B, C]
      return try tuner.step(
        TrainingBatch(images: ImageBatch(features: x), labels: y), optimizer: &optimizer
      ).total
    }
    return [("losses", Tensor(losses)), ("ctx", tuner.learner.context.detached)]
  }
}
