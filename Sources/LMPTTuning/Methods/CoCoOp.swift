// CoCoOp - prompts that an image's own feature shifts.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

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
package struct CoCoOp: Trainable {
  /// The prompts with the context v, and the text tower.
  var prompts: Prompts
  /// s, the scale of the logits.
  let scale: Float
  /// E3 to E8.
  let objective: Objective
  /// W_1 and b_1.
  var first: LinearLayer
  /// W_2 and b_2.
  var second: LinearLayer

  /// The method at its start: the context as CoOp's, the two layers as torch's.
  ///
  /// - Parameters:
  ///   - prompts: the prompts with their tower.
  ///   - scale: s.
  ///   - objective: the losses.
  ///   - width: E, the length of an image feature.
  ///   - generator: torch's generator, after it has drawn the context.
  package init(
    _ prompts: Prompts, scale: Float, objective: Objective, width: Int, generator: inout Generator
  ) {
    (self.prompts, self.scale, self.objective) = (prompts, scale, objective)
    let hidden = max(1, width / 16)
    let context = prompts.context
    first = LinearLayer(inputs: width, outputs: hidden, generator: &generator)
    second = LinearLayer(
      inputs: hidden, outputs: context.shape[context.rank - 1], generator: &generator)
  }

  /// The context and the two layers, under the published code's names.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    [
      ("ctx", \.prompts.context), ("meta_net.linear1.weight", \.first.weight),
      ("meta_net.linear1.bias", \.first.bias), ("meta_net.linear2.weight", \.second.weight),
      ("meta_net.linear2.bias", \.second.bias),
    ]
  }

  /// The losses of a batch.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let z = try scores(batch.images.features)  // [B, C]
    let cls = try objective.classification(z, batch.labels)
    guard let embedding = objective.embedding else {
      return try objective.total(cls: cls, cse: .none)
    }
    let rows = prompts.learner.prompts(embedding.extent)  // [C, T, D]
    let cse = try embedding(batch, prompts, rows: rows, texts: prompts.features(rows))
    return try objective.total(cls: cls, cse: cse)
  }

  /// z of images, each against its own prompts, shape [B, C].
  private func scores(_ features: Tensor) throws -> Tensor {
    let f = normalize(features)  // [B, E]
    let shift = second(relu(first(f)))  // [B, D]
    let rows = try (0..<f.shape[0]).map { b in
      var own = prompts
      own.context = prompts.context + shift.slice(b..<b + 1).reshaped([shift.shape[1]])
      let texts = own.features(own.learner.prompts())  // [C, E]
      return try logits(f.slice(b..<b + 1), texts, scale: scale)  // [1, C]
    }
    return rows.isEmpty ? Tensor.zeros([0, prompts.learner.classCount]) : concatenate(rows)
  }

  /// The same without a tape.
  package func predictor() -> Predictor {
    var frozen = self
    frozen.parameters = parameters.map(\.detached)
    return { [frozen] in try frozen.scores($0.features) }
  }
}

extension Method {
  /// Prompts that an image's feature shifts.
  public static let cocoop = Method(
    "cocoop", title: "CoCoOp", source: "Zhou et al., CVPR 2022", options: .prompts,
    search: .usual.and(.choice(.contextInit, ["a photo of a", ""]), costs: 4),
    defaults: { options, _ in
      (options.loss, options.sharing, options.embedding) = (.softmax, .shared, .none)
      (options.learningRate, options.weightDecay) = (2e-3, 5e-4)
      (options.schedule, options.batch, options.epochs) = (.warmupCosine, 1, 10)
      (options.contextInit, options.contextCount) = ("a photo of a", 4)
    }
  ) { parts in
    CoCoOp(
      try parts.prompts(), scale: parts.model.logitScale, objective: try parts.objective(),
      width: parts.width, generator: &parts.generator)
  }
}
