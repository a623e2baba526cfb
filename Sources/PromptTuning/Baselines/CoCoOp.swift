// CoCoOp - prompts that an image's own feature shifts.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

/// Conditional prompt tuning.
///
///     pi(x) = W_2 relu(W_1 f + b_1) + b_2,    f normalised, W_1 [E/16, E], W_2 [D, E/16]
///     v_j(x) = v_j + pi(x)                    every context token moves by the same vector
///     z_i(x) = s <f, g(t_i(x))>,              t_i(x) the prompt of class i with the context v(x)
///
/// The text tower runs for every image, so a step costs B times CoOp's.
///
/// Adaptations: L_cls is any loss of the ablations (the paper has one label per image and softmax
/// cross-entropy); with `--cseloss` E6 acts on the prompts of the unshifted context v, because the
/// caption is compared with the class, not with another image's version of it.
/// Source: Zhou et al., "Conditional Prompt Learning for Vision-Language Models" (CVPR 2022) and
/// its published code.
public struct CoCoOp: Trainable {
  /// The prompts with the context v, the losses and the text tower.
  var tuner: PromptTuner
  /// W_1 and b_1.
  var first: LinearLayer
  /// W_2 and b_2.
  var second: LinearLayer

  /// The method at its start: the context as CoOp's, the two layers as torch's.
  ///
  /// - Parameters:
  ///   - tuner: prompts, losses and text tower.
  ///   - width: E, the length of an image feature.
  ///   - generator: torch's generator, after it has drawn the context.
  public init(_ tuner: PromptTuner, width: Int, generator: inout Generator) {
    self.tuner = tuner
    let hidden = max(1, width / 16)
    let context = tuner.learner.context
    first = LinearLayer(inputs: width, outputs: hidden, generator: &generator)
    second = LinearLayer(
      inputs: hidden, outputs: context.shape[context.rank - 1], generator: &generator)
  }

  /// The context and the two layers, under the published code's names.
  public var names: [String] {
    ["ctx"] + ["linear1", "linear2"].flatMap { ["meta_net.\($0).weight", "meta_net.\($0).bias"] }
  }

  /// The context and the two layers.
  public var parameters: [Tensor] {
    get { tuner.parameters + first.parameters + second.parameters }
    set {
      tuner.parameters = [newValue[0]]
      first.parameters = Array(newValue[1...2])
      second.parameters = Array(newValue[3...4])
    }
  }

  /// The losses of a batch.
  public func losses(of batch: TrainingBatch) throws -> Losses {
    let z = try scores(batch.images.features)  // [B, C]
    let cls = try tuner.classification(z, batch.labels)
    var cse = Tensor(0)
    if tuner.lambda < 1 {
      let prompts = tuner.learner.prompts(tuner.extent)
      cse = try tuner.embedding(batch, prompts: prompts, texts: tuner.textFeatures(prompts))
    }
    return Losses(cls: cls, cse: cse, total: try objective(cls, cse, lambda: tuner.lambda))
  }

  /// z of images, each against its own prompts, shape [B, C].
  private func scores(_ features: Tensor) throws -> Tensor {
    let f = normalize(features)  // [B, E]
    let shift = second(relu(first(f)))  // [B, D]
    let rows = try (0..<f.shape[0]).map { b in
      var own = tuner
      own.learner.context =
        tuner.learner.context + shift.slice(b..<b + 1).reshaped([shift.shape[1]])
      let texts = own.textFeatures(own.learner.prompts())  // [C, E]
      return try logits(f.slice(b..<b + 1), texts, scale: tuner.scale)  // [1, C]
    }
    return rows.isEmpty ? Tensor.zeros([0, tuner.learner.classCount]) : concatenate(rows)
  }

  /// The same without a tape.
  public func predictor() -> Predictor {
    var frozen = self
    frozen.parameters = parameters.map(\.detached)
    return { [frozen] in try frozen.scores($0.features) }
  }
}
