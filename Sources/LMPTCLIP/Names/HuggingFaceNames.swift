// HuggingFaceNames - between the names of Hugging Face's CLIPModel and OpenAI's.
// SPDX-License-Identifier: Apache-2.0

/// Hugging Face's names for CLIP's tensors.
///
/// Three differences beyond the spelling: queries, keys and values are separate matrices, both
/// projections are stored transposed, and `position_ids` (a counting index) may be there.
enum HuggingFaceNames {
  /// OpenAI's name, or nil for tensors that stand for a part only (`q_proj` and so on) and for
  /// unknown ones.
  static func canonical(_ name: String) -> String? {
    if let whole = whole.first(where: { $0.huggingFace == name }) { return whole.openAI }
    guard let (tower, layer, rest) = block(name),
      let part = parts.first(where: { $0.huggingFace == rest })
    else { return nil }
    return "\(tower.openAI).\(layer).\(part.openAI)"
  }

  /// Hugging Face's names for one of OpenAI's; three, in the order q, k, v, for the joined
  /// attention matrices.
  static func names(of canonical: String) -> [String]? {
    if let whole = whole.first(where: { $0.openAI == canonical }) { return [whole.huggingFace] }
    for tower in towers where canonical.hasPrefix(tower.openAI + ".") {
      let rest = canonical.dropFirst(tower.openAI.count + 1)
      guard let dot = rest.firstIndex(of: ".") else { return nil }
      let (layer, name) = (rest[..<dot], rest[rest.index(after: dot)...])
      if name == "attn.in_proj_weight" || name == "attn.in_proj_bias" {
        let kind = name.hasSuffix("weight") ? "weight" : "bias"
        return ["q", "k", "v"].map {
          "\(tower.huggingFace).\(layer).self_attn.\($0)_proj.\(kind)"
        }
      }
      return parts.first { $0.openAI == name }.map {
        ["\(tower.huggingFace).\(layer).\($0.huggingFace)"]
      }
    }
    return nil
  }

  /// Whether OpenAI stores this matrix as the transpose of Hugging Face's.
  static func isTransposed(_ canonical: String) -> Bool {
    canonical == "text_projection" || canonical == "visual.proj"
  }

  /// The part of an attention matrix that a name stands for.
  static func attentionPart(_ name: String) -> (canonical: String, index: Int)? {
    guard let (tower, layer, rest) = block(name) else { return nil }
    for (index, letter) in ["q", "k", "v"].enumerated() {
      for kind in ["weight", "bias"] where rest == "self_attn.\(letter)_proj.\(kind)" {
        return ("\(tower.openAI).\(layer).attn.in_proj_\(kind)", index)
      }
    }
    return nil
  }

  private static func block(
    _ name: String
  ) -> (tower: (openAI: String, huggingFace: String), layer: Substring, rest: String)? {
    for tower in towers where name.hasPrefix(tower.huggingFace + ".") {
      let tail = name.dropFirst(tower.huggingFace.count + 1)
      guard let dot = tail.firstIndex(of: ".") else { return nil }
      return (tower, tail[..<dot], String(tail[tail.index(after: dot)...]))
    }
    return nil
  }

  private static let towers = [
    (openAI: "visual.transformer.resblocks", huggingFace: "vision_model.encoder.layers"),
    (openAI: "transformer.resblocks", huggingFace: "text_model.encoder.layers"),
  ]

  private static let parts: [(openAI: String, huggingFace: String)] =
    [
      ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"), ("attn.out_proj", "self_attn.out_proj"),
      ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2"),
    ].flatMap { pair in ["weight", "bias"].map { ("\(pair.0).\($0)", "\(pair.1).\($0)") } }

  private static let whole: [(openAI: String, huggingFace: String)] = [
    ("logit_scale", "logit_scale"),
    ("text_projection", "text_projection.weight"),
    ("token_embedding.weight", "text_model.embeddings.token_embedding.weight"),
    ("positional_embedding", "text_model.embeddings.position_embedding.weight"),
    ("ln_final.weight", "text_model.final_layer_norm.weight"),
    ("ln_final.bias", "text_model.final_layer_norm.bias"),
    ("visual.proj", "visual_projection.weight"),
    ("visual.class_embedding", "vision_model.embeddings.class_embedding"),
    ("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight"),
    ("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
    // The missing letter is Hugging Face's.
    ("visual.ln_pre.weight", "vision_model.pre_layrnorm.weight"),
    ("visual.ln_pre.bias", "vision_model.pre_layrnorm.bias"),
    ("visual.ln_post.weight", "vision_model.post_layernorm.weight"),
    ("visual.ln_post.bias", "vision_model.post_layernorm.bias"),
  ]
}
