// Training - A1: one step of prompt tuning.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

/// Prompt tuning with the objective of LMPT.
///
/// Equation A1: the training algorithm; `losses(of:)` is its body, `Trainable.step` the update.
///
/// The image tower is frozen, so its features come from a cache; the text tower is frozen too, but
/// the gradient runs through it to the context.
/// Source: the printed listing was not readable; the order follows E1 to E8.
public struct PromptTuner: Sendable {
  /// The prompts (E1).
  public var learner: PromptLearner
  /// The frozen text tower g.
  public let tower: TextTransformer
  /// s, the scale of the logits.
  public let scale: Float
  /// L_cls: E7, or a loss in its place.
  public let classification: LossFunction
  /// mu (E4); one value for a plain hinge.
  public let margin: Tensor
  /// omega (E5); one value for no re-weighting.
  public let weight: Tensor
  /// lambda of E8; 1 tunes on L_cls alone and needs no captions.
  public let lambda: Double
  /// Which parts E3 compares.
  public let alignment: CaptionAlignment
  /// m, the number of general tokens.
  public let split: Int
  /// Which reading of E3 and E6.
  public let variant: Variant

  /// The method's parts, chosen once for a run.
  public init(
    learner: PromptLearner, tower: TextTransformer, scale: Float,
    classification: @escaping LossFunction, margin: Tensor, weight: Tensor, lambda: Double = 0.5,
    alignment: CaptionAlignment = .sentence, split: Int = 2, variant: Variant = .paper
  ) {
    self.learner = learner
    self.tower = tower
    self.scale = scale
    self.classification = classification
    self.margin = margin
    self.weight = weight
    self.lambda = lambda
    self.alignment = alignment
    self.split = split
    self.variant = variant
  }

  /// The losses of a batch: A1's body before its update.
  ///
  /// - Parameter batch: images, labels, and captions unless lambda is 1.
  /// - Returns: the classification loss, E6 and E8.
  /// - Throws: what the equations throw for shapes and values.
  public func losses(of batch: TrainingBatch) throws -> Losses {
    let prompts = learner.prompts(extent)  // E1  [C, T, D]
    let texts = textFeatures(prompts)  // [C, E]
    let z = try logits(batch.images.features, texts, scale: scale)  // E2  [B, C]
    let cls = try classification(z, batch.labels)  // E7
    let cse = try embedding(batch, prompts: prompts, texts: texts)  // E3 to E6
    return Losses(cls: cls, cse: cse, total: try objective(cls, cse, lambda: lambda))  // E8
  }

  /// The class-specific embedding loss of a batch; a constant 0 when lambda is 1.
  func embedding(_ batch: TrainingBatch, prompts: Tensor, texts: Tensor) throws -> Tensor {
    guard lambda < 1 else { return Tensor(0) }
    let d = try distance(
      batch.captions, images: batch.labels.shape[0], prompts, texts)  // E3  [B, C]
    return try embeddingLoss(
      d, labels: batch.labels, margin: margin, weight: weight, variant: variant)  // E6
  }

  /// The positions that E3 needs.
  var extent: PromptLearner.Extent { alignment == .tokensAll ? .full : .longest }

  /// Features of the prompts; what they have in common is computed once.
  func textFeatures(_ prompts: Tensor) -> Tensor {
    tower(
      prompts, endPositions: learner.endPositions, sharedPrefix: learner.sharedPrefix)  // [C, E]
  }

  /// E3 of a batch under the chosen alignment.
  private func distance(
    _ captions: Captions?, images: Int, _ prompts: Tensor, _ texts: Tensor
  ) throws -> Tensor {
    guard let captions else {
      throw MethodError.captionsNotPrepared(alignment: alignment.rawValue)
    }
    guard captions.tokens.count == images else {
      throw ShapeError(name: "captions", expected: [images], found: [captions.tokens.count])
    }
    switch alignment {
    case .sentence:
      guard let features = captions.features else {
        throw MethodError.captionsNotPrepared(alignment: alignment.rawValue)
      }
      return try captionDistance(sentences: features, prompts: texts)
    case .tokens:
      let instance = try learner.instanceTokens(split: split)  // [C, M-m, D]
      return try captionDistance(
        tokens: captions.embeddings(tower, length: instance.shape[1] + 1),
        lengths: captions.tokens.map(\.count), instance: instance)
    case .tokensAll:
      return try captionDistance(
        tokens: captions.embeddings(tower, length: prompts.shape[1]), prompts: prompts,
        split: split, reduction: variant == .released ? .sum : .mean)
    }
  }
}

extension PromptTuner: Trainable {
  /// The context alone is trained.
  public var names: [String] { ["ctx"] }

  /// The context v.
  public var parameters: [Tensor] {
    get { [learner.context] }
    set {
      require(newValue.count == 1, "\(newValue.count) tensors in place of the context")
      learner.context = newValue[0]
    }
  }

  /// The class features, so that a run's prompts predict without the text tower.
  public var derived: [NamedTensor] { [("text_features", classFeatures())] }

  /// Features of the class prompts as they are, shape [C, E], without a tape.
  public func classFeatures() -> Tensor {
    var frozen = learner
    frozen.context = learner.context.detached
    return textFeatures(frozen.prompts())
  }

  /// E2 against the class features as they are.
  public func predictor() -> Predictor {
    let (texts, scale) = (classFeatures(), scale)
    return { try logits($0.features, texts, scale: scale) }
  }
}
