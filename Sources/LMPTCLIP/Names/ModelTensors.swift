// ModelTensors - a file's tensors under OpenAI's names, whatever names the file uses.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors
import LMPTWeights

/// The tensors of a CLIP file under OpenAI's names.
///
/// Nothing is converted before a tower asks for it; float32 that lies in the file as it is needed
/// is used where it lies.
package struct ModelTensors: Sendable {
  /// What a canonical tensor is made of.
  enum Source: Sendable {
    case stored(StoredTensor)
    /// A matrix stored as its transpose.
    case transposed(StoredTensor)
    /// Rows stored as separate matrices: queries, keys, values.
    case joined([StoredTensor])
  }

  /// Whose names the file uses.
  package let layout: WeightLayout
  /// The canonical names, in the file's order.
  package let names: [String]
  /// Tensors that are not the model's, under their names without wrappers: tuned prompts.
  package let others: [StoredTensor]
  /// The names of all tensors, without wrappers.
  private let allNames: [String]
  private let sources: [String: Source]

  /// Sorts a file's tensors by OpenAI's names.
  ///
  /// - Throws: `ModelError.notCLIP` when no name is CLIP's, `.duplicate`, or `.missing` when a
  ///   query, key or value matrix stands alone.
  package init(_ file: WeightFile) throws(ModelError) {
    let tensors = file.tensors.map { $0.renamed(WeightLayout.unwrapped($0.name)) }
    allNames = tensors.map(\.name)
    guard let layout = WeightLayout(names: allNames) else {
      if let part = ForeignPart.first(in: allNames, for: .both) { throw part.error }
      throw .notCLIP(first: file.tensors.prefix(3).map(\.name))
    }
    self.layout = layout
    var (names, others): ([String], [StoredTensor]) = ([], [])
    var sources: [String: Source] = [:]
    var parts: [String: [StoredTensor?]] = [:]
    for tensor in tensors where !WeightLayout.isIgnored(tensor.name) {
      if layout == .huggingFace, let (name, index) = HuggingFaceNames.attentionPart(tensor.name) {
        if parts[name] == nil { names.append(name) }
        guard parts[name, default: [nil, nil, nil]][index] == nil else {
          throw .duplicate(name: tensor.name)
        }
        parts[name, default: [nil, nil, nil]][index] = tensor
        continue
      }
      guard let name = ModelTensors.canonical(tensor.name, layout) else {
        others.append(tensor)
        continue
      }
      guard sources[name] == nil else { throw .duplicate(name: name) }
      names.append(name)
      sources[name] =
        layout == .huggingFace && HuggingFaceNames.isTransposed(name)
        ? .transposed(tensor) : .stored(tensor)
    }
    for (name, three) in parts {
      let present = three.compactMap { $0 }
      guard present.count == 3 else {
        let missing = HuggingFaceNames.names(of: name)?[three.firstIndex { $0 == nil } ?? 0]
        throw .missing(name: missing ?? name, layout: layout)
      }
      sources[name] = .joined(present)
    }
    (self.names, self.others, self.sources) = (names, others, sources)
  }

  /// OpenAI's name of a tensor of the model; nil for a tensor that belongs to something else.
  private static func canonical(_ name: String, _ layout: WeightLayout) -> String? {
    switch layout {
    case .huggingFace:
      if let known = HuggingFaceNames.canonical(name) { return known }
      // Unknown tensors inside a tower keep their name and are refused with it later.
      return name.hasPrefix("vision_model.") || name.hasPrefix("text_model.")
        || name.hasPrefix("text_projection.") || name.hasPrefix("visual_projection.") ? name : nil
    case .authors:
      if name.hasPrefix("image_encoder.") { return "visual." + name.dropFirst(14) }
      if name.hasPrefix("text_encoder.") { return String(name.dropFirst(13)) }
      return name == "logit_scale" ? name : nil
    case .openAI, .openCLIP:
      let bare = name.hasPrefix("text.") ? String(name.dropFirst(5)) : name
      let isModel =
        bare.hasPrefix("visual.") || bare.hasPrefix("transformer.")
        || bare.hasPrefix("token_embedding") || bare.hasPrefix("ln_final.")
        || bare.hasPrefix("positional_embedding") || bare.hasPrefix("text_projection")
        || bare == "logit_scale" || bare != name
      return isModel ? bare : nil
    }
  }

  /// Refuses a file with a part of another model that the wanted features would need.
  ///
  /// - Throws: `ModelError.foreign`.
  func expectNoForeignPart(_ wanted: ForeignPart.Concern) throws(ModelError) {
    if let part = ForeignPart.first(in: allNames, for: wanted) { throw part.error }
  }

  /// What a canonical tensor is made of.
  func source(_ name: String) -> Source? { sources[name] }

  /// Whether the file has the tensor.
  func has(_ name: String) -> Bool { sources[name] != nil }

  /// The canonical shape of a tensor.
  ///
  /// - Throws: `ModelError.missing`, or `.shape` when joined parts do not fit together.
  func shape(_ name: String) throws(ModelError) -> [Int] {
    switch sources[name] {
    case .stored(let tensor): return tensor.shape
    case .transposed(let tensor): return tensor.shape.reversed()
    case .joined(let parts):
      for part in parts where part.shape != parts[0].shape || part.shape.isEmpty {
        throw .shape(name: part.name, found: part.shape, expected: parts[0].shape)
      }
      let (rows, overflow) = parts[0].shape[0].multipliedReportingOverflow(by: parts.count)
      guard !overflow else { throw .size(what: parts[0].name, found: .max, limit: .max) }
      return [rows] + parts[0].shape.dropFirst()
    case nil: throw .missing(name: fileName(name), layout: layout)
    }
  }

  /// The name that the file's layout has for a canonical tensor, for messages.
  func fileName(_ canonical: String) -> String {
    switch layout {
    case .huggingFace: return HuggingFaceNames.names(of: canonical)?[0] ?? canonical
    case .authors where canonical.hasPrefix("visual."):
      return "image_encoder." + canonical.dropFirst(7)
    case .authors where canonical != "logit_scale" && canonical != "token_embedding.weight":
      return "text_encoder." + canonical
    case .authors, .openAI, .openCLIP: return canonical
    }
  }

  /// A canonical tensor of a known shape.
  ///
  /// - Throws: `ModelError.missing`, or `.shape` with the found and the expected shape.
  func tensor(_ name: String, _ expected: [Int]) throws(ModelError) -> Tensor {
    let found = try shape(name)
    guard found == expected else {
      throw .shape(name: fileName(name), found: found, expected: expected)
    }
    switch sources[name] {
    case .stored(let tensor): return try ModelTensors.tensor(tensor)
    case .transposed(let tensor): return try ModelTensors.tensor(tensor).transposed
    case .joined(let parts):
      for part in parts where !part.dtype.isFloatingPoint {
        throw .numberFormat(name: part.name, found: part.dtype.rawValue)
      }
      return ModelTensors.tensor(parts, shape: found)
    case nil: throw .missing(name: fileName(name), layout: layout)
    }
  }

  /// A matrix with rows and columns exchanged: [n, k] from [k, n], for a product x P.
  func transposed(_ name: String, _ expected: [Int]) throws(ModelError) -> Tensor {
    let found = try shape(name)
    guard found == expected else {
      throw .shape(name: fileName(name), found: found, expected: expected)
    }
    if case .transposed(let tensor) = sources[name] { return try ModelTensors.tensor(tensor) }
    return try tensor(name, expected).transposed
  }

  /// A stored tensor as single precision, in place where it can stay.
  ///
  /// - Throws: `ModelError.numberFormat` for integers: quantised weights need their scales.
  private static func tensor(_ stored: StoredTensor) throws(ModelError) -> Tensor {
    guard stored.dtype.isFloatingPoint else {
      throw .numberFormat(name: stored.name, found: stored.dtype.rawValue)
    }
    if let (base, owner) = stored.contiguousFloats {
      return Tensor(borrowing: base, shape: stored.shape, owner: owner)
    }
    return tensor([stored], shape: stored.shape)
  }

  /// Rows of several stored tensors as single precision.
  ///
  /// Matrices stay as they are stored until they are packed: widened ones would stand beside their
  /// packed forms for nothing.
  private static func tensor(_ parts: [StoredTensor], shape: [Int]) -> Tensor {
    let values = DeferredValues(
      fill: { out in
        var place = out
        for part in parts {
          part.copyFloats(into: UnsafeMutableBufferPointer(start: place, count: part.count))
          place += part.count
        }
      }, giveBack: { for part in parts { part.giveBack() } })
    return Tensor(deferring: values, shape: shape)
  }
}

/// A weight file can be read again, so what was packed need not stay in memory.
extension MappedFile: RereadableMemory {}
