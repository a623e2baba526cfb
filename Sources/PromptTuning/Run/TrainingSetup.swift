// TrainingSetup - from the options of a run to the parts of a training step.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

extension PromptTuner {
  /// The parts of a run at its start.
  ///
  /// - Parameters:
  ///   - model: the frozen CLIP model.
  ///   - classNames: one name per class.
  ///   - counts: training images per class, n_i, of the images trained on.
  ///   - images: N, the number of images trained on.
  ///   - options: everything that decides the numbers.
  /// - Throws: what the equations throw for these counts and options.
  public init(
    model: CLIPModel, classNames: [String], counts: [Int], images: Int, options: TrainingOptions
  ) throws {
    let n = Tensor(counts.map(Float.init))
    var classification = ClassificationLoss(options.loss, counts: n, images: Double(images))
    classification.mu = options.mu
    classification.lambda = options.negativeScale
    classification.variant = BalancedVariant.named(options.balancedVariant) ?? .paper

    let usesMargin = [.margin, .softmargin].contains(options.embedding)
    let usesWeight = [.weighted, .softmargin].contains(options.embedding)
    self.init(
      learner: try PromptLearner(model: model, classNames: classNames, options: options),
      tower: model.text, scale: model.logitScale, classification: classification,
      margin: usesMargin
        ? try classMargin(n, scale: options.margin) : Tensor(Float(options.margin)),
      weight: usesWeight
        ? try classWeight(n, normalization: options.weightNormalization) : Tensor(1),
      lambda: options.embedding == .none ? 1 : Float(options.lambda),
      alignment: options.alignment, split: options.split, variant: options.variant)
  }

  /// Features of the class prompts as they are, shape [C, E], without a tape.
  public func classFeatures() -> Tensor {
    var frozen = learner
    frozen.context = learner.context.detached
    return textFeatures(frozen.prompts())
  }
}

extension PromptLearner {
  /// The prompts of a run at its start.
  init(model: CLIPModel, classNames: [String], options: TrainingOptions) throws {
    var generator = Generator(seed: UInt64(options.seed))
    try self.init(
      classNames: classNames,
      start: options.contextInit.isEmpty
        ? .random(count: options.contextLength) : .words(options.contextInit),
      sharing: options.sharing, position: options.position, variant: options.variant,
      tokenEmbedding: model.text.tokenEmbedding, tokenizer: try Tokenizer.clip(),
      generator: &generator)
  }
}

extension BalancedVariant {
  /// The reading of E7 with a name of the command line.
  public static func named(_ name: String) -> BalancedVariant? {
    ["paper": .paper, "upstream": .upstream, "released": .released][name]
  }
}
