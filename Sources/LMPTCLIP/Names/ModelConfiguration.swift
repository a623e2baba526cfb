// ModelConfiguration - what Hugging Face's and OpenCLIP's files beside the weights say.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The configurations that lie in a weight file's folder.
///
/// A configuration that says nothing about a CLIP counts as none: it is not the file that was asked for.
/// One that is not JSON may say anything, so the model is not loaded beside it unless the activation
/// is chosen.
struct ModelConfiguration {
  /// Whose keys a file uses.
  enum Kind {
    case huggingFace
    case openCLIP
  }

  /// One tower's settings.
  struct Tower {
    /// What stands before the key in messages: `text_cfg.`, or nothing.
    let prefix: String
    let json: JSON

    /// A setting; nil when it is absent or null.
    subscript(key: String) -> JSON? {
      guard let value = json[key], !value.isNull else { return nil }
      return value
    }
  }

  /// One of the files.
  struct File {
    let path: String
    let kind: Kind
    let json: JSON
    let image: Tower?
    let text: Tower?
  }

  /// `config.json`, then `open_clip_config.json`, where they are there.
  let files: [File]
  /// The first of them, or of `tokenizer_config.json`, that is there and is not JSON.
  let unreadable: String?
  /// Where they lie.
  let folder: String
  /// The class of tokenizer that `tokenizer_config.json` names, with the file's path.
  let tokenizer: (name: String, path: String)?

  /// Reads what lies beside a weight file.
  init(beside weights: String) {
    let folder = weights.folderPrefix
    self.folder = folder
    var unreadable: String?
    func json(_ name: String) -> JSON? {
      do throws(ModelError) {
        return try ModelConfiguration.json(folder + name, upTo: 1 << 20)?.shortened
      } catch {
        unreadable = unreadable ?? folder + name
        return nil
      }
    }
    files = ["config.json", "open_clip_config.json"].compactMap { name in
      json(name).flatMap { File(folder + name, $0) }
    }
    let words = "tokenizer_config.json"
    tokenizer = json(words)?["tokenizer_class"]?.string.map { ($0, folder + words) }
    self.unreadable = unreadable
  }

  /// Hugging Face's kinds of image towers that compute as CLIP's does.
  static let imageTowers = [
    "clip_vision_model", "metaclip_2_vision_model", "chinese_clip_vision_model",
    "altclip_vision_model", "clipseg_vision_model",
  ]
  /// The same of text towers.
  static let textTowers = ["clip_text_model", "metaclip_2_text_model", "clipseg_text_model"]

  /// A file's JSON; nil when nothing is there.
  ///
  /// - Throws: `ModelError.unreadable` for what is larger, may not be read or is no JSON.
  static func json(_ path: String, upTo bytes: Int) throws(ModelError) -> JSON? {
    var limits = Limits.default
    limits.readBytes = bytes
    do {
      let file = try FileBytes(path: path, limits: limits)
      return try file.withBytes { try JSON.parse($0) }
    } catch let error as FileError where error.cause as? FileAccessError == .missing {
      return nil
    } catch {
      throw .unreadable(path: path)
    }
  }

  /// What the files say about the activation, each with its place.
  ///
  /// - Parameter wanted: whose layers matter.
  /// - Returns: a statement of each file that makes one.
  /// - Throws: `ModelError.activation` for an unknown word, or two for one model.
  func activations(
    _ wanted: ForeignPart.Concern
  ) throws(ModelError) -> [(activation: Activation, place: String)] {
    var found: [(activation: Activation, place: String)] = []
    for file in files {
      let towers = [wanted == .texts ? nil : file.image, wanted == .images ? nil : file.text]
      let words = towers.compactMap { $0.flatMap(file.activation) }
      guard !words.isEmpty else { continue }
      let activations = Set(words.map { Activation(named: $0) })
      guard activations.count == 1, let activation = activations.first ?? nil else {
        throw .activation(found: words.joined(separator: ", "), place: file.path)
      }
      found.append((activation, file.path))
    }
    return found
  }
}

extension ModelConfiguration.File {
  /// Recognises a configuration; nil when it is about no CLIP.
  fileprivate init?(_ path: String, _ json: JSON) {
    let model = json["model_cfg"] ?? json
    if model["vision_cfg"] != nil || model["text_cfg"] != nil || json["model_cfg"] != nil {
      self.init(
        path: path, kind: .openCLIP, json: model,
        image: .init(prefix: "vision_cfg.", json: model["vision_cfg"] ?? .null),
        text: .init(prefix: "text_cfg.", json: model["text_cfg"] ?? .null))
      return
    }
    func tower(_ key: String, kinds: [String], other: String) -> ModelConfiguration.Tower? {
      if case .object(var members)? = json[key] {
        // Older files keep a second copy, which goes before the first.
        for member in json[key + "_dict"]?.object?.members ?? [] {
          members[member.key] = member.value
        }
        return .init(prefix: key + ".", json: .object(members))
      }
      if let type = json["model_type"]?.string {
        guard kinds.contains(type) else {
          // An empty tower has the defaults.
          return type == "clip" ? .init(prefix: key + ".", json: .object([])) : nil
        }
      } else if json["hidden_act"] == nil && json["activation"]?.string == nil
        || json["vision_config"] != nil
        || json["text_config"] != nil || json[other] != nil
      {
        return nil
      }
      return .init(prefix: "", json: json)
    }
    let image = tower(
      "vision_config", kinds: ModelConfiguration.imageTowers, other: "vocab_size")
    let text = tower("text_config", kinds: ModelConfiguration.textTowers, other: "patch_size")
    guard image != nil || text != nil else { return nil }
    self.init(path: path, kind: .huggingFace, json: json, image: image, text: text)
  }

  /// The word for a tower's activation.
  ///
  /// OpenCLIP's default is the exact form. Hugging Face leaves out what has its default, quick_gelu
  /// for a CLIP; other models have other defaults, so that silence says nothing.
  fileprivate func activation(_ tower: ModelConfiguration.Tower) -> String? {
    switch kind {
    case .openCLIP:
      let quick = tower["quick_gelu"] ?? json["quick_gelu"]
      return quick == .bool(true) ? "quick_gelu" : "gelu"
    case .huggingFace:
      let word = tower["hidden_act"] ?? json["hidden_act"] ?? json["activation"]
      if let word { return word.string ?? word.text() }
      let type = json["model_type"]?.string ?? ""
      let isCLIP = ["clip", "metaclip_2", "chinese_clip", "altclip"].contains(where: type.hasPrefix)
      return isCLIP ? "quick_gelu" : nil
    }
  }
}

extension JSON {
  /// The same with texts of at most 1,024 bytes, so that they can be compared with words.
  ///
  /// Texts are compared as Unicode, which takes the square of the accents on one letter.
  fileprivate var shortened: JSON {
    switch self {
    case .string(let text) where text.utf8.count > 1024:
      return .string(String(decoding: text.utf8.prefix(1024), as: UTF8.self))
    case .array(let elements): return .array(elements.map(\.shortened))
    case .object(var members):
      for member in members.members { members[member.key] = member.value.shortened }
      return .object(members)
    default: return self
    }
  }
}
