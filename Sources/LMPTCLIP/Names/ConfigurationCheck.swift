// ConfigurationCheck - a configuration against the model that the tensors make.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation

extension ModelConfiguration {
  /// Refuses another image tower than the tensors make.
  ///
  /// - Throws: `ModelError.configuration` or `.setting`.
  func expect(_ image: ImageArchitecture) throws(ModelError) {
    for file in files {
      guard let tower = file.image else { continue }
      try file.compare(tower, file.kind == .openCLIP ? image.openCLIP : image.huggingFace)
      try file.check(tower, isText: false, kinds: ModelConfiguration.imageTowers)
      try file.compare(Tower(prefix: "", json: file.json), file.sizesOfBoth(image.embedding))
    }
  }

  /// Refuses another text tower than the tensors make.
  ///
  /// - Parameter text: the tensors' sizes, or nil where only what they do not show is asked for.
  /// - Throws: `ModelError.configuration` or `.setting`.
  func expect(_ text: TextArchitecture?) throws(ModelError) {
    for file in files {
      if let bias = file.json["init_logit_bias"], !bias.isNull {
        throw .setting(
          part: "a bias of the logits (SigLIP)", path: file.path, key: "init_logit_bias",
          found: bias.text(), expected: "none")
      }
      if let extra = file.json["multimodal_cfg"], !extra.isNull {
        throw .setting(
          part: "CoCa's text decoder", path: file.path, key: "multimodal_cfg", found: "there",
          expected: "none")
      }
      guard let tower = file.text else { continue }
      try file.check(tower, isText: true, kinds: ModelConfiguration.textTowers)
      guard let text else { continue }
      try file.compare(tower, file.kind == .openCLIP ? text.openCLIP : text.huggingFace)
      // transformers takes the largest id where the configuration says 2, as older ones do.
      if file.kind == .huggingFace, let end = tower["eos_token_id"],
        ![2, text.vocabulary - 1].contains(end.int ?? -1)
      {
        throw .setting(
          part: "another pooling", path: file.path, key: "\(tower.prefix)eos_token_id",
          found: end.text(), expected: "2 or \(text.vocabulary - 1), the largest id")
      }
    }
  }

  /// Refuses words for a model whose texts were tokenised by something else.
  ///
  /// - Throws: `ModelError.tokenizer`.
  func expectTokenizer() throws(ModelError) {
    for file in files {
      if let name = file.json["tokenizer_class"]?.string, !ModelConfiguration.isCLIP(name) {
        throw .tokenizer(name: name, key: "tokenizer_class", path: file.path)
      }
      guard let tower = file.text else { continue }
      for key in ["hf_tokenizer_name", "tokenizer_kwargs", "tokenizer_mode"] {
        guard let found = tower[key], found != .string(""), found != .object([]) else { continue }
        throw .tokenizer(
          name: found.string ?? found.text(), key: tower.prefix + key, path: file.path)
      }
      if let name = tower["tokenizer_class"]?.string, !ModelConfiguration.isCLIP(name) {
        throw .tokenizer(name: name, key: tower.prefix + "tokenizer_class", path: file.path)
      }
    }
    if let (name, path) = tokenizer, !ModelConfiguration.isCLIP(name) {
      throw .tokenizer(name: name, key: "tokenizer_class", path: path)
    }
    try expectVocabulary()
  }

  /// Refuses a vocabulary beside the weights that is not CLIP's: of another kind or number.
  private func expectVocabulary() throws(ModelError) {
    let most = 1 << 26
    let whole = folder + "tokenizer.json"
    if let model = try ModelConfiguration.json(whole, upTo: most)?["model"] {
      // The key is younger than CLIP's first files.
      if let kind = model["type"]?.string, !kind.utf8.elementsEqual("BPE".utf8) {
        throw .tokenizer(name: kind, key: "model.type", path: whole)
      }
      try expectCLIP(model["vocab"], "model.vocab", whole)
    }
    let words = folder + "vocab.json"
    // Without merges beside it, a `vocab.json` may be another program's.
    if FileManager.default.fileExists(atPath: folder + "merges.txt"),
      let json = try ModelConfiguration.json(words, upTo: most)
    {
      try expectCLIP(json, "the words", words)
    }
  }

  private func expectCLIP(_ words: JSON?, _ key: String, _ path: String) throws(ModelError) {
    let count = words?.object?.members.count ?? 0
    guard count == TextArchitecture.vocabularyOfTokenizer else {
      throw .tokenizer(name: "BPE of size \(count)", key: key, path: path)
    }
  }

  private static func isCLIP(_ tokenizer: String) -> Bool {
    ["CLIPTokenizer", "CLIPTokenizerFast"].contains(tokenizer)
  }
}

