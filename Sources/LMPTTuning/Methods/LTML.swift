// LTML - LTML's collaborative training on two samplings, on frozen features.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Two linear branches, one fed by uniform, one by class-aware sampling, that have to agree.
///
///     u(x) = W_u f + b_u                    r(x) = W_r f + b_r
///     L = loss(s_u u(x) + m_u) + loss(s_r r(x') + m_r)
///         + w mean over x, x' of (sigmoid u - sigmoid r)^2
///
/// x comes from the uniform, x' from the class-aware sampler, both pass through both branches. s
/// and m, shape [C], are the logit compensation of a branch: learned, started at 1 and 0, and left
/// out of the prediction (u + r) / 2, so that a branch can fit the class shares of its sampler
/// without carrying them into the result.
///
/// Adaptations: the shared backbone is CLIP's frozen tower, so the branches are linear; the paper's
/// equations were not readable, so that the compensation is one scale and shift per class, the
/// squared difference and its weight w = 0.1 are ours.
/// Source: Guo and Wang, "Long-Tailed Multi-Label Visual Recognition by Collaborative Training on
/// Uniform and Re-Balanced Samplings" (CVPR 2021); its abstract.
package struct LTML: Trainable {
  /// A classifier with its logit compensation.
  struct Branch: Sendable {
    var classifier: LinearLayer
    var scale: Tensor  // [C]
    var shift: Tensor  // [C]
  }

  /// Fed by the uniform sampler.
  var uniform: Branch
  /// Fed by the class-aware sampler.
  var rebalanced: Branch
  /// The loss of either branch.
  let classification: LossFunction
  /// w, the weight of the disagreement.
  let consistency: Float

  /// Two branches at torch's start.
  ///
  /// - Parameters:
  ///   - width: E, the length of a feature.
  ///   - classes: C.
  ///   - classification: the loss of either branch.
  ///   - consistency: w.
  ///   - generator: torch's generator.
  package init(
    width: Int, classes: Int, classification: @escaping LossFunction, consistency: Float,
    generator: inout Generator
  ) {
    func branch() -> Branch {
      Branch(
        classifier: LinearLayer(inputs: width, outputs: classes, generator: &generator),
        scale: Tensor.ones([classes]).tracked(), shift: Tensor.zeros([classes]).tracked())
    }
    uniform = branch()
    rebalanced = branch()
    self.classification = classification
    self.consistency = consistency
  }

  /// Four tensors a branch.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    [
      ("uniform.weight", \.uniform.classifier.weight), ("uniform.bias", \.uniform.classifier.bias),
      ("uniform.scale", \.uniform.scale), ("uniform.shift", \.uniform.shift),
      ("rebalanced.weight", \.rebalanced.classifier.weight),
      ("rebalanced.bias", \.rebalanced.classifier.bias),
      ("rebalanced.scale", \.rebalanced.scale), ("rebalanced.shift", \.rebalanced.shift),
    ]
  }

  /// Both branches' losses and their disagreement on both halves of the batch.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    guard let second = batch.second else { throw MethodError.secondBatchMissing }
    let x = concatenate([batch.images.features, second.images.features])  // [2 B, E]
    let (u, r) = (uniform.classifier(x), rebalanced.classifier(x))  // [2 B, C]
    let count = batch.labels.shape[0]
    let first = u.slice(0..<count) * uniform.scale + uniform.shift  // [B, C]
    let other = r.slice(count..<x.shape[0]) * rebalanced.scale + rebalanced.shift  // [B, C]
    let cls =
      try classification(first, batch.labels)
      + classification(other, second.labels)
    let gap = sigmoid(u) - sigmoid(r)  // [2 B, C]
    return Losses(cls: cls, cse: 0, total: cls + consistency * mean(gap * gap))
  }

  /// The mean of both branches' logits, without compensation.
  package func predictor() -> Predictor {
    let (u, r) = (uniform.classifier.frozen, rebalanced.classifier.frozen)
    return { (u($0.features) + r($0.features)) / 2 }
  }
}

extension AnyTrainingOption {
  /// LTML: weight of the branches' disagreement.
  public static var consistency: TrainingOption<Double> {
    TrainingOption(
      "consistency", "W", 0.1, in: 0...1e6, group: .own,
      help: "ltml: weight of the branches' disagreement")
  }
}

extension Method {
  /// Two linear branches on two samplings of the images, adapted.
  public static let ltml = Method(
    "ltml", title: "LTML on frozen features", source: "Guo and Wang, CVPR 2021, adapted",
    options: .classifier, own: [.consistency],
    search: .usual.and(.logarithmic(.consistency, 0.01...1)), secondSampling: .classAware,
    defaults: { options, _ in
      (options.loss, options.embedding) = (.bce, .none)
      (options.optimizer, options.learningRate, options.scores) = (.adamw, 1e-3, .logit)
    }
  ) { parts in
    LTML(
      width: parts.width, classes: parts.classes.names.count, classification: parts.loss,
      consistency: Float(parts.options.consistency), generator: &parts.generator)
  }
}
