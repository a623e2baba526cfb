// ConfigurationRules - which settings of a configuration mean the CLIP that is computed here.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What a setting may be.
enum SettingRule: Sendable {
  /// Changes no feature when a finished model is used.
  case free
  /// One of these values, else another part would be needed.
  case only([JSON], part: String)
  /// Settings of LayerNorm: nothing, or CLIP's eps.
  case norm
}

extension SettingRule {
  /// Settings of a tower by their names in OpenCLIP's and Hugging Face's files.
  ///
  /// Sizes are not among them: those are compared with the tensors.
  static let named: [String: SettingRule] = {
    var rules: [String: SettingRule] = [:]
    for key in withoutEffect { rules[key] = .free }
    for (part, settings) in meaningful {
      for (key, values) in settings { rules[key] = .only(values, part: part) }
    }
    for key in ["norm_kwargs", "norm_cfg"] { rules[key] = .norm }
    return rules
  }()

  /// Of training, of parts that other settings switch on, or without effect.
  private static let withoutEffect = [
    "patch_dropout", "drop_path_rate", "drop_path", "attn_drop", "output_tokens", "mlp_ratio",
    "attn_pooler_queries", "attn_pooler_heads", "n_queries", "timm_model_pretrained", "timm_pool",
    "timm_proj", "timm_proj_bias", "timm_drop", "timm_drop_path", "hf_model_pretrained",
    "hf_proj_type", "hf_pooler_type", "pad_id", "eos_id", "bos_id", "text_mask", "xattn",
    "fusedLN", "quick_gelu", "name", "correct_cls_mask", "use_pad_mask",
  ]

  private static let meaningful: [(part: String, settings: [(key: String, values: [JSON])])] = [
    (
      "another pooling",
      [
        ("pool_type", ["tok", "argmax"]), ("attentional_pool", [false]),
        ("global_average_pool", [false]), ("final_ln_after_pool", [false]), ("embed_cls", [false]),
        ("pooling", ["tok", "argmax"]),
      ]
    ),
    ("another mask", [("no_causal_mask", [false]), ("causal_mask", [true])]),
    ("another table of positions", [("pos_embed_type", ["learnable"])]),
    (
      "another projection of texts",
      [("proj_bias", [false]), ("proj_type", ["linear"])]
    ),
    ("no normalisation before the blocks", [("no_ln_pre", [false])]),
    ("normalised patches", [("input_patchnorm", [false])]),
    ("another activation", [("act_kwargs", [.object([])])]),
    ("layer scale", [("ls_init_value", [])]),
    (
      "another kind of block",
      [
        ("block_type", ["default"]), ("qk_norm", [false]), ("scaled_cosine_attn", [false]),
        ("scale_heads", [false]), ("scale_attn", [false]), ("scale_attn_inner", [false]),
        ("scale_fc", [false]),
      ]
    ),
    ("an image tower from timm", [("timm_model_name", [""])]),
    ("an image tower of EVA-CLIP", [("eva_model_name", [""])]),
    ("a text tower that is not CLIP's", [("hf_model_name", [""])]),
  ]

  /// What is wrong with a value: the part that would be needed and what is computed instead.
  func complaint(_ key: String, _ value: JSON, text isText: Bool) -> (String, String)? {
    switch self {
    case .free: return nil
    case .norm:
      let eps = value["eps"]?.double ?? 1e-5
      let others = value.object?.members.filter { $0.key != "eps" && !$0.value.isNull } ?? []
      return eps == 1e-5 && others.isEmpty ? nil : ("another normalisation", "eps 1e-05 alone")
    case .only(var values, let part):
      // Pooling has one name for both towers, and a value of its own in each.
      if values.count == 2 { values = [values[isText ? 1 : 0]] }
      let expected = values.first.flatMap { $0 == "" ? nil : $0.text() } ?? "none"
      return values.contains(value) ? nil : (part, expected)
    }
  }
}
