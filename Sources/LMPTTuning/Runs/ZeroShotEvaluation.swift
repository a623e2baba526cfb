// ZeroShotEvaluation - test images against class features that were written, not tuned.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

extension Evaluation {
  /// The test images of a data set against class features.
  ///
  /// - Parameters:
  ///   - features: the data set with its image features.
  ///   - model: the CLIP model.
  ///   - texts: class features, [C, E]; those of `ZeroShot.template` where there are none.
  ///   - kind: how logits become scores.
  ///   - threshold: for precision, recall and F1.
  /// - Throws: what `Evaluation` throws, or `TokenizerError` for a class name that is too long.
  public init(
    zeroShot features: DatasetFeatures, _ model: CLIPModel, texts: Tensor? = nil,
    kind: ScoreKind = .softmax, threshold: Double = Evaluation.threshold
  ) throws {
    let dataset = features.dataset
    let texts = try texts ?? model.zeroShot(classNames: dataset.classNames).classFeatures
    try self.init(
      logits: logits(features.testImages.features, texts, scale: model.logitScale),
      labels: dataset.multiHot(dataset.test), counts: dataset.counts, kind: kind,
      threshold: threshold, limits: dataset.spec.groups)
  }
}
