// DualCoOp - a positive and a negative prompt per class, against every place of the image.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Dual prompt tuning.
///
///     c+_pi = <x_p, g(t+_i)>,  c-_pi = <x_p, g(t-_i)>      x_p place p of the image, normalised
///     w_pi  = softmax over p of 20 c+_pi                   one attention for both halves
///     z_i   = 5 sum_p w_pi (20 c+_pi - 20 c-_pi)
///
/// The published model ends in a softmax over the pair of logits; the probability of the positive
/// half is sigmoid(z+ - z-), so that z above is its logit and every loss and score of this project
/// applies. The loss is summed over the cells of a batch and weighted by 0.03; for `asl` the
/// focusing exponents are the paper's 2 and 1.
///
/// x are the projected local features of the frozen tower, the mean or class token at p = 0
/// included: value and output projection of the attention pooling at every position.
///
/// Adaptations: at the model's own resolution instead of 448 pixels; for a vision transformer, which
/// the paper does not use, x are all tokens through ln_post and proj; with `--cseloss` E6 acts on
/// the positive prompts, which are the ones that claim the class.
/// Source: Sun et al., "DualCoOp" (NeurIPS 2022) and its published code.
package struct DualCoOp: Trainable {
  /// Positive prompts, which claim the class.
  var positive: Prompts
  /// Negative prompts.
  var negative: Prompts
  /// E3 to E8.
  let objective: Objective

  /// Sharpness of the attention and scale of the cosines.
  static let sharpness: Float = 20
  /// Scale of the pooled evidence.
  static let gain: Float = 5
  /// Weight of the summed loss.
  static let lossWeight: Float = 0.03

  /// The method at its start.
  ///
  /// - Parameters:
  ///   - positive: positive prompts.
  ///   - negative: the same with another start of the context.
  ///   - objective: the losses.
  package init(positive: Prompts, negative: Prompts, objective: Objective) {
    (self.positive, self.negative, self.objective) = (positive, negative, objective)
  }

  /// Both contexts, under the published code's names.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    [("ctx_pos", \.positive.context), ("ctx_neg", \.negative.context)]
  }

  /// The losses of a batch.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let rows = positive.learner.prompts(objective.extent)  // [C, T, D]
    let claims = positive.features(rows)  // [C, E]
    let denials = negative.features(negative.learner.prompts())  // [C, E]
    let z = try Self.scores(batch.images, claims, denials)  // [B, C]
    let cls =
      Self.lossWeight * Float(z.count) * (try objective.classification(z, batch.labels))
    let cse = try objective.embedding(batch, positive, rows: rows, texts: claims)
    return try objective.total(cls: cls, cse: cse)
  }

  private static func scores(
    _ images: ImageBatch, _ claims: Tensor, _ denials: Tensor
  ) throws -> Tensor {
    guard let places = images.places else { throw MethodError.inputMissing("local features") }
    let c = try placeCosines(places, claims)  // [B, P, C]
    let gap = c - (try placeCosines(places, denials))  // [B, P, C]
    return gain * sharpness * pooled(gap, by: c, sharpness: sharpness)  // [B, C]
  }

  /// z against both prompts as they are.
  package func predictor() -> Predictor {
    let (claims, denials) = (positive.classFeatures(), negative.classFeatures())
    return { try Self.scores($0, claims, denials) }
  }
}

extension Method {
  /// A positive and a negative prompt per class, against places.
  public static let dualcoop = Method(
    "dualcoop", title: "DualCoOp", source: "Sun et al., NeurIPS 2022", sees: .places(.added),
    options: .prompts, search: .usual.and(.choice(.gammaNegative, [1, 2, 3, 4])),
    defaults: { options, dataset in
      (options.loss, options.sharing, options.embedding) = (.asl, .classSpecific, .none)
      (options.gammaNegative, options.gammaPositive) = (2, 1)
      options.learningRate = dataset == .cocoLT ? 2e-3 : 1e-3
      (options.weightDecay, options.schedule) = (1e-4, .cosine)
      (options.batch, options.epochs, options.scores) = (32, 50, .sigmoid)
    }
  ) { parts in
    DualCoOp(
      positive: try parts.prompts(), negative: try parts.prompts(),
      objective: try parts.objective())
  }
}
