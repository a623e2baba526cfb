// BBN - a branch for all images and a branch for rare classes, and training that goes over from one.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Two branches on two samplings of the images, mixed by how far the training is.
///
///     g_c(f) = f + relu(B_c f + b_c)              x from the uniform, x' from the reversed sampler
///     a      = 1 - (t / T)^2                      t the epochs that are finished, T all of them
///     z      = W [2 a g_c(f); 2 (1 - a) g_r(f')] + w                  W [C, 2 E]
///     L      = a loss(z, y) + (1 - a) loss(z, y')
///
/// The reversed sampler draws class i in proportion to 1 / n_i, and then one of its images. For a
/// prediction a is 1/2 and both branches see the same image.
///
/// Adaptations: the towers are CLIP's and frozen, so that a branch is one residual layer where the
/// published one is the last block of a ResNet; L_cls is any loss (there the softmax of one label);
/// the images of a class come in turn, not with replacement; SGD is without Nesterov's step; the
/// rate falls as a cosine, not in two steps. In its 180 epochs the code divides t by 200, so that a ends
/// at 0.2; here it ends near 0.
/// Source: Zhou et al., "BBN: Bilateral-Branch Network with Cumulative Learning for Long-Tailed
/// Visual Recognition" (CVPR 2020) and its published code, with the settings for iNaturalist 2018.
package struct BBN: Trainable {
  /// B_c and b_c: the branch of the uniform sampler.
  var conventional: LinearLayer
  /// B_r and b_r: the branch of the reversed sampler.
  var rebalanced: LinearLayer
  /// W and w.
  var classifier: LinearLayer
  /// The loss against either batch's labels.
  let classification: LossFunction

  /// The method at torch's start.
  ///
  /// - Parameters:
  ///   - width: E, the length of a feature.
  ///   - classes: C.
  ///   - classification: the loss.
  ///   - generator: torch's generator.
  init(
    width: Int, classes: Int, classification: @escaping LossFunction, generator: inout Generator
  ) {
    conventional = LinearLayer(inputs: width, outputs: width, generator: &generator)
    rebalanced = LinearLayer(inputs: width, outputs: width, generator: &generator)
    classifier = LinearLayer(inputs: 2 * width, outputs: classes, generator: &generator)
    self.classification = classification
  }

  /// Two tensors a layer.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    [
      ("cb_block.weight", \.conventional.weight), ("cb_block.bias", \.conventional.bias),
      ("rb_block.weight", \.rebalanced.weight), ("rb_block.bias", \.rebalanced.bias),
      ("classifier.weight", \.classifier.weight), ("classifier.bias", \.classifier.bias),
    ]
  }

  /// The loss of the mixed logits against the labels of both batches.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    guard let second = batch.second else { throw MethodError.secondBatchMissing }
    let a = 1 - batch.elapsed * batch.elapsed
    let z = try scores(batch.images.features, second.images.features, share: a)  // [B, C]
    let cls =
      try a * classification(z, batch.labels) + (1 - a) * classification(z, second.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  private func scores(_ f: Tensor, _ other: Tensor, share a: Float) throws -> Tensor {
    let width = conventional.weight.shape[1]
    for images in [f, other] where images.rank != 2 || images.shape[1] != width {
      throw ShapeError(name: "images", expected: [0, width], found: images.shape)
    }
    let c = f + relu(conventional(f))  // [B, E]
    let r = other + relu(rebalanced(other))  // [B, E]
    return classifier(concatenate([2 * a * c, 2 * (1 - a) * r], axis: 1))
  }

  /// Both branches on the same image, half and half.
  package func predictor() -> Predictor {
    var frozen = self
    frozen.parameters = parameters.map(\.detached)
    return { [frozen] in try frozen.scores($0.features, $0.features, share: 0.5) }
  }
}

extension Method {
  /// Two branches on two samplings of the images, mixed by how far the training is.
  public static let bbn = Method(
    "bbn", title: "BBN on frozen features", source: "Zhou et al., CVPR 2020, adapted",
    options: .classifier, search: .usual.and(.choice(.loss, [.bce, .asl, .dbl])),
    secondSampling: .reversed,
    defaults: { options, _ in
      (options.loss, options.embedding, options.scores) = (.bce, .none, .logit)
      (options.learningRate, options.schedule) = (0.05, .cosine)
      (options.batch, options.epochs) = (128, 180)
    }
  ) { parts in
    BBN(
      width: parts.width, classes: parts.classes.names.count, classification: parts.loss,
      generator: &parts.generator)
  }
}
