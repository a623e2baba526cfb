// TrainingTests - A1 against a PyTorch twin: six steps of each configuration.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct TrainingTests {
  let twin: TrainingFixture

  init() throws { twin = try TrainingFixture.stored() }

  static let runs = (try? TrainingFixture.stored().runs) ?? []

  @Test("six steps give the twin's losses and its context", arguments: runs)
  func sixSteps(run: TrainingFixture.Run) throws {
    let ratio = try twin.compare(run)  // 1 is the tolerance
    #expect(ratio.losses < 1, "\(run.name)")
    #expect(ratio.context < 1, "\(run.name)")
  }

  @Test("the tolerances are not fifty times looser than needed")
  func tolerances() throws {
    let ratios = try twin.runs.map { try twin.compare($0) }
    #expect(ratios.contains { $0.losses > 0.02 })
    #expect(ratios.contains { $0.context > 0.02 })
  }

  @Test("the stored runs cover every alignment, both sharings and the released reading")
  func coverage() {
    #expect(Set(Self.runs.map(\.alignment)) == Set(CaptionAlignment.allCases))
    #expect(Set(Self.runs.map(\.sharing)) == Set(ContextSharing.allCases))
    #expect(Self.runs.contains { $0.reading == .released })
    #expect(Self.runs.contains { $0.start == .words("a photo of a") })
  }

  @Test("the gradient of a whole step is the slope of the loss along it", arguments: runs)
  func slope(run: TrainingFixture.Run) throws {
    let (loss, gradient) = try twin.firstStep(run)
    let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let h = 2e-3
    let ends = try [h, -h].map { step in
      Double(try twin.firstStep(run, moved: gradient.map { Float(step * Double($0) / norm) }).loss)
    }
    // Single precision: a loss near 1 has 6e-8, over 2h = 4e-3, and the curvature's h^2.
    let slope = (ends[0] - ends[1]) / (2 * h)
    #expect(abs(slope / norm - 1) < 1e-2, "\(run.name): \(slope), \(norm), loss \(loss)")
  }

  @Test("the three alignments are different readings of E3")
  func alignmentsDiffer() throws {
    let first = try ["sentence", "tokens", "tokens-all"].map { name in
      try twin.tune(#require(twin.runs.first { $0.name == name })).losses[1]
    }
    #expect(abs(first[0] - first[1]) > 1e-3)
    #expect(abs(first[1] - first[2]) > 1e-3)
  }

  /// Binary cross-entropy and E6, and a batch without captions.
  private func withoutCaptions(lambda: Double) throws -> (tuner: PromptTuner, batch: TrainingBatch)
  {
    let embedding = try ClassSpecificEmbedding(
      counts: twin.tensor("counts"), options: TrainingOptions())
    let tuner = PromptTuner(
      Prompts(try twin.learner(.random(count: 4)), tower: twin.model.text), scale: 20,
      objective: Objective(
        classification: { z, y in try binaryCrossEntropy(z, labels: y) }, embedding: embedding,
        lambda: lambda))
    let images = ImageBatch(features: .ones([1, 32]))
    return (tuner, TrainingBatch(images: images, labels: .zeros([1, 5])))
  }

  @Test("a step without the captions it needs is an error")
  func needsCaptions() throws {
    let (start, batch) = try withoutCaptions(lambda: 0.5)
    var tuner = start
    var optimizer = Optimizer(.sgd, learningRate: 0.1)
    #expect(throws: MethodError.captionsNotPrepared(alignment: "sentence")) {
      try tuner.step(batch, optimizer: &optimizer)
    }
  }

  @Test("with lambda 1 captions weigh nothing, and none are asked for")
  func lambdaOne() throws {
    let (tuner, batch) = try withoutCaptions(lambda: 1)
    let losses = try tuner.losses(of: batch)
    #expect(losses.total.item == losses.cls.item && losses.total.item > 0)
  }

  @Test("a batch with fewer captions than images is an error; kept text features predict")
  func tuner() throws {
    let run = try #require(twin.runs.first { $0.name == "sentence" })
    let (tuner, captions) = try twin.start(run)
    let (features, labels) = try twin.batch(0)
    #expect(throws: ShapeError.self) {
      try tuner.losses(
        of: TrainingBatch(
          images: ImageBatch(features: features), labels: labels,
          captions: captions.batch([0, 1])))
    }
    let kept = tuner.derived
    #expect(kept.map(\.name) == ["text_features"])
    let z = try tuner.predictor()(ImageBatch(features: features))
    #expect(try logits(features, kept[0].value, scale: twin.model.logitScale).values == z.values)
  }
}

extension TrainingFixture.Run: CustomTestStringConvertible {
  /// The run's name.
  public var testDescription: String { name }
}

extension TrainingFixture {
  /// The loss of a run's first step with the context moved a little, and its gradient there.
  func firstStep(_ run: Run, moved: [Float] = []) throws -> (loss: Float, gradient: [Float]) {
    var (tuner, captions) = try start(run)
    let shape = tuner.prompts.context.shape
    if !moved.isEmpty {
      tuner.prompts.context = (tuner.prompts.context.detached + Tensor(moved, shape: shape))
        .detached.tracked()
    }
    let before = tuner.prompts.context.values
    var optimizer = Optimizer(.sgd, learningRate: 1)
    let (features, labels) = try batch(0)
    let parts = try tuner.step(
      TrainingBatch(images: ImageBatch(features: features), labels: labels, captions: captions),
      optimizer: &optimizer)
    return (parts.total, zip(before, tuner.prompts.context.values).map { $0 - $1 })
  }
}
