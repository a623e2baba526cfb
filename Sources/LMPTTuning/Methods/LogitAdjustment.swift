// LogitAdjustment - zero-shot CLIP, its logits adjusted by how often each class is seen.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Post-hoc logit adjustment of zero-shot CLIP. Nothing is trained.
///
///     z_i = s <f, g_i> - tau log p_i,    p_i = n_i / sum_j n_j
///
/// n_i are the training images of class i, g_i zero-shot CLIP's class features. A rare class gains,
/// a frequent one loses. At tau = 0 the method is zero-shot CLIP.
///
/// Every image of a class moves by the same number. Within a class the logits keep their order, and
/// so do their logistic functions: `--scores logit` and `sigmoid` have zero-shot CLIP's AP. The
/// scores of the released evaluation, a softmax over the classes of an image, have another.
///
/// Adaptations: the published rule adjusts a classifier that has learned the shares of its training
/// set; CLIP has not seen them, so that tau = 1 has no guarantee here. Classes exclude each other
/// there; here p_i is the share of all labels. A loss is measured, and changes nothing.
/// Source: Menon et al., "Long-tail learning via logit adjustment" (ICLR 2021), the post-hoc form
/// with tau = 1; recalled, the paper was not readable.
package struct LogitAdjustment: Trainable {
  /// g and s.
  let zeroShot: ZeroShot
  /// p, shape [C].
  var prior: Tensor
  /// tau.
  let strength: Float
  /// The loss in place of L_cls.
  let classification: LossFunction

  /// The method for a training set.
  ///
  /// - Parameters:
  ///   - zeroShot: the class features with their scale.
  ///   - counts: n, shape [C].
  ///   - strength: tau.
  ///   - classification: the loss.
  /// - Throws: `MethodError.count` for a class without training images.
  package init(
    _ zeroShot: ZeroShot, counts: Tensor, strength: Float,
    classification: @escaping LossFunction
  ) throws {
    let n = try expectCounts(counts)
    let total = n.reduce(0, +)
    prior = Tensor(n.map { Float($0 / total) })
    (self.zeroShot, self.strength) = (zeroShot, strength)
    self.classification = classification
  }

  /// Nothing.
  package var trained: [(name: String, path: TensorPath<Self>)] { [] }

  /// The shares, which a finished run cannot count again.
  package var buffers: [(name: String, path: TensorPath<Self>)] { [("prior", \.prior)] }

  /// The classification loss alone, of scores that no step changes.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let cls = try classification(predictor()(batch.images), batch.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  /// z.
  package func predictor() -> Predictor {
    let (zeroShot, change) = (zeroShot, strength * log(prior))  // [C]
    return { try zeroShot($0.features) - change }
  }
}

extension AnyTrainingOption {
  /// Logit adjustment: tau, the factor of the logarithm of a class's share.
  public static var priorStrength: TrainingOption<Double> {
    TrainingOption(
      "prior_strength", "TAU", 1, in: 0...1e3, group: .own,
      help: "logit-adjustment: tau, factor of log p")
  }
}

extension Method {
  /// Zero-shot CLIP, adjusted by the shares of the classes.
  public static let logitAdjustment = Method(
    "logit-adjustment", title: "\(Method.zeroShotTitle), logit-adjusted",
    source: "Menon et al., ICLR 2021, adapted", options: .classifier,
    own: [.templates, .priorStrength],
    search: SearchSpace([.logarithmic(.priorStrength, 0.1...2)]),
    defaults: { options, _ in options.setUntrained() }
  ) { parts in
    try LogitAdjustment(
      parts.zeroShot(), counts: parts.classes.countTensor,
      strength: Float(parts.options.priorStrength), classification: parts.loss)
  }
}

extension TrainingOptions {
  /// One pass over the images, which measures and changes nothing.
  mutating func setUntrained() {
    (self.loss, self.embedding, self.epochs) = (.softmax, .none, 1)
  }
}
