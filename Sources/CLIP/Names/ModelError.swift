// ModelError - why the tensors of a file are not a CLIP model.
// SPDX-License-Identifier: Apache-2.0

import Bytes

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

  /// Stable identifier.
  public var code: String {
    switch self {
    case .notCLIP: "model.not-clip"
    case .missing: "model.missing-tensor"
    case .unexpected: "model.unexpected-tensor"
    case .duplicate: "model.duplicate-tensor"
    case .shape, .form: "model.shape"
    case .size: "model.size"
    case .activation: "model.activation"
    case .configuration: "model.configuration"
    case .setting: "model.setting"
    case .contradiction: "model.contradiction"
    case .foreign: "model.foreign-part"
    case .numberFormat: "model.number-format"
    case .shard: "model.shard"
    case .stated: "model.stated"
    case .vocabulary: "model.vocabulary"
    case .tokenizer: "model.tokenizer"
    case .token: "model.token"
    case .layout: "model.layout"
    }
  }

  /// What is wrong: the tensor's name, what was found and what was expected.
  public var message: String {
    switch self {
    case .notCLIP(let first):
      first.isEmpty
        ? "the file holds no tensors"
        : "no tensor has a name that CLIP uses (the first are \(first.joined(separator: ", ")))"
    case .missing(let name, let layout):
      "the tensor \(name) is missing (\(layout.rawValue) names)"
    case .unexpected(let name, let layout):
      "the tensor \(name) belongs to no CLIP that is known here (\(layout.rawValue) names)"
    case .duplicate(let name): "two tensors stand for \(name)"
    case .shape(let name, let found, let expected):
      "the tensor \(name) has shape \(found), expected \(expected)"
    case .form(let name, let found, let expected):
      "the tensor \(name) has shape \(found), expected \(expected)"
    case .size(let what, let found, let limit): "the \(what) is \(found), the limit is \(limit)"
    case .activation(let found, let place): "the activation in \(place) is '\(found)'"
    case .configuration(let path, let key, let found, let expected):
      "\(key) is \(found) in \(path), the tensors are read with \(expected)"
    case .setting(let part, let path, let key, let found, let expected):
      "\(part): \(key) is \(found) in \(path), computed here is \(expected)"
    case .contradiction(let found, let place, let other, let otherPlace):
      "the activation is \(found) in \(place), but \(other) in \(otherPlace)"
    case .foreign(let part, let tensor, _):
      "the file has \(part), which is not computed here (tensor \(printable(tensor)))"
    case .numberFormat(let name, let found):
      "the tensor \(name) holds \(found) numbers, weights are floating-point"
    case .shard(let missing):
      "the file is one shard of a model that was cut into several (\(missing) is not in it)"
    case .stated(let message): "\(message) (the metadata, from the file before)"
    case .vocabulary(let found):
      "the vocabulary has \(found) entries, that of CLIP's tokenizer has"
        + " \(CLIPModel.vocabularyOfTokenizer) (token_embedding)"
    case .tokenizer(let name, let key, let path):
      "the texts of this model have another tokenizer, \(printable(name)) (\(key) in \(path))"
    case .token(let id, let vocabulary):
      "the token \(id) is outside the model's vocabulary of \(vocabulary)"
    case .layout(let layout, let reason): "\(layout.rawValue) names do not fit: \(reason)"
    }
  }

  /// What to do.
  public var hint: String {
    switch self {
    case .notCLIP:
      "give a whole CLIP model with OpenAI's, Hugging Face's or OpenCLIP's names; 'lmpt inspect"
        + " FILE' lists the tensors"
    case .missing("token_embedding.weight", .authors):
      "the authors' checkpoints leave the token embedding out: give the CLIP weights that the run"
        + " started from, and this file as the prompts"
    case .missing: "the file is incomplete or not a CLIP; 'lmpt inspect FILE' lists its tensors"
    case .unexpected: "only CLIP's own transformers and residual networks can be read"
    case .duplicate: "write one model per file"
    case .shape, .form: "the file mixes models or is damaged; 'lmpt inspect FILE' lists its shapes"
    case .size: "published models end at 448 pixels"
    case .activation: "give --activation quickgelu or --activation gelu"
    case .configuration, .setting:
      "such a model cannot be computed here; if the configuration is another model's, move it away"
    case .contradiction:
      "give --activation quickgelu or --activation gelu, or move the wrong configuration away"
    case .foreign(_, _, imagesAreFine: true): "its images can be encoded, its texts cannot"
    case .foreign: "only CLIP's own transformers and residual networks can be read"
    case .stated: "such a model cannot be computed here"
    case .numberFormat: "give the weights before they were quantised"
    case .shard: "give the model's .safetensors.index.json, with all shards beside it"
    case .vocabulary, .tokenizer:
      "its images can be encoded, words only for models with CLIP's own vocabulary"
    case .token: "the tokenizer's vocabulary has 49408 tokens; use a model that was trained with it"
    case .layout: "choose --layout openai"
    }
  }
}
