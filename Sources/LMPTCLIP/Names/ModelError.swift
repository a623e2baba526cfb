// ModelError - why the tensors of a file are not a CLIP model.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What can be wrong between a readable weight file and a model.
public enum ModelError: DiagnosticError, Equatable {
  /// No tensor has a name that CLIP uses.
  case notCLIP(first: [String])
  /// A tensor that the model needs is not there.
  case missing(name: String, layout: WeightLayout)
  /// A tensor that changes the model's features and that this program does not know.
  case unexpected(name: String, layout: WeightLayout)
  /// Two tensors have one name once wrappers such as `module.` are taken off.
  case duplicate(name: String)
  /// A tensor's shape contradicts the rest of the model.
  case shape(name: String, found: [Int], expected: [Int])
  /// A tensor's shape is none that this tensor can have.
  case form(name: String, found: [Int], expected: String)
  /// Sizes beyond what any CLIP has.
  case size(what: String, found: Int, limit: Int)
  /// The activation's name is unknown.
  case activation(found: String, place: String)
  /// The configuration beside the file describes another model than the file's shapes.
  case configuration(path: String, key: String, found: String, expected: String)
  /// The configuration beside the file names a part that is not computed here.
  case setting(part: String, path: String, key: String, found: String, expected: String)
  /// A configuration beside the file is not JSON, so that nobody knows what it says.
  case unreadable(path: String)
  /// Two places name different activations.
  case contradiction(found: String, place: String, other: String, otherPlace: String)
  /// A part of another model, told by a tensor's name.
  case foreign(part: String, tensor: String, imagesAreFine: Bool)
  /// A tensor of the model holds integers.
  case numberFormat(name: String, found: String)
  /// One of several files that a model was cut into, without the rest.
  case shard(missing: String)
  /// The metadata repeat what was wrong with the file that this one was converted from.
  case stated(String)
  /// Words for a model whose vocabulary is not that of CLIP's tokenizer.
  case vocabulary(found: Int)
  /// Words for a model that was trained with another tokenizer.
  case tokenizer(name: String, key: String, path: String)
  /// A token id outside the model's vocabulary.
  case token(id: Int, vocabulary: Int)
  /// A layout that cannot hold this model.
  case layout(WeightLayout, reason: String)

  /// Code, what is wrong and where, and what to do.
  public var diagnostic: Diagnostic {
    switch self {
    case .notCLIP(let first):
      Diagnostic(
        "model.not-clip",
        first.isEmpty
          ? "the file holds no tensors"
          : "no tensor has a name that CLIP uses (the first are \(first.joined(separator: ", ")))",
        hint:
          "give a whole CLIP model with OpenAI's, Hugging Face's or OpenCLIP's names")
    case .missing(let name, let layout):
      Diagnostic(
        "model.missing-tensor", "the tensor \(name) is missing (\(layout.rawValue) names)",
        hint: name == "token_embedding.weight" && layout == .authors
          ? "the authors' checkpoints leave the token embedding out: give the CLIP weights that the"
            + " run started from, and this file as the prompts"
          : "the file is incomplete or not a CLIP")
    case .unexpected(let name, let layout):
      Diagnostic(
        "model.unexpected-tensor",
        "the tensor \(name) belongs to no CLIP that is known here (\(layout.rawValue) names)",
        hint: "only CLIP's own transformers and residual networks can be read")
    case .duplicate(let name):
      Diagnostic(
        "model.duplicate-tensor", "two tensors stand for \(name)", hint: "write one model per file")
    case .shape(let name, let found, let expected):
      Diagnostic(
        "model.shape", "the tensor \(name) has shape \(found), expected \(expected)",
        hint: "the file mixes models or is damaged")
    case .form(let name, let found, let expected):
      Diagnostic(
        "model.shape", "the tensor \(name) has shape \(found), expected \(expected)",
        hint: "the file mixes models or is damaged")
    case .size(let what, let found, let limit):
      Diagnostic(
        "model.size", "the \(what) is \(found), the limit is \(limit)",
        hint: "published models end at 448 pixels")
    case .activation(let found, let place):
      Diagnostic(
        "model.activation", "the activation in \(place) is '\(found)'",
        hint: "say which it is, .quickGELU or .gelu")
    case .configuration(let path, let key, let found, let expected):
      Diagnostic(
        "model.configuration",
        "\(key) is \(found) in \(path), the tensors are read with \(expected)",
        hint:
          "such a model cannot be computed here; if the configuration is another model's, move it away"
      )
    case .setting(let part, let path, let key, let found, let expected):
      Diagnostic(
        "model.setting", "\(part): \(key) is \(found) in \(path), computed here is \(expected)",
        hint:
          "such a model cannot be computed here; if the configuration is another model's, move it away"
      )
    case .unreadable(let path):
      Diagnostic(
        "model.unreadable-configuration",
        "the configuration \(path) is not JSON, or too large for one",
        hint: "download it again or move it away; or say the activation, .quickGELU or .gelu")
    case .contradiction(let found, let place, let other, let otherPlace):
      Diagnostic(
        "model.contradiction",
        "the activation is \(found) in \(place), but \(other) in \(otherPlace)",
        hint: "say which it is, .quickGELU or .gelu, or move the wrong configuration away")
    case .foreign(let part, let tensor, let imagesAreFine):
      Diagnostic(
        "model.foreign-part",
        "the file has \(part), which is not computed here (tensor \(printable(tensor)))",
        hint: imagesAreFine
          ? "its images can be encoded, its texts cannot"
          : "only CLIP's own transformers and residual networks can be read")
    case .numberFormat(let name, let found):
      Diagnostic(
        "model.number-format",
        "the tensor \(name) holds \(found) numbers, weights are floating-point",
        hint: "give the weights before they were quantised")
    case .shard(let missing):
      Diagnostic(
        "model.shard",
        "the file is one shard of a model that was cut into several (\(missing) is not in it)",
        hint: "give the model's .safetensors.index.json, with all shards beside it")
    case .stated(let message):
      Diagnostic(
        "model.stated", "\(message) (the metadata, from the file before)",
        hint: "such a model cannot be computed here")
    case .vocabulary(let found):
      Diagnostic(
        "model.vocabulary",
        "the vocabulary has \(found) entries, that of CLIP's tokenizer has"
          + " \(TextArchitecture.vocabularyOfTokenizer) (token_embedding)",
        hint: "its images can be encoded, words only for models with CLIP's own vocabulary")
    case .tokenizer(let name, let key, let path):
      Diagnostic(
        "model.tokenizer",
        "the texts of this model have another tokenizer, \(printable(name)) (\(key) in \(path))",
        hint: "its images can be encoded, words only for models with CLIP's own vocabulary")
    case .token(let id, let vocabulary):
      Diagnostic(
        "model.token", "the token \(id) is outside the model's vocabulary of \(vocabulary)",
        hint: "the tokenizer's vocabulary has 49408 tokens; use a model that was trained with it")
    case .layout(let layout, let reason):
      Diagnostic(
        "model.layout", "\(layout.rawValue) names do not fit: \(reason)",
        hint: "choose the layout .openAI")
    }
  }
}
