// CLIPAdapter - a small net on the image feature, blended with it, before zero-shot CLIP.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// CLIP-Adapter on the image side.
///
///     f' = r relu(W_2 relu(W_1 f)) + (1 - r) f,    W_1 [E/4, E], W_2 [E, E/4], no biases
///     z_i = s <f', g_i>                            f' and g normalised
///
/// f is the feature as the tower gives it; only f' is normalised. The net ends in a relu as well, so
/// that what it adds is never negative: the published code has it, a figure of the net may not show
/// it. g_i are zero-shot CLIP's class features. At r = 0 the method is zero-shot CLIP.
///
/// Adaptations: a method for one label per image, a multi-label baseline here. L_cls is any loss of
/// the ablations; the default is the published softmax cross-entropy, on shares of the labels (see
/// TaskRes). The published net takes 1,024 numbers, RN50's, and its bottleneck a quarter of them;
/// here E is the tower's. One prompt stands for the data set's own prompts.
/// Source: Gao et al., "CLIP-Adapter" (IJCV 2024), by its published code, whose readme points to CoOp's
/// command for ImageNet: SGD 2e-3, batch 32, an epoch at 1e-5 and then a cosine, 50 epochs. The
/// paper's own rate is not used, since its text was not readable.
package struct CLIPAdapter: Trainable {
  /// W_1, shape [E/4, E].
  var first: Tensor
  /// W_2, shape [E, E/4].
  var second: Tensor
  /// r, the share of the net.
  let ratio: Float
  /// g and s.
  let zeroShot: ZeroShot
  /// The loss in place of L_cls.
  let classification: LossFunction

  /// The method with torch's start of both layers.
  ///
  /// - Parameters:
  ///   - zeroShot: the class features with their scale.
  ///   - ratio: r.
  ///   - classification: the loss.
  ///   - generator: torch's generator.
  package init(
    _ zeroShot: ZeroShot, ratio: Float, classification: @escaping LossFunction,
    generator: inout Generator
  ) {
    let width = zeroShot.classFeatures.shape[1]
    let hidden = max(1, width / 4)
    first = LinearLayer.start([hidden, width], inputs: width, generator: &generator)
    second = LinearLayer.start([width, hidden], inputs: hidden, generator: &generator)
    (self.zeroShot, self.ratio, self.classification) = (zeroShot, ratio, classification)
  }

  /// Both layers, under the published code's names.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    [("fc.0.weight", \.first), ("fc.2.weight", \.second)]
  }

  /// z of image features [B, E], shape [B, C].
  private func scores(_ f: Tensor) throws -> Tensor {
    let width = second.shape[0]
    guard f.rank == 2, f.shape[1] == width else {
      throw ShapeError(name: "images", expected: [0, width], found: f.shape)
    }
    let hidden = relu(linear(f, weight: first))  // [B, E/4]
    let added = relu(linear(hidden, weight: second))  // [B, E]
    return try zeroShot(ratio * added + (1 - ratio) * f)
  }

  /// The classification loss alone.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let cls = try classification(scores(batch.images.features), batch.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  /// The same without a tape.
  package func predictor() -> Predictor {
    var frozen = self
    frozen.parameters = parameters.map(\.detached)
    return { [frozen] in try frozen.scores($0.features) }
  }
}

extension AnyTrainingOption {
  /// CLIP-Adapter: r, the share of the net in the image feature.
  public static var adapterRatio: TrainingOption<Double> {
    TrainingOption(
      "adapter_ratio", "R", 0.2, in: 0...1, group: .own,
      help: "clip-adapter: r, share of the net in the image feature")
  }
}

extension Method {
  /// A small net on the image feature before zero-shot CLIP.
  public static let clipAdapter = Method(
    "clip-adapter", title: "CLIP-Adapter", source: "Gao et al., IJCV 2024, adapted",
    options: .classifier, own: [.templates, .adapterRatio],
    search: .usual.and(.choice(.adapterRatio, [0.2, 0.4, 0.6, 0.8])),
    defaults: { options, _ in
      (options.loss, options.embedding) = (.softmax, .none)
      (options.learningRate, options.weightDecay) = (2e-3, 5e-4)
      (options.schedule, options.batch, options.epochs) = (.warmupCosine, 32, 50)
    }
  ) { parts in
    CLIPAdapter(
      try parts.zeroShot(), ratio: Float(parts.options.adapterRatio),
      classification: parts.loss, generator: &parts.generator)
  }
}
