// TaIDPT - texts as images: prompts tuned on captions, global and local.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Prompt tuning on captions in place of images.
///
///     z_i = 4 <e, g(t_i)>                              e the caption's feature
///     l_i = sum_t w_ti 4 <e_t, g(t'_i)>,  w = softmax over t of 50 <e_t, g(t'_i)>
///     L   = ranking(z) + ranking(l)
///
/// e_t are the caption's tokens through ln_final and text_projection, from start to end of text; t
/// and t' are two sets of prompts. For images the score is (z + l) / 2 with the image's feature in
/// place of e, its places in place of e_t, and 40 for 50: nothing of an image is seen in training.
///
/// Adaptations: the label of a caption is that of its image, where the paper looks for the nouns of
/// class synonyms in captions of any source; the global image feature keeps the positional
/// embedding of a residual network's pooling, the local ones leave it out as the paper does; for a
/// vision transformer the places are its patch tokens through ln_post and proj; any loss can stand
/// for the ranking; with `--cseloss` E6 acts on the prompts t.
/// Source: Guo et al., "Texts as Images in Prompt Tuning for Multi-Label Image Recognition"
/// (CVPR 2023) and its published code.
package struct TaIDPT: Trainable {
  /// The prompts t.
  var global: Prompts
  /// The prompts t'.
  var local: Prompts
  /// E3 to E8.
  let objective: Objective

  /// Scale of the cosines.
  static let scale: Float = 4
  /// Sharpness of the attention over a caption's tokens.
  static let captionSharpness: Float = 50
  /// Sharpness of the attention over an image's places.
  static let imageSharpness: Float = 40

  /// The method at its start.
  ///
  /// - Parameters:
  ///   - global: the prompts t.
  ///   - local: the same with another start of the context.
  ///   - objective: the losses.
  package init(global: Prompts, local: Prompts, objective: Objective) {
    (self.global, self.local, self.objective) = (global, local, objective)
  }

  /// Both contexts, under the published code's names.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    [("ctx", \.global.context), ("ctx_double", \.local.context)]
  }

  /// The losses of a batch, of which the images are not looked at.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    guard let captions = batch.captions, let sentences = captions.features,
      let words = captions.words
    else { throw MethodError.captionsNotPrepared(alignment: "every token") }
    let rows = global.learner.prompts(objective.extent)  // [C, T, D]
    let texts = global.features(rows)  // [C, E]
    let other = local.features(local.learner.prompts())  // [C, E]
    let z = try logits(sentences, texts, scale: Self.scale)  // [B, C]
    let l = try Self.local(
      words, other, sharpness: Self.captionSharpness, present: captions.present)  // [B, C]
    let cls =
      try objective.classification(z, batch.labels)
      + objective.classification(l, batch.labels)
    let cse = try objective.embedding(batch, global, rows: rows, texts: texts)
    return try objective.total(cls: cls, cse: cse)
  }

  private static func local(
    _ places: Tensor, _ texts: Tensor, sharpness: Float, present: Tensor? = nil
  ) throws -> Tensor {
    let c = try placeCosines(places, texts)  // [B, P, C]
    return scale * pooled(c, by: c, sharpness: sharpness, present: present)
  }

  /// (z + l) / 2 of images against both prompts as they are.
  package func predictor() -> Predictor {
    let (texts, other) = (global.classFeatures(), local.classFeatures())
    return { images in
      guard let places = images.places else { throw MethodError.inputMissing("local features") }
      let z = try logits(images.features, texts, scale: Self.scale)  // [B, C]
      let grid = places.slice(1..<places.shape[1], axis: 1)  // without mean or class token
      return (z + (try Self.local(grid, other, sharpness: Self.imageSharpness))) / 2
    }
  }
}

extension Method {
  /// Prompts tuned on captions as if they were images.
  public static let taiDPT = Method(
    "tai-dpt", title: "TaI-DPT", source: "Guo et al., CVPR 2023", sees: .places(.omitted),
    options: .prompts,
    // Its rate is for 512 captions of millions; a long tail has few steps of an epoch.
    search: SearchSpace([
      .around(.learningRate, factor: 100), .choice(.weightDecay, [0, 1e-4, 1e-2]), .epochs,
      .choice(.sharing, [.shared, .classSpecific]),
    ]), learnsFromCaptions: true,
    defaults: { options, _ in
      (options.loss, options.sharing, options.embedding) = (.ranking, .shared, .none)
      (options.learningRate, options.weightDecay, options.schedule) = (1e-4, 5e-4, .cosine)
      (options.batch, options.epochs, options.scores) = (512, 20, .logit)
    }
  ) { parts in
    TaIDPT(
      global: try parts.prompts(), local: try parts.prompts(), objective: try parts.objective())
  }
}
