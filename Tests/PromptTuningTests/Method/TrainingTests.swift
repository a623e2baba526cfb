// TrainingTests - A1 against a PyTorch twin: six steps of each configuration.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Support
import Tensors
import Testing

@testable import PromptTuning

@Suite struct TrainingTests {
  let twin: TrainingTwin

  init() throws { twin = try TrainingTwin() }

  struct Run: CustomTestStringConvertible, Sendable {
    let name: String
    var start = ContextStart.random(count: 4)
    var sharing = ContextSharing.classSpecific
    var position = ClassTokenPosition.end
    var alignment = CaptionAlignment.sentence
    var lambda: Float = 0.5
    var variant = Variant.paper
    var rate = 0.05
    var testDescription: String { name }
  }

  static let runs = [
    Run(name: "words", start: .words("a photo of a"), sharing: .shared, lambda: 1),
    Run(name: "sentence"),
    Run(name: "tokens", alignment: .tokens),
    Run(name: "tokens-all", alignment: .tokensAll),
    Run(name: "shared-front", sharing: .shared, position: .front, lambda: 0.3),
    Run(name: "released", alignment: .tokensAll, variant: .released, rate: 0.01),
  ]

  /// The losses of six steps, row-major [6, 3], and the final context.
  private func tune(_ run: Run) throws -> (losses: [Float], context: [Float]) {
    let counts = try twin.tensor("counts")
    var loss = ClassificationLoss(.dbl, counts: counts, images: 1142)
    if run.variant == .released { loss.variant = .released }
    var tuner = PromptTuner(
      learner: try twin.learner(run.start, sharing: run.sharing, position: run.position),
      tower: twin.model.text, scale: twin.model.logitScale, classification: loss,
      margin: try classMargin(counts), weight: try classWeight(counts), lambda: run.lambda,
      alignment: run.alignment, split: 1, variant: run.variant)
    let captions = try Captions(
      TrainingTwin.captions, alignment: run.alignment, tokenizer: try Tokenizer.clip(),
      tower: twin.model.text)
    var optimizer = Optimizer(.sgd, learningRate: run.rate, momentum: 0.9, weightDecay: 1e-4)
    let (features, labels) = (try twin.tensor("features"), try twin.tensor("labels"))
    var losses: [Float] = []
    for s in 0..<features.shape[0] {
      let parts = try tuner.step(
        features: features.slice(s..<s + 1).reshaped(Array(features.shape[1...])),
        labels: labels.slice(s..<s + 1).reshaped(Array(labels.shape[1...])),
        captions: captions, optimizer: &optimizer)
      losses += [parts.cls, parts.cse, parts.total]
    }
    return (losses, tuner.learner.context.values)
  }

  @Test("six steps give the twin's losses and its context", arguments: runs)
  func sixSteps(run: Run) throws {
    let found = try tune(run)
    // Two layers and six updates in single precision; the command's contract allows 1e-4.
    expectClose(
      found.losses.map(Double.init), try twin.doubles("run-\(run.name)-losses"), atol: 1e-9,
      rtol: 1e-5, run.name)
    expectClose(
      found.context.map(Double.init), try twin.doubles("run-\(run.name)-context"), atol: 2e-6,
      rtol: 1e-5, run.name)
  }

  @Test("the three alignments are different readings of E3")
  func alignmentsDiffer() throws {
    let first = try ["sentence", "tokens", "tokens-all"].map { name in
      try tune(try present(Self.runs.first { $0.name == name })).losses[1]
    }
    #expect(abs(first[0] - first[1]) > 1e-3)
    #expect(abs(first[1] - first[2]) > 1e-3)
  }

  @Test("the step by name on arrays gives the same")
  func byName() throws {
    let arrays = [
      "features": try twin.tensor("features"), "labels": try twin.tensor("labels"),
      "counts": try twin.tensor("counts"),
    ]
    let results = try Equation.promptSteps(
      arrays, settings: ["lr": "0.05", "total": "1142"], model: twin.model,
      classNames: TrainingTwin.names, words: "a photo of a")
    let parts = try twin.doubles("run-words-losses")
    let totals = stride(from: 2, to: parts.count, by: 3).map { parts[$0] }
    expectClose(results[0].value.values.map(Double.init), totals, rtol: 1e-5)
    #expect(results[1].value.shape == [4, 64])
  }

  @Test("a step without the captions it needs is an error")
  func needsCaptions() throws {
    let counts = try twin.tensor("counts")
    var tuner = PromptTuner(
      learner: try twin.learner(.random(count: 4)), tower: twin.model.text, scale: 20,
      classification: ClassificationLoss(.bce, counts: counts, images: 1142),
      margin: 0.2, weight: 1)
    var optimizer = Optimizer(.sgd, learningRate: 0.1)
    #expect(throws: MethodError.captionsNotPrepared(alignment: "sentence")) {
      try tuner.step(
        features: .ones([1, 32]), labels: .zeros([1, 5]), captions: nil, optimizer: &optimizer)
    }
  }

  @Test("captions are cut at 77 tokens, or as released at 75 characters")
  func cuts() throws {
    let long = [String](repeating: "sheep", count: 100).joined(separator: " ")
    let tokenizer = try Tokenizer.clip()
    let paper = try Captions(
      [long], alignment: .tokens, tokenizer: tokenizer, tower: twin.model.text)
    let released = try Captions(
      [long], alignment: .tokens, cut: .characters, tokenizer: tokenizer, tower: twin.model.text)
    #expect(paper.tokens[0].count == 77)
    #expect(released.tokens[0] == (try tokenizer.tokenize(String(long.prefix(75)))))
  }
}