extension ModelConfiguration.File {
  /// Keys of the whole model; a tower's own `projection_dim` is often the default of its class.
  fileprivate func sizesOfBoth(_ embedding: Int) -> [(key: String, value: JSON)] {
    guard image?.prefix.isEmpty != true else { return [] }
    return [(kind == .openCLIP ? "embed_dim" : "projection_dim", .integer(embedding))]
  }

  /// Refuses a size that is not the tensors'; what is absent agrees.
  fileprivate func compare(
    _ tower: ModelConfiguration.Tower, _ sizes: [(key: String, value: JSON)]
  ) throws(ModelError) {
    for (key, value) in sizes {
      guard let found = tower[key] else { continue }
      let sides = found.array ?? [found]
      let agrees =
        found == value
        || !sides.isEmpty && sides.allSatisfy { $0.double != nil && $0.double == value.double }
      guard agrees else {
        throw .configuration(
          path: path, key: tower.prefix + key, found: found.text(), expected: value.text())
      }
    }
  }

  /// Refuses a setting that stands for another computation.
  ///
  /// In OpenCLIP's files, which are short, also settings that are not known here, unless they say
  /// false or nothing. Hugging Face's are full of settings of no consequence.
  fileprivate func check(
    _ tower: ModelConfiguration.Tower, isText: Bool, kinds: [String]
  ) throws(ModelError) {
    if kind == .huggingFace {
      let part = isText ? "a text tower that is not CLIP's" : "an image tower that is not CLIP's"
      if let found = tower["model_type"]?.string {
        guard kinds.contains(found) else {
          throw .setting(
            part: part, path: path, key: "\(tower.prefix)model_type", found: found,
            expected: kinds[0])
        }
      } else if let found = json["model_type"]?.string {
        // A tower that does not say its kind is that of its model.
        guard kinds.contains("\(found)_\(isText ? "text" : "vision")_model") else {
          throw .setting(
            part: part, path: path, key: "model_type", found: found, expected: "clip")
        }
      }
    }
    for member in tower.json.object?.members ?? [] where !member.value.isNull {
      let (key, value) = (member.key, member.value)
      let complaint: (part: String, expected: String)?
      if let rule = SettingRule.named[key] {
        complaint = rule.complaint(key, value, text: isText)
      } else if kind == .openCLIP, !SettingRule.sizes.contains(key), value != .bool(false) {
        complaint = ("a part that is not known here", "without it")
      } else {
        complaint = nil
      }
      guard let complaint else { continue }
      throw .setting(
        part: complaint.part, path: path, key: tower.prefix + key, found: value.text(),
        expected: complaint.expected)
    }
  }
}

extension SettingRule {
  /// OpenCLIP's keys that are compared with the tensors, or are about the tokenizer.
  fileprivate static let sizes: Set = [
    "image_size", "layers", "width", "head_width", "patch_size", "heads", "context_length",
    "vocab_size", "hf_tokenizer_name", "tokenizer_kwargs", "tokenizer_mode",
  ]
}

extension ImageArchitecture {
  /// The sizes under OpenCLIP's keys.
  fileprivate var openCLIP: [(key: String, value: JSON)] {
    switch kind {
    case .visionTransformer(let patch, let layers):
      [
        ("image_size", .integer(size)), ("layers", .integer(layers)), ("width", .integer(width)),
        ("patch_size", .integer(patch)), ("head_width", .integer(width / heads)),
        ("heads", .integer(heads)),
      ]
    case .resNet(let blocks):
      [
        ("image_size", .integer(size)), ("layers", .array(blocks.map(JSON.integer))),
        ("width", .integer(width)), ("head_width", .integer(32 * width / heads)),
      ]
    }
  }

  /// The sizes under Hugging Face's keys.
  fileprivate var huggingFace: [(key: String, value: JSON)] {
    guard case .visionTransformer(let patch, let layers) = kind else {
      return [("image_size", .integer(size))]
    }
    return [
      ("hidden_size", .integer(width)), ("num_hidden_layers", .integer(layers)),
      ("num_attention_heads", .integer(heads)), ("image_size", .integer(size)),
      ("patch_size", .integer(patch)), ("num_channels", 3), ("layer_norm_eps", 1e-5),
    ]
  }
}

extension TextArchitecture {
  /// The sizes under OpenCLIP's keys.
  fileprivate var openCLIP: [(key: String, value: JSON)] {
    [
      ("context_length", .integer(contextLength)), ("vocab_size", .integer(vocabulary)),
      ("width", .integer(width)), ("heads", .integer(heads)), ("layers", .integer(layers)),
    ]
  }

  /// The sizes under Hugging Face's keys.
  fileprivate var huggingFace: [(key: String, value: JSON)] {
    [
      ("max_position_embeddings", .integer(contextLength)), ("vocab_size", .integer(vocabulary)),
      ("hidden_size", .integer(width)), ("num_attention_heads", .integer(heads)),
      ("num_hidden_layers", .integer(layers)), ("layer_norm_eps", 1e-5),
    ]
  }
}
