// ImageEncoder - the image tower, whichever family a file holds.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors
import LMPTWeights

/// CLIP's image tower; frozen, so it runs without a tape.
public enum ImageEncoder: Sendable {
  /// Patches and attention.
  case transformer(VisionTransformer)
  /// A residual network with attention pooling.
  case resNet(ModifiedResNet)

  /// The sizes.
  public var architecture: ImageArchitecture {
    switch self {
    case .transformer(let tower): tower.architecture
    case .resNet(let tower): tower.architecture
    }
  }

  /// The features of images, unnormalised.
  ///
  /// - Parameter images: preprocessed pixels, shape [N, 3, S, S] with the model's S.
  /// - Returns: shape [N, E].
  public func callAsFunction(_ images: Tensor) -> Tensor {
    inGroups(images, width: [architecture.embedding]) { group in
      switch self {
      case .transformer(let tower): tower(group)
      case .resNet(let tower): tower(group)
      }
    }
  }

  /// The features of every place of the image, for methods that pool in their own way.
  ///
  /// Position 0 is the class token (transformer) or the mean (residual network, whose attention
  /// pooling is replaced by its value and output projections at every position), then the places
  /// of the grid row by row.
  ///
  /// - Parameters:
  ///   - images: preprocessed pixels, shape [N, 3, S, S].
  ///   - positions: whether a residual network's pooling adds its positional embedding; a
  ///     transformer always has it.
  /// - Returns: shape [N, 1 + P, E], unnormalised.
  public func spatialFeatures(
    _ images: Tensor, positions: ModifiedResNet.Positions = .added
  ) -> Tensor {
    let places = positionCount
    return inGroups(images, width: [places, architecture.embedding]) { group in
      switch self {
      case .transformer(let tower): tower.spatialFeatures(group)
      case .resNet(let tower): tower.spatialFeatures(group, positions: positions)
      }
    }
  }

  /// 1 + P, the number of places that `spatialFeatures` gives.
  package var positionCount: Int {
    let grid: Int
    switch architecture.kind {
    case .visionTransformer(let patch, _): grid = architecture.size / patch
    case .resNet: grid = architecture.size / 32
    }
    return 1 + grid * grid
  }

  /// Images go through in groups, so that memory does not grow with their number.
  private func inGroups(
    _ images: Tensor, width: [Int], _ body: (Tensor) -> Tensor
  ) -> Tensor {
    architecture.requireInput(images)
    let count = images.shape[0]
    guard count > 0 else { return Tensor(shape: [0] + width) { _ in } }
    let group = max(1, 4096 / positionCount)
    guard count > group else { return body(images.detached) }
    return concatenate(
      stride(from: 0, to: count, by: group).map {
        body(images.detached.slice($0..<min($0 + group, count)))
      })
  }
}

extension ImageEncoder {
  /// An image tower that was opened without its text tower.
  package struct Opened: Sendable {
    /// The tower.
    package let encoder: ImageEncoder
    /// The nonlinearity of its layers.
    package let activation: Activation
    /// How the activation is known.
    package let origin: Activation.Origin
    /// Why the texts of the same file would be refused, where that does not touch its images.
    package let textRefusal: ModelError?
    /// The tensors of the file, those of the texts among them.
    let tensors: ModelTensors

    /// The identity of the weights: that of the whole model (`CLIPModel.fingerprint`).
    package var fingerprint: String { tensors.fingerprint(activation) }
  }

  /// Opens a file and builds its image tower alone.
  ///
  /// The text tower may be incomplete, as in the checkpoints of the paper's code, or be none of
  /// CLIP's.
  ///
  /// - Parameters:
  ///   - path: a `.pt` archive, a `.safetensors` file or its `.index.json`.
  ///   - activation: the nonlinearity, if the caller knows it.
  /// - Returns: the tower, the activation, how it is known, and what is wrong with the text tower.
  /// - Throws: `FileError` around the reader's error or `ModelError`.
  package static func load(path: String, activation: Activation? = nil) throws -> Opened {
    try load(try WeightFile.read(path), path: path, activation: activation)
  }

  /// Builds the image tower of a file that is open already; `path` is where it lies.
  ///
  /// - Throws: `FileError` around `ModelError`.
  package static func load(
    _ file: WeightFile, path: String, activation: Activation? = nil
  ) throws -> Opened {
    try inFile(path) {
      try namingShards(path) { () throws(ModelError) in
        try open(file, ModelConfiguration(beside: path), activation)
      }
    }
  }

  private static func open(
    _ file: WeightFile, _ configuration: ModelConfiguration, _ activation: Activation?
  ) throws(ModelError) -> Opened {
    let tensors = try ModelTensors(file)
    try tensors.expectNoForeignPart(.images)
    let architecture = try ImageArchitecture(tensors)
    try StatedDifference.images.check(file)
    try configuration.expect(architecture)
    let (activation, origin) = try Activation.evidence(
      activation, file, configuration: configuration, for: .images)
    let known = Set(CanonicalNames.image(architecture))
    for name in tensors.names where name.hasPrefix("visual") || name.hasPrefix("vision") {
      guard known.contains(name) else {
        throw ModelError.unexpected(name: tensors.fileName(name), layout: tensors.layout)
      }
    }
    let encoder = try ImageEncoder(tensors, architecture, activation: activation)
    var refusal: ModelError?
    do throws(ModelError) {
      try tensors.expectNoForeignPart(.texts)
      try StatedDifference.texts.check(file)
      try configuration.expect(nil as TextArchitecture?)
    } catch {
      refusal = error
    }
    return Opened(
      encoder: encoder, activation: activation, origin: origin, textRefusal: refusal,
      tensors: tensors)
  }

  /// Reads the image tower's tensors.
  init(
    _ tensors: ModelTensors, _ architecture: ImageArchitecture, activation: Activation
  ) throws(ModelError) {
    switch architecture.kind {
    case .visionTransformer(let patch, let layers):
      self = .transformer(
        try VisionTransformer(
          tensors, architecture, patch: patch, layers: layers, activation: activation))
    case .resNet(let blocks):
      self = .resNet(try ModifiedResNet(tensors, architecture, blocks: blocks))
    }
  }
}
