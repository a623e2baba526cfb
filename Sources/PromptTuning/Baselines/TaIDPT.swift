// TaIDPT - texts as images: prompts tuned on captions, global and local.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

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
public struct TaIDPT: Trainable {
  /// The prompts t, losses and text tower.
  var global: PromptTuner
  /// The prompts t'.
  var local: PromptTuner

  /// Scale of the cosines.
  static let scale: Float = 4
  /// Sharpness of the attention over a caption's tokens.
  static let captionSharpness: Float = 50
  /// Sharpness of the attention over an image's places.
  static let imageSharpness: Float = 40

  /// The method at its start.
  ///
  /// - Parameters:
  ///   - global: the prompts t with the losses and the text tower.
  ///   - local: the same with another start of the context.
  public init(global: PromptTuner, local: PromptTuner) {
    self.global = global
    self.local = local
  }

  /// Both contexts, under the published code's names.
  public var names: [String] { ["ctx", "ctx_double"] }

  /// Both contexts.
  public var parameters: [Tensor] {
    get { global.parameters + local.parameters }
    set { (global.parameters, local.parameters) = ([newValue[0]], [newValue[1]]) }
  }

  /// The losses of a batch, of which the images are not looked at.
  public func losses(of batch: TrainingBatch) throws -> Losses {
    guard let captions = batch.captions, let sentences = captions.features,
      let words = captions.words
    else { throw MethodError.captionsNotPrepared(alignment: "every token") }
    let prompts = global.learner.prompts(global.extent)  // [C, T, D]
    let texts = global.textFeatures(prompts)  // [C, E]
    let other = local.textFeatures(local.learner.prompts())  // [C, E]
    let z = try logits(sentences, texts, scale: Self.scale)  // [B, C]
    let l = try Self.local(
      words, other, sharpness: Self.captionSharpness, present: captions.present)  // [B, C]
    let cls =
      try global.classification(z, batch.labels)
      + global.classification(l, batch.labels)
    let cse = try global.embedding(batch, prompts: prompts, texts: texts)
    return Losses(cls: cls, cse: cse, total: try objective(cls, cse, lambda: global.lambda))
  }

  private static func local(
    _ places: Tensor, _ texts: Tensor, sharpness: Float, present: Tensor? = nil
  ) throws -> Tensor {
    let c = try placeCosines(places, texts)  // [B, P, C]
    return scale * pooled(c, by: c, sharpness: sharpness, present: present)
  }

  /// (z + l) / 2 of images against both prompts as they are.
  public func predictor() -> Predictor {
    let (texts, other) = (global.classFeatures(), local.classFeatures())
    return { images in
      guard let places = images.places else { throw MethodError.inputMissing("local features") }
      let z = try logits(images.features, texts, scale: Self.scale)  // [B, C]
      let grid = places.slice(1..<places.shape[1], axis: 1)  // without mean or class token
      return (z + (try Self.local(grid, other, sharpness: Self.imageSharpness))) / 2
    }
  }
}
