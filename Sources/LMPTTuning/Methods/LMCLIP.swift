// LMCLIP - images against the sentences of their label names, beside a loss of the classes.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Contrast with label sentences, and a balanced loss, on prompts.
///
///     r_k      = [SOT] v_1 ... v_M w("A, B") "." [EOT]    A, B the names of image k's labels
///     Z_kl     = s <f_k, g(r_l)>                          [B, B], both normalised
///     contrast = -1/(2 B) sum_k (log softmax_l Z_kl + log softmax_l Z_lk)  at l = k
///     L        = a contrast + b loss(z, y),               z by E2 from the class prompts
///
/// Every image of the batch is a negative of every other, one with the same labels too. The loss is
/// L-bal, and images are drawn by the rarity of their labels. The published ablations are options:
/// `--cls-weight 0` is the contrast alone, `--contrast 0 --loss-function asl` ASL alone, whose focusing
/// weight has no gradient here, in the code it has. What has weight 0 is not computed.
///
/// Adaptations: all of CLIP and its temperature are trained there; here both towers are frozen and the
/// context v is, which stands before the label names of a sentence as it does before a class name, so
/// that the contrast has a gradient in it, through the text tower. With class-specific contexts a
/// sentence has the mean of its labels' (of all, without labels). Prompts and sentences end in E1's
/// full stop. A sentence that is too long loses names at its end, there words. The rate is 1e-3 for
/// 1e-6, by which fifty epochs of VOC-LT move a number by 0.004 at most. Adam's beta2 is 0.999 and
/// eps 1e-8 (0.98 and 1e-9). The constants are those of ViT-B/16; RN50 has lambda 0.2, gamma- 12,
/// s 0.7, a 0.01, rate 2e-6 on VOC-LT and lambda 6, s 1.35, rate 1e-7 on COCO-LT. Images are prepared as
/// the run says, there squeezed, with ImageNet's mean. With `--cseloss` E8 of the loss and E6
/// stands for the loss.
/// Source: Timmermann et al., "LM-CLIP: Adapting Positive Asymmetric Loss for Long-Tailed Multi-Label
/// Classification" (IEEE Access 2025) and its published code (damilab/lm-clip).
package struct LMCLIP: Trainable {
  /// The prompts of the classes, with the context that is trained.
  var prompts: Prompts
  /// The sentences of label names.
  let sentences: LabelSentences
  /// s, the scale of the logits.
  let scale: Float
  /// The loss of the classes (E3 to E8).
  let objective: Objective
  /// a and b, the weights of the contrast and of the loss.
  let weights: (contrast: Float, classes: Float)

  /// The context alone.
  package var trained: [(name: String, path: TensorPath<Self>)] { [("ctx", \.prompts.context)] }

  /// The class features, so that a run's prompts predict without the text tower.
  package var derived: [NamedTensor] { [("text_features", prompts.classFeatures())] }

  /// The loss of the classes, E6, and the weighted sum with the contrast.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    var losses = Losses(cls: 0, cse: 0, total: 0)
    if weights.classes != 0 {
      let rows = prompts.learner.prompts(objective.extent)  // [C, T, D]
      let texts = prompts.features(rows)  // [C, E]
      let z = try logits(batch.images.features, texts, scale: scale)  // [B, C]
      let cls = try objective.classification(z, batch.labels)
      let cse = try objective.embedding(batch, prompts, rows: rows, texts: texts)
      losses = try objective.total(cls: cls, cse: cse)
      losses.total = weights.classes * losses.total
    }
    guard weights.contrast != 0 else { return losses }
    let texts = try sentences.features(of: batch.labels, prompts)  // [B, E]
    let contrast = try contrastiveLoss(batch.images.features, texts, scale: scale)
    losses.total = losses.total + weights.contrast * contrast
    return losses
  }

  /// E2 against the class features as they are.
  package func predictor() -> Predictor {
    let (texts, scale) = (prompts.classFeatures(), scale)
    return { try logits($0.features, texts, scale: scale) }
  }
}

/// CLIP's own loss: each image finds its text among those of the batch, and each text its image.
///
/// - Parameters:
///   - images: features, shape [B, E].
///   - texts: features of their texts in the same order, shape [B, E].
///   - scale: the inverse temperature.
/// - Returns: the mean of both cross-entropies, a scalar on the tape.
/// - Throws: `ShapeError`.
package func contrastiveLoss(_ images: Tensor, _ texts: Tensor, scale: Float) throws -> Tensor {
  try texts.expect(images.shape, "texts")
  let z = try logits(images, texts, scale: scale)  // [B, B]
  let count = z.shape[0]
  let isOwn = Tensor(
    (0..<count * count).map { $0 / count == $0 % count ? 1 : 0 }, shape: [count, count])
  return -sum(isOwn * (logSoftmax(z) + logSoftmax(z.transposed))) / Float(2 * count)
}

extension AnyTrainingOption {
  /// LM-CLIP: the weight of the contrast.
  public static var contrast: TrainingOption<Double> {
    TrainingOption(
      "contrast", "A", 1, in: 0...1e6, group: .own,
      help: "lm-clip: weight of the contrast with label sentences; 0 leaves it out")
  }
  /// LM-CLIP: lambda, the weight of the classification loss.
  public static var classificationWeight: TrainingOption<Double> {
    TrainingOption(
      "cls_weight", "B", 0.4, in: 0...1e6, group: .own,
      help: "lm-clip: weight of the classification loss; 0 leaves it out")
  }
}

extension Method {
  /// Prompts tuned on the contrast with label sentences and on BAL.
  public static let lmclip = Method(
    "lm-clip", title: "LM-CLIP on prompts", source: "Timmermann et al., IEEE Access 2025, adapted",
    options: .prompts, own: [.contrast, .classificationWeight],
    // Two ranges of its authors' own search, which also varies the batch and the exponents.
    search: .usual.and(
      .logarithmic(.classificationWeight, 0.1...10), .logarithmic(.rarity, 1...2)),
    defaults: { options, dataset in
      let isCOCO = dataset == .cocoLT
      (options.loss, options.sharing, options.embedding) = (.balancedAsymmetric, .shared, .none)
      (options.contextInit, options.contextCount) = ("a photo of a", 4)
      (options.gammaNegative, options.gammaPositive, options.smoothing) = (9.8, 0, 0.1)
      (options.sampling, options.rarity) = (.rarity, isCOCO ? 1.6 : 1.35)
      options.classificationWeight = isCOCO ? 5 : 0.4
      (options.optimizer, options.learningRate, options.weightDecay) = (.adamw, 1e-3, 0.01)
      (options.schedule, options.batch, options.epochs) = (.cosine, 8, 50)
    }
  ) { parts in
    let options = parts.options
    let weights = (options.contrast, options.classificationWeight)
    guard weights.0 + weights.1 > 0 else {
      throw MethodError.parameter(
        name: "contrast", found: weights.0, expected: "a number above 0 where cls_weight is 0")
    }
    return LMCLIP(
      prompts: try parts.prompts(),
      sentences: LabelSentences(
        names: parts.classes.names, start: options.contextStart, position: options.position,
        reading: options.reading),
      scale: parts.model.logitScale, objective: try parts.objective(),
      weights: (Float(weights.0), Float(weights.1)))
  }
}
