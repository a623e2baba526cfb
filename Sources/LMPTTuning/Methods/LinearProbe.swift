// LinearProbe - a linear classifier on frozen image features: the visual-only rows.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// A linear classifier on the features of CLIP's frozen image tower.
///
///     z = W f + b,    W [C, E], b [C]
///
/// f is the feature as the tower gives it, not normalised. With a loss of the ablations it stands
/// for a visual-only row of the paper's tables: BCE is ERM; `--sampling class-aware` is RS;
/// `--loss-function sqrt_inv` is RW ("smooth") and `inv` its steeper form; FL, CBloss, ldam, dbl,
/// asl are Focal, CB-Focal, LDAM, DB and ASL.
///
/// Weights by class alone (RW) need SGD: the rows of W are independent, and Adam's steps do not
/// depend on the scale of a row's gradient, so under Adam RW is ERM.
///
/// Adaptation: those rows fine-tune a ResNet-50 from ImageNet; here the tower is CLIP's and frozen.
///
/// It is also `finetune-head`, the released finetune_clip: that program gives its optimiser the
/// linear layer alone unless `--from_scratch` is set, and trains it with the released E7 and AdamW.
/// Source: CLIP's linear probe; the released finetune_clip/fc.py, whose layer takes 1,024 inputs
/// and so fits no other tower than RN50's.
package struct LinearProbe: Trainable {
  /// W and b.
  var classifier: LinearLayer
  /// The loss in place of L_cls.
  let classification: LossFunction

  /// A classifier at torch's start.
  ///
  /// - Parameters:
  ///   - width: E, the length of a feature.
  ///   - classes: C.
  ///   - classification: the loss.
  ///   - generator: torch's generator.
  package init(
    width: Int, classes: Int, classification: @escaping LossFunction, generator: inout Generator
  ) {
    classifier = LinearLayer(inputs: width, outputs: classes, generator: &generator)
    self.classification = classification
  }

  /// The two tensors of the classifier.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    [("weight", \.classifier.weight), ("bias", \.classifier.bias)]
  }

  /// The classification loss alone.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let z = classifier(batch.images.features)  // [B, C]
    let cls = try classification(z, batch.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  /// z = W f + b.
  package func predictor() -> Predictor {
    let classifier = classifier.frozen
    return { classifier($0.features) }
  }
}

extension Method {
  /// A linear classifier on frozen features.
  public static let linearProbe = Method(
    "linear-probe", title: "linear probe", source: "CLIP", options: .classifier,
    search: .usual.and(.choice(.loss, [.bce, .asl, .dbl])),
    defaults: { options, _ in
      (options.loss, options.embedding) = (.bce, .none)
      (options.optimizer, options.learningRate, options.scores) = (.adamw, 1e-3, .logit)
    }, make: make)

  /// The released `finetune_clip` as it runs by default: its linear layer alone.
  public static let finetuneHead = Method(
    "finetune-head", title: "fine-tuned head", source: "the released code", options: .classifier,
    search: .usual.and(.choice(.loss, [.dbl, .bce, .asl])),
    defaults: { options, _ in options.setReleasedFineTuning(weightDecay: 1e-4) }, make: make)

  private static func make(_ parts: inout MethodParts) -> LinearProbe {
    LinearProbe(
      width: parts.width, classes: parts.classes.names.count, classification: parts.loss,
      generator: &parts.generator)
  }
}

extension TrainingOptions {
  /// What the released finetune_clip runs with.
  mutating func setReleasedFineTuning(weightDecay: Double) {
    (self.reading, self.embedding, self.optimizer) = (.released, .none, .adamw)
    (self.learningRate, self.weightDecay, self.batch, self.epochs) = (1e-4, weightDecay, 4, 100)
  }
}
