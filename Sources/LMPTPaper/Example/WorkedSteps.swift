// WorkedSteps - the worked example by equation: E1 to E6.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import LMPTTuning

extension WorkedExample {
  /// The tags that have a step, in the order of the computation.
  package static let tags = ["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "A1"]

  /// The numbers of an equation under the paper's reading; nil for another tag.
  ///
  /// - Throws: what the equations throw.
  package func step(_ tag: String) throws -> WorkedStep? {
    switch tag {
    case "E1": promptStep
    case "E2": predictionStep
    case "E3": distanceStep
    case "E4": marginStep
    case "E5": weightStep
    case "E6": embeddingStep
    case "E7": try classificationStep()
    case "E8": objectiveStep
    case "A1": try trainingStep()
    default: nil
    }
  }

  /// A tensor of shape [B, C] with all its numbers.
  func cells(
    _ symbol: String, _ identifier: String, _ tensor: Tensor, note: String? = nil
  ) -> WorkedValue {
    WorkedValue(
      symbol, identifier, all: tensor, rows: pictures, columns: Self.names, note: note)
  }

  /// A tensor of shape [C] with all its numbers.
  func ofClasses(
    _ symbol: String, _ identifier: String, _ tensor: Tensor, note: String? = nil
  ) -> WorkedValue {
    WorkedValue(symbol, identifier, all: tensor, columns: Self.names, note: note)
  }

  /// A single number.
  func single(
    _ symbol: String, _ identifier: String, _ value: Float, note: String? = nil
  ) -> WorkedValue {
    WorkedValue(symbol, identifier, all: Tensor(value), note: note)
  }

  /// The commands that compute an equation anew from the arrays.
  func commands(_ tag: String) throws -> [String] { try [step(tag)?.command].compactMap(\.self) }

  func equation(_ tag: String, more: String = "") -> String {
    "lmpt equation \(tag) --input \(Self.file)\(more)"
  }

  private var promptStep: WorkedStep {
    WorkedStep(
      tag: "E1",
      values: [
        WorkedValue(
          "v", "context", start: paper.prompts.context.detached, rows: Self.names,
          note: "the embeddings of \u{201C}\(Self.words)\u{201D}, one copy a class"),
        WorkedValue(
          "t", "prompts", start: paper.rows, rows: Self.names,
          note: "every prompt begins with the same start token"),
      ],
      command: "lmpt tokenize \"\(Self.words) \(Self.names[2]).\"")
  }

  private var predictionStep: WorkedStep {
    let scale = model.logitScale
    return WorkedStep(
      tag: "E2",
      values: [
        WorkedValue("f", "images", start: images, rows: pictures, note: "before normalising"),
        WorkedValue("g", "texts", start: paper.texts, rows: Self.names, note: "before normalising"),
        single("s", "scale", scale),
        cells("\\langle f, g \\rangle", "cosine", paper.logits / scale),
        cells("z", "logits", paper.logits),
        cells("p", "probabilities", probabilities(paper.logits), note: "each row sums to 1"),
      ], command: equation("E2"))
  }

  private var distanceStep: WorkedStep {
    WorkedStep(
      tag: "E3",
      values: [
        cells("y", "labels", labels),
        WorkedValue(
          "e", "captions", start: paper.captions, rows: pictures,
          note: captions.map { "\u{201C}\($0)\u{201D}" }.joined(separator: ", ")),
        WorkedValue("p", "prompts", start: paper.compared, rows: Self.names),
        cells("d", "distance", paper.distance),
      ], command: equation("E3"))
  }

  private var marginStep: WorkedStep {
    WorkedStep(
      tag: "E4",
      values: [
        ofClasses("n", "n", classes.countTensor), ofClasses("\\mu", "margin", paper.margin),
      ], command: equation("E4"))
  }

  private var weightStep: WorkedStep {
    WorkedStep(
      tag: "E5",
      values: [
        ofClasses("n", "n", classes.countTensor),
        ofClasses(
          "\\omega", "weight", paper.weight, note: "of these three classes; they sum to 1"),
      ], command: equation("E5"))
  }

  private var embeddingStep: WorkedStep {
    let (d, y, mu, omega) = (paper.distance, labels, paper.margin, paper.weight)
    let attract = y * d
    let repel = (1 - y) * relu(mu - d)
    let cost = omega * (attract + repel)
    return WorkedStep(
      tag: "E6",
      values: [
        cells("y", "y", y), cells("d", "d", d), ofClasses("\\mu", "mu", mu),
        cells("y d", "attract", attract, note: "captions of the class"),
        cells("(1 - y) \\max(0, \\mu - d)", "repel", repel, note: "the others"),
        ofClasses("\\omega", "omega", omega),
        cells("\\omega \\ell", "cost", cost, note: "their mean is the loss"),
        single("L_{cse}", "cse", paper.cse),
      ], command: equation("E6"))
  }
}
