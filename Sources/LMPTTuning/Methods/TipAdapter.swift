// TipAdapter - zero-shot CLIP beside a cache of the images trained on: Tip-Adapter and Tip-Adapter-F.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Tip-Adapter: every image votes for the labels of the training images that look like it.
///
///     z = s f g^T + alpha exp(-beta (1 - f K^T)) L    f, g normalised
///
/// K [N, E] are the normalised features of the images trained on, L [N, C] their labels, multi-hot.
/// Tip-Adapter trains nothing. Tip-Adapter-F trains K from there and leaves L; a trained key is not
/// normalised again. At alpha = 0 both are zero-shot CLIP.
///
/// Adaptations: a method for one label per image, a multi-label baseline here; an image with several
/// labels votes for all of them. The published cache has as many images of every class; here the
/// votes of a class grow with its images. Within a class that hardly matters, a softmax over the
/// classes sees nothing else: scores are logits by default, for both methods. K is the mean over
/// ten random crops there, one view here; the texts are the mean of seven templates there, one prompt
/// here. The published code searches alpha and beta after training, on
/// validation images (on ImageNet on the test images), from where its ImageNet settings begin: these are the defaults here, `lmpt tune` searches
/// them. s is the model's scale, there a fixed 100. Tip-Adapter-F's L_cls is any loss of the
/// ablations, by default the published softmax cross-entropy, on shares of the labels (see TaskRes).
/// Its cosine falls once an epoch, there once a step, and AdamW's eps is 1e-8, there 1e-4.
/// Source: Zhang et al., "Tip-Adapter" (ECCV 2022), by its published code: alpha 1.17, beta 1, AdamW
/// 1e-3 with torch's decay of 0.01, batch 256, 20 epochs.
package struct TipAdapter: Trainable {
  /// K, shape [N, E].
  var keys: Tensor
  /// L, shape [N, C].
  var values: Tensor
  /// Whether K is trained.
  let isTuned: Bool
  /// alpha and beta.
  let (weight, sharpness): (Float, Float)
  /// g and s.
  let zeroShot: ZeroShot
  /// The loss in place of L_cls.
  let classification: LossFunction

  /// The method at its start.
  ///
  /// - Parameters:
  ///   - zeroShot: the class features with their scale.
  ///   - images: the images trained on; nil where a finished run is opened.
  ///   - isTuned: whether the keys are trained.
  ///   - weight: alpha.
  ///   - sharpness: beta.
  ///   - classification: the loss.
  package init(
    _ zeroShot: ZeroShot, images: TrainingImages?, isTuned: Bool, weight: Float,
    sharpness: Float, classification: @escaping LossFunction
  ) {
    let shape = zeroShot.classFeatures.shape
    let start = images.map { normalize($0.features.detached) } ?? .zeros([0, shape[1]])
    keys = isTuned ? start.tracked() : start
    values = images?.labels.detached ?? .zeros([0, shape[0]])
    (self.isTuned, self.weight, self.sharpness) = (isTuned, weight, sharpness)
    (self.zeroShot, self.classification) = (zeroShot, classification)
  }

  /// The keys of Tip-Adapter-F.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    isTuned ? [("keys", \.keys)] : []
  }

  /// What is kept of the images and no step changes.
  package var buffers: [(name: String, path: TensorPath<Self>)] {
    (isTuned ? [] : [("keys", \.keys)]) + [("values", \.values)]
  }

  /// A damaged run may have lost images of either, and a method made without images has none.
  private func requireCache() throws {
    guard keys.shape[0] > 0 else { throw MethodError.imagesMissing }
    guard values.shape[0] == keys.shape[0] else {
      throw ShapeError(
        name: "values", expected: [keys.shape[0], values.shape[1]], found: values.shape)
    }
  }

  /// z of image features [B, E], shape [B, C].
  private func scores(_ features: Tensor) throws -> Tensor {
    try requireCache()
    let z = try zeroShot(features)  // [B, C]
    let affinity = matmul(normalize(features), keys, .none, .transposed)  // [B, N]
    let votes = exp(sharpness * affinity - sharpness)  // [B, N]
    return z + weight * matmul(votes, values)
  }

  /// The classification loss alone.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let cls = try classification(scores(batch.images.features), batch.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  /// The same without a tape.
  package func predictor() throws -> Predictor {
    try requireCache()
    var frozen = self
    frozen.keys = keys.detached
    return { [frozen] in try frozen.scores($0.features) }
  }
}

extension AnyTrainingOption {
  /// Tip-Adapter: alpha, the weight of the cache.
  public static var cacheWeight: TrainingOption<Double> {
    TrainingOption(
      "cache_weight", "ALPHA", 1.17, in: 0...1e3, group: .own,
      help: "tip-adapter: alpha, weight of the cache")
  }
  /// Tip-Adapter: beta, how close a cached image must be to vote.
  public static var cacheSharpness: TrainingOption<Double> {
    TrainingOption(
      "cache_sharpness", "BETA", 1, in: 0...1e3, group: .own,
      help: "tip-adapter: beta, how close an image must be to vote")
  }
}

extension Method {
  /// Zero-shot CLIP beside a cache, untrained.
  public static let tipAdapter = Method(
    "tip-adapter", title: "Tip-Adapter", source: "Zhang et al., ECCV 2022, adapted",
    options: .classifier, own: [.templates, .cacheWeight, .cacheSharpness],
    search: SearchSpace([cacheRange.weight, cacheRange.sharpness]),
    defaults: { options, _ in
      options.setUntrained()
      options.scores = .logit
    }, make: { try makeCache(&$0, isTuned: false) })

  /// The same with trained keys.
  public static let tipAdapterF = Method(
    "tip-adapter-f", title: "Tip-Adapter-F", source: "Zhang et al., ECCV 2022, adapted",
    options: .classifier, own: [.templates, .cacheWeight, .cacheSharpness],
    search: .usual.and(cacheRange.weight, cacheRange.sharpness),
    defaults: { options, _ in
      (options.loss, options.embedding, options.optimizer) = (.softmax, .none, .adamw)
      (options.learningRate, options.weightDecay) = (1e-3, 0.01)
      (options.schedule, options.batch, options.epochs) = (.cosine, 256, 20)
      options.scores = .logit
    }, make: { try makeCache(&$0, isTuned: true) })

  /// Where the published code searches on ImageNet, by steps there.
  private static let cacheRange = (
    weight: SearchSpace.Dimension.logarithmic(.cacheWeight, 0.1...3),
    sharpness: SearchSpace.Dimension.logarithmic(.cacheSharpness, 0.1...7)
  )

  private static func makeCache(
    _ parts: inout MethodParts, isTuned: Bool
  ) throws -> TipAdapter {
    TipAdapter(
      try parts.zeroShot(), images: parts.images, isTuned: isTuned,
      weight: Float(parts.options.cacheWeight), sharpness: Float(parts.options.cacheSharpness),
      classification: parts.loss)
  }
}
