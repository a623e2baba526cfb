// WeightLayout - the ways in which files name CLIP's tensors, and the wrappers around the names.
// SPDX-License-Identifier: Apache-2.0

/// Whose names a file uses.
public enum WeightLayout: String, Sendable, CaseIterable {
  /// OpenAI's: `visual.*`, `transformer.resblocks.*`; the canonical names of this program.
  case openAI = "openai"
  /// OpenCLIP's: OpenAI's, the text tower possibly below `text.`.
  case openCLIP = "openclip"
  /// Hugging Face's `CLIPModel`: `vision_model.*`, `text_model.*`.
  case huggingFace = "huggingface"
  /// The checkpoints of the paper's released code: `image_encoder.*`, `text_encoder.*`,
  /// `prompt_learner.*`.
  case authors = "lmpt"

  /// Recognises the layout by names without wrappers; nil when no name is CLIP's.
  init?(names: [String]) {
    if names.contains(where: { $0.hasPrefix("image_encoder.") || $0.hasPrefix("text_encoder.") }) {
      self = .authors
    } else if names.contains(where: {
      $0.hasPrefix("vision_model.") || $0.hasPrefix("text_model.")
    }) {
      self = .huggingFace
    } else if names.contains(where: { $0.hasPrefix("text.transformer.") }) {
      self = .openCLIP
    } else if names.contains(where: {
      $0.hasPrefix("visual.") || $0.hasPrefix("transformer.resblocks.")
    }) {
      self = .openAI
    } else {
      return nil
    }
  }

  /// A name without what training wrappers put before it (DataParallel, DDP, torch.compile,
  /// checkpoints that hold a `state_dict`).
  static func unwrapped(_ name: String) -> String {
    var rest = Substring(name)
    while let wrapper = wrappers.first(where: { rest.hasPrefix($0) }) {
      rest = rest.dropFirst(wrapper.count)
    }
    return String(rest)
  }

  private static let wrappers = [
    "module.", "_orig_mod.", "state_dict.", "model.", "clip_model.", "clip.",
  ]

  /// Tensors that change no feature: counters, masks, indices, and sizes that OpenAI's archives
  /// carry beside the parameters.
  static func isIgnored(_ name: String) -> Bool {
    name.hasSuffix(".num_batches_tracked") || name.hasSuffix(".position_ids")
      || name == "attn_mask" || name == "input_resolution" || name == "context_length"
      || name == "vocab_size" || name == "text.attn_mask"
  }
}
