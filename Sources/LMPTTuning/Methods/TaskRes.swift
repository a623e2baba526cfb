// TaskRes - zero-shot CLIP's class features with a trained residual.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Task residual tuning.
///
///     w_i = t_i + alpha x_i,    t, x [C, E], x trained from 0
///     z_i = s <f, w_i>          f and w normalised
///
/// t_i is the mean of the features of class i's written prompts as the text tower gives them, not
/// normalised: that is what the published code adds to, so that alpha x is measured against features
/// of their own length. At x = 0 the method is zero-shot CLIP.
///
/// Adaptations: a method for one label per image, a multi-label baseline here. L_cls is any loss of
/// the ablations. The default is the published softmax cross-entropy, on shares of the labels: z
/// has no bias and lies far above 0 for real CLIP, where sigmoid losses start saturated. One prompt
/// stands for the data set's own prompts; images are not cropped at random.
/// Source: Yu et al., "Task Residual for Tuning Vision-Language Models" (CVPR 2023), by its
/// published code. Its command for 16 images a class and a data set smaller than ImageNet: alpha
/// 0.5 (1 for one of its data sets), Adam 2e-3, batch 256, an epoch at 1e-5 and then a cosine, 200 epochs; a weight decay of 5e-4
/// is the default of its framework (Dassl). Its "enhanced base", tuned beforehand, is left out.
package struct TaskRes: Trainable {
  /// x, shape [C, E].
  var residual: Tensor
  /// t, shape [C, E].
  let base: Tensor
  /// alpha.
  let share: Float
  /// s, the scale of the logits.
  let scale: Float
  /// The loss in place of L_cls.
  let classification: LossFunction

  /// The method at its start, zero-shot CLIP.
  ///
  /// - Parameters:
  ///   - base: t.
  ///   - share: alpha.
  ///   - scale: s.
  ///   - classification: the loss.
  package init(
    _ base: Tensor, share: Float, scale: Float, classification: @escaping LossFunction
  ) {
    residual = Tensor.zeros(base.shape).tracked()
    (self.base, self.share, self.scale) = (base.detached, share, scale)
    self.classification = classification
  }

  /// The residual, under the published code's name.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    [("text_feature_residuals", \.residual)]
  }

  /// w, shape [C, E].
  private var classifier: Tensor { base + share * residual }

  /// The classification loss alone.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let z = try logits(batch.images.features, classifier, scale: scale)  // [B, C]
    let cls = try classification(z, batch.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  /// z against the class features as they are.
  package func predictor() -> Predictor {
    let (classifier, scale) = (classifier.detached, scale)
    return { try logits($0.features, classifier, scale: scale) }
  }
}

extension AnyTrainingOption {
  /// TaskRes: alpha, the factor of the residual (the published RESIDUAL_SCALE).
  public static var residualScale: TrainingOption<Double> {
    TrainingOption(
      "residual_scale", "ALPHA", 0.5, in: 0...1e3, group: .own,
      help: "task-res: alpha, factor of the residual")
  }
}

extension Method {
  /// Zero-shot CLIP's class features with a trained residual.
  public static let taskRes = Method(
    "task-res", title: "TaskRes", source: "Yu et al., CVPR 2023, adapted", options: .classifier,
    own: [.templates, .residualScale], search: .usual.and(.choice(.residualScale, [0.5, 1])),
    defaults: { options, _ in
      (options.loss, options.embedding, options.optimizer) = (.softmax, .none, .adam)
      (options.learningRate, options.weightDecay) = (2e-3, 5e-4)
      (options.schedule, options.batch, options.epochs) = (.warmupCosine, 256, 200)
    }
  ) { parts in
    TaskRes(
      try parts.model.meanFeatures(parts.writtenPrompts),
      share: Float(parts.options.residualScale), scale: parts.model.logitScale,
      classification: parts.loss)
  }
}
