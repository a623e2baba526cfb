// LayoutWriting - a model's tensors under another project's names.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import LMPTWeights

extension ModelTensors {
  /// The model's tensors under the names of a layout, in their stored number formats.
  ///
  /// - Parameter target: OpenAI's, OpenCLIP's (the same names) or Hugging Face's.
  /// - Returns: the arrays, ready to be written.
  /// - Throws: `ModelError` when the file is no whole CLIP, or `.layout` when the target has no
  ///   names for it: Hugging Face has none for residual networks.
  package func arrays(in target: WeightLayout) throws(ModelError) -> [NamedArray] {
    guard target != .authors else {
      throw .layout(target, reason: "their checkpoints hold tuned prompts, which this file has not")
    }
    try expectNoForeignPart(.both)
    let architecture = try Architecture(self)
    try expectOnly(architecture)
    if case .resNet = architecture.image.kind, target == .huggingFace {
      throw .layout(target, reason: "CLIPModel has no residual networks")
    }
    var arrays: [NamedArray] = []
    for name in CanonicalNames.all(architecture) {
      let names = target == .huggingFace ? HuggingFaceNames.names(of: name) ?? [name] : [name]
      let transpose = target == .huggingFace && HuggingFaceNames.isTransposed(name)
      arrays += try array(name, as: names, transposed: transpose)
    }
    return arrays
  }

  /// One canonical tensor, whole or cut into equal rows under several names.
  private func array(
    _ name: String, as names: [String], transposed: Bool
  ) throws(ModelError) -> [NamedArray] {
    switch source(name) {
    case .stored(let tensor) where names.count == 1 && !transposed:
      return [NamedArray(tensor, name: names[0])]
    case .transposed(let tensor) where names.count == 1 && transposed:
      return [NamedArray(tensor, name: names[0])]
    case .joined(let parts) where names.count == parts.count:
      return zip(parts, names).map { NamedArray($0, name: $1) }
    default:
      let value = try tensor(name, try shape(name))
      let turned = transposed ? value.transposed : value
      let rows = (turned.shape.first ?? 0) / names.count
      let format = format(of: name)
      return names.enumerated().map { index, name in
        let part = names.count == 1 ? turned : turned.slice(index * rows..<(index + 1) * rows)
        return NamedArray(name, floats: part.values, shape: part.shape, as: format)
      }
    }
  }

  /// The number format of a canonical tensor's first part; single precision for integers.
  private func format(of name: String) -> DType {
    let stored: DType? =
      switch source(name) {
      case .stored(let tensor), .transposed(let tensor): tensor.dtype
      case .joined(let parts): parts.first?.dtype
      case nil: nil
      }
    return stored.map { $0.isFloatingPoint ? $0 : .f32 } ?? .f32
  }

  /// The file's tensors that the model is made of, with their canonical names, in order of these.
  var storedTensors: [(name: String, tensor: StoredTensor)] {
    names.sorted().flatMap { name -> [(name: String, tensor: StoredTensor)] in
      switch source(name) {
      case .stored(let tensor), .transposed(let tensor): [(name, tensor)]
      case .joined(let parts): parts.map { (name, $0) }
      case nil: []
      }
    }
  }
}
