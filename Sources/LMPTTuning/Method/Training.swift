// Training - A1: one step of prompt tuning, E1 to E8 in order.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Prompt tuning with the objective of LMPT.
///
/// Equation A1: the training algorithm; `losses(of:)` is its body, `Trainable.step` the update, and
/// `TrainingRun.run(progress:epoch:)` goes through the batches and epochs.
///
/// The image tower is frozen, so its features come from a cache; the text tower is frozen too, but
/// the gradient runs through it to the context.
/// Source: the printed listing was not readable; the order follows E1 to E8.
public struct PromptTuner: Sendable {
  /// The prompts (E1) and the text tower.
  public var prompts: Prompts
  /// s, the scale of the logits.
  public let scale: Float
  /// E3 to E8.
  public let objective: Objective

  /// The method's parts, chosen once for a run.
  public init(_ prompts: Prompts, scale: Float, objective: Objective) {
    (self.prompts, self.scale, self.objective) = (prompts, scale, objective)
  }

  /// The losses of a batch: A1's body before its update.
  ///
  /// - Parameter batch: images, labels, and captions unless lambda is 1.
  /// - Returns: the classification loss, E6 and E8.
  /// - Throws: what the equations throw for shapes and values.
  public func losses(of batch: TrainingBatch) throws -> Losses {
    let rows = prompts.learner.prompts(objective.extent)  // E1  [C, T, D]
    let texts = prompts.features(rows)  // [C, E]
    let z = try logits(batch.images.features, texts, scale: scale)  // E2  [B, C]
    let cls = try objective.classification(z, batch.labels)  // E7
    let cse = try objective.embedding(batch, prompts, rows: rows, texts: texts)  // E3 to E6
    return try objective.total(cls: cls, cse: cse)  // E8
  }
}

extension PromptTuner: Trainable {
  /// The context alone is trained.
  public var trained: [(name: String, path: TensorPath<Self>)] { [("ctx", \.prompts.context)] }

  /// The class features, so that a run's prompts predict without the text tower.
  public var derived: [NamedTensor] { [("text_features", prompts.classFeatures())] }

  /// E2 against the class features as they are.
  public func predictor() -> Predictor {
    let (texts, scale) = (prompts.classFeatures(), scale)
    return { try logits($0.features, texts, scale: scale) }
  }
}
