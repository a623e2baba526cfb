// ActivationEvidence - what says which activation a file's model was trained with.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTWeights

extension Activation {
  /// The activation of a file's model, and how it is known.
  ///
  /// No tensor says it, so the evidence is the caller's choice, or else the file's metadata and the
  /// configurations beside the file, which must agree. Without any, QuickGELU is assumed: it is
  /// OpenAI's, and what both Hugging Face's `CLIPConfig` and a state dict with OpenAI's names mean
  /// unless they say more. Names of files and tensors are no evidence: OpenCLIP's models, most of
  /// them with the exact form, have the same. Commands report an assumption (docs/Formats.md).
  ///
  /// - Parameters:
  ///   - chosen: the caller's choice.
  ///   - file: for its metadata.
  ///   - configuration: what lies beside the file.
  ///   - wanted: whose layers will be computed.
  /// - Returns: the activation, and how it is known.
  /// - Throws: `ModelError.activation` when the evidence is a word that is not known, `.unreadable`
  ///   when a configuration is not JSON, or `.contradiction`.
  static func evidence(
    _ chosen: Activation?, _ file: WeightFile, configuration: ModelConfiguration?,
    for wanted: ForeignPart.Concern = .both
  ) throws(ModelError) -> (Activation, Origin) {
    if let chosen { return (chosen, .chosen) }
    if let path = configuration?.unreadable { throw .unreadable(path: path) }
    var found: [(activation: Activation, place: String)] = []
    if let stated = try inMetadata(file) { found.append((stated, "the metadata")) }
    found += try configuration?.activations(wanted) ?? []
    guard let first = found.first else { return (.quickGELU, .assumed) }
    if let other = found.first(where: { $0.activation != first.activation }) {
      throw .contradiction(
        found: first.activation.rawValue, place: first.place, other: other.activation.rawValue,
        otherPlace: other.place)
    }
    return (first.activation, .stated(first.place))
  }

  private static func inMetadata(_ file: WeightFile) throws(ModelError) -> Activation? {
    for key in ["activation", "hidden_act"] {
      guard let word = file.metadata[key] else { continue }
      guard let activation = Activation(named: word) else {
        throw .activation(found: word, place: "the metadata")
      }
      return activation
    }
    guard let word = file.metadata["quick_gelu"] else { return nil }
    guard let isQuick = ["true": true, "false": false][word.lowercased()] else {
      throw .activation(found: word, place: "the metadata")
    }
    return isQuick ? .quickGELU : .gelu
  }

  /// The activation of a file's model where something says it; nil when it would be assumed or the
  /// file is no CLIP.
  ///
  /// - Parameters:
  ///   - file: the tensors.
  ///   - path: where the file lies, for a configuration beside it.
  /// - Returns: the activation, or nil.
  package static func known(_ file: WeightFile, path: String) -> Activation? {
    guard (try? ModelTensors(file)) != nil,
      let (activation, origin) = try? evidence(
        nil, file, configuration: ModelConfiguration(beside: path)),
      origin != .assumed
    else { return nil }
    return activation
  }
}
