// CanonicalNames - OpenAI's name of every tensor of an architecture, in their order.
// SPDX-License-Identifier: Apache-2.0

/// OpenAI's names, as their state dicts list them.
enum CanonicalNames {
  /// Every tensor of a model.
  static func all(_ architecture: Architecture) -> [String] {
    var names = ["positional_embedding", "text_projection", "logit_scale"]
    names += image(architecture.image)
    for layer in 0..<architecture.text.layers {
      names += block("transformer.resblocks.\(layer)")
    }
    return names + ["token_embedding.weight"] + pair("ln_final")
  }

  /// Every tensor of an image tower.
  static func image(_ architecture: ImageArchitecture) -> [String] {
    switch architecture.kind {
    case .visionTransformer(_, let layers):
      return ["class_embedding", "positional_embedding", "proj", "conv1.weight"].map {
        "visual.\($0)"
      }
        + pair("visual.ln_pre")
        + (0..<layers).flatMap { block("visual.transformer.resblocks.\($0)") }
        + pair("visual.ln_post")
    case .resNet(let blocks):
      var names = (1...3).flatMap { convolution("visual.conv\($0)", norm: "visual.bn\($0)") }
      for (stage, count) in blocks.enumerated() {
        for index in 0..<count {
          let prefix = "visual.layer\(stage + 1).\(index)"
          names += (1...3).flatMap {
            convolution("\(prefix).conv\($0)", norm: "\(prefix).bn\($0)")
          }
          if index == 0 {
            names += convolution("\(prefix).downsample.0", norm: "\(prefix).downsample.1")
          }
        }
      }
      return names + ["visual.attnpool.positional_embedding"]
        + ["k", "q", "v", "c"].flatMap { pair("visual.attnpool.\($0)_proj") }
    }
  }

  private static func block(_ prefix: String) -> [String] {
    ["\(prefix).attn.in_proj_weight", "\(prefix).attn.in_proj_bias"]
      + ["attn.out_proj", "ln_1", "mlp.c_fc", "mlp.c_proj", "ln_2"].flatMap {
        pair("\(prefix).\($0)")
      }
  }

  private static func convolution(_ name: String, norm: String) -> [String] {
    ["\(name).weight"] + pair(norm) + ["\(norm).running_mean", "\(norm).running_var"]
  }

  private static func pair(_ name: String) -> [String] { ["\(name).weight", "\(name).bias"] }
}
