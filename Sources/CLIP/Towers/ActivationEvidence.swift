// ActivationEvidence - what says which activation a file's model was trained with.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Weights

extension Activation {
  /// The activation of a file's model, and how it is known.
  ///
  /// No tensor says it, so the evidence is, from strongest to weakest: the caller's choice; the
  /// file's metadata; a configuration beside the file; the marks of OpenAI's own archives and of
  /// the paper's checkpoints. Without any, QuickGELU is assumed: it is OpenAI's, and what both
  /// Hugging Face's `CLIPConfig` and a state dict with OpenAI's names mean unless they say more.
  /// Commands report an assumption on standard error (docs/Formats.md).
  ///
  /// - Throws: `ModelError.activation` when the evidence is a word that is not known.
  static func evidence(
    _ chosen: Activation?, _ file: WeightFile, _ tensors: ModelTensors,
    configuration: ModelConfiguration?
  ) throws(ModelError) -> (Activation, Origin) {
    if let chosen { return (chosen, .chosen) }
    for key in ["activation", "hidden_act"] {
      guard let word = file.metadata[key] else { continue }
      guard let activation = Activation(named: word) else {
        throw .activation(found: word, place: "the metadata")
      }
      return (activation, .stated("the metadata"))
    }
    if let word = file.metadata["quick_gelu"] {
      guard let isQuick = ["true": true, "false": false][word.lowercased()] else {
        throw .activation(found: word, place: "the metadata")
      }
      return (isQuick ? .quickGELU : .gelu, .stated("the metadata"))
    }
    if let configuration, let words = configuration.activations {
      let activations = Set(words.map { Activation(named: $0) })
      guard activations.count == 1, let activation = activations.first ?? nil else {
        throw .activation(found: words.joined(separator: ", "), place: configuration.path)
      }
      return (activation, .stated(configuration.path))
    }
    return (.quickGELU, isFromOpenAI(file, tensors) ? .openAI : .assumed)
  }

  /// OpenAI's archives carry three sizes as tensors, and a state dict made from one keeps them, or
  /// at least the order in which their module defines its parts. An archive without the sizes may
  /// be OpenCLIP's, with either activation.
  private static func isFromOpenAI(_ file: WeightFile, _ tensors: ModelTensors) -> Bool {
    if tensors.layout == .authors { return true }
    guard tensors.layout == .openAI else { return false }
    if file["input_resolution"] != nil, file["vocab_size"] != nil { return true }
    let order = ["attn.in_proj_weight", "ln_1.weight"].map { part in
      tensors.names.firstIndex(of: "transformer.resblocks.0.\(part)") ?? 0
    }
    return file.format == .torchStateDict && order[0] < order[1]
  }
}

/// The configuration that Hugging Face and OpenCLIP keep beside a weight file.
struct ModelConfiguration {
  /// Where it lies.
  let path: String
  /// The activations that it names; nil when it is no CLIP configuration.
  let activations: [String]?
  private let json: JSON

  /// Reads `config.json` or `open_clip_config.json` in a weight file's folder.
  ///
  /// Nil when there is none that can be read: it is not the file that was asked for, so it is never
  /// an error.
  init?(beside file: String) {
    let folder = file.folderPrefix
    for name in ["config.json", "open_clip_config.json"] {
      var limits = Limits.standard
      limits.readBytes = 1 << 20
      guard let file = try? FileBytes(path: folder + name, limits: limits),
        let json = file.withBytes({ try? JSON.parse($0) })
      else { continue }
      let words = ModelConfiguration.activations(json)
      if words != nil {
        (path, activations, self.json) = (folder + name, words, json)
        return
      }
    }
    return nil
  }

  /// Refuses Hugging Face's configuration of another model than the shapes tell of: it would run, with
  /// other features.
  ///
  /// - Throws: `ModelError.configuration`.
  func expect(_ image: ImageArchitecture, _ text: TextArchitecture?) throws(ModelError) {
    var sizes: [(tower: String, key: String, value: Double)] = [
      ("vision_config", "num_attention_heads", Double(image.heads)),
      ("vision_config", "image_size", Double(image.size)),
      ("vision_config", "layer_norm_eps", 1e-5), ("text_config", "layer_norm_eps", 1e-5),
    ]
    if let text { sizes.append(("text_config", "num_attention_heads", Double(text.heads))) }
    for (tower, key, value) in sizes {
      guard let found = json[tower]?[key]?.double, found != value else { continue }
      throw .configuration(path: path, key: "\(tower).\(key)", found: found, expected: value)
    }
  }

  /// What a configuration says: Hugging Face leaves out what has its default, quick_gelu;
  /// OpenCLIP's default is the exact form.
  static func activations(_ json: JSON) -> [String]? {
    if let model = json["model_cfg"] {
      return [model["quick_gelu"] == .bool(true) ? "quick_gelu" : "gelu"]
    }
    guard json["model_type"] == .string("clip") else { return nil }
    return ["text_config", "vision_config"].map { tower in
      guard case .string(let word) = json[tower]?["hidden_act"] ?? json["hidden_act"] else {
        return "quick_gelu"
      }
      return word
    }
  }
}

extension Activation {
  /// The activation of a file's model where something says it; nil when it would be assumed or the
  /// file is no CLIP.
  ///
  /// - Parameters:
  ///   - file: the tensors.
  ///   - path: where the file lies, for a configuration beside it.
  /// - Returns: the activation, or nil.
  public static func known(_ file: WeightFile, path: String) -> Activation? {
    guard let tensors = try? ModelTensors(file),
      let (activation, origin) = try? evidence(
        nil, file, tensors, configuration: ModelConfiguration(beside: path)),
      origin != .assumed
    else { return nil }
    return activation
  }
}
