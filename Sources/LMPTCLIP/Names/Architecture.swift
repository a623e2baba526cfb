// Architecture - the sizes of a CLIP model, read from the shapes of its tensors alone.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// The sizes of a CLIP model.
public struct Architecture: Sendable, Equatable {
  /// The image tower.
  public let image: ImageArchitecture
  /// The text tower.
  public let text: TextArchitecture

  /// Side of the square input in pixels.
  public var imageSize: Int { image.size }
  /// E, the width of the joint space.
  public var embedding: Int { image.embedding }
  /// T, the number of text positions; 77 in every published model.
  public var contextLength: Int { text.contextLength }
  /// Number of token ids.
  public var vocabulary: Int { text.vocabulary }

  /// The published model with these sizes, such as `ViT-B/16`.
  public var name: String? {
    let wide = text.width == 512 && text.layers == 12
    switch (image.kind, image.width, image.size) {
    case (.visionTransformer(32, 12), 768, 224) where wide: return "ViT-B/32"
    case (.visionTransformer(16, 12), 768, 224) where wide: return "ViT-B/16"
    case (.visionTransformer(14, 24), 1024, 224) where text.width == 768: return "ViT-L/14"
    case (.visionTransformer(14, 24), 1024, 336) where text.width == 768: return "ViT-L/14@336px"
    case (.resNet([3, 4, 6, 3]), 64, 224): return "RN50"
    case (.resNet([3, 4, 23, 3]), 64, 224): return "RN101"
    case (.resNet([4, 6, 10, 6]), 80, 288): return "RN50x4"
    case (.resNet([6, 8, 18, 8]), 96, 384): return "RN50x16"
    case (.resNet([3, 15, 36, 10]), 128, 448): return "RN50x64"
    default: return nil
    }
  }

  /// The published name, or what the model is made of.
  public var title: String {
    if let name { return name }
    return switch image.kind {
    case .visionTransformer(let patch, let layers):
      "a vision transformer of \(layers) layers, \(image.width) wide, "
        + "with patches of \(patch) in \(image.size) pixels"
    case .resNet(let blocks):
      "a residual network of \(blocks.map(String.init).joined(separator: "-")) blocks, "
        + "\(image.width) wide, for \(image.size) pixels"
    }
  }
}

/// The sizes of an image tower.
public struct ImageArchitecture: Sendable, Equatable {
  /// The family of an image tower.
  public enum Kind: Sendable, Equatable {
    /// Square patches of `patch` pixels and `layers` attention blocks.
    case visionTransformer(patch: Int, layers: Int)
    /// Bottleneck blocks in each of four stages.
    case resNet(blocks: [Int])
  }

  /// The family, with its depth.
  public let kind: Kind
  /// Side of the square input in pixels.
  public let size: Int
  /// Width of the transformer, or of the first residual stage.
  public let width: Int
  /// Attention heads: of every block, or of the attention pooling.
  public let heads: Int
  /// E, the width of the joint space.
  public let embedding: Int

  /// Largest input side that is accepted, in pixels; published models end at 448.
  static let largestSize = 2048

  /// Ends the program unless these are images for this tower.
  func requireInput(_ images: Tensor) {
    require(
      images.rank == 4 && images.shape[1...] == [3, size, size],
      "images of shape \(images.shape), the model takes [N, 3, \(size), \(size)]")
  }
}

/// The sizes of a text tower.
public struct TextArchitecture: Sendable, Equatable {
  /// Entries of the vocabulary of CLIP's tokenizer.
  static let vocabularyOfTokenizer = 49_408

  /// T, the number of positions.
  public let contextLength: Int
  /// Number of token ids.
  public let vocabulary: Int
  /// D, the width.
  public let width: Int
  /// Attention heads.
  public let heads: Int
  /// Attention blocks.
  public let layers: Int
  /// E, the width of the joint space.
  public let embedding: Int
}

extension Architecture {
  /// Reads the sizes from a model's shapes.
  ///
  /// - Throws: `ModelError` naming the tensor and the shapes when they contradict each other.
  package init(_ tensors: ModelTensors) throws(ModelError) {
    image = try ImageArchitecture(tensors)
    text = try TextArchitecture(tensors)
    guard image.embedding == text.embedding else {
      throw .shape(
        name: tensors.fileName("text_projection"), found: [text.width, text.embedding],
        expected: [text.width, image.embedding])
    }
  }
}

extension ImageArchitecture {
  /// Reads the image tower's sizes.
  init(_ tensors: ModelTensors) throws(ModelError) {
    self =
      tensors.has("visual.layer1.0.conv1.weight")
      ? try .resNet(tensors) : try .visionTransformer(tensors)
  }

  private static func visionTransformer(_ tensors: ModelTensors) throws(ModelError) -> Self {
    let projection = try tensors.form("visual.proj", rank: 2)  // [W, E]
    let (width, embedding) = (projection[0], projection[1])
    let patches = try tensors.form("visual.conv1.weight", rank: 4)  // [W, 3, P, P]
    guard patches == [width, 3, patches[2], patches[2]] else {
      throw .shape(
        name: tensors.fileName("visual.conv1.weight"), found: patches,
        expected: [width, 3, patches[2], patches[2]])
    }
    let grid = try tensors.grid("visual.positional_embedding", width: width)
    return ImageArchitecture(
      kind: .visionTransformer(
        patch: patches[2], layers: try tensors.layers("visual.transformer.resblocks")),
      size: try size(patches[2], times: grid), width: width,
      heads: try tensors.heads("visual.proj", width, size: headSize(width)),
      embedding: embedding)
  }

  private static func resNet(_ tensors: ModelTensors) throws(ModelError) -> Self {
    let width = try tensors.form("visual.layer1.0.conv1.weight", rank: 4)[0]
    let features = try tensors.form("visual.attnpool.c_proj.weight", rank: 2)  // [E, 32 W]
    guard features[1] == 32 * width else {
      throw .shape(
        name: tensors.fileName("visual.attnpool.c_proj.weight"), found: features,
        expected: [features[0], 32 * width])
    }
    let grid = try tensors.grid("visual.attnpool.positional_embedding", width: 32 * width)
    var blocks: [Int] = []
    for stage in 1...4 {
      blocks.append(
        try tensors.count("visual.layer\(stage)", "conv1.weight", largest: 1024))
    }
    return ImageArchitecture(
      kind: .resNet(blocks: blocks), size: try size(32, times: grid), width: width,
      heads: try tensors.heads("visual.attnpool.c_proj.weight", 32 * width, size: 64),
      embedding: features[0])
  }

  private static func size(_ patch: Int, times grid: Int) throws(ModelError) -> Int {
    let (size, overflow) = patch.multipliedReportingOverflow(by: grid)
    guard !overflow, size <= largestSize else {
      throw .size(what: "image size", found: overflow ? .max : size, limit: largestSize)
    }
    return size
  }

  /// Elements of a head.
  ///
  /// OpenAI's rule is 64; OpenCLIP's three largest image towers differ, and OpenAI publishes
  /// nothing of their widths (open_clip/model_configs: ViT-H, ViT-g, ViT-bigG).
  private static func headSize(_ width: Int) -> Int {
    switch width {
    case 1280: 80
    case 1408: 88
    case 1664: 104
    default: 64
    }
  }
}

extension TextArchitecture {
  /// Reads the text tower's sizes.
  init(_ tensors: ModelTensors) throws(ModelError) {
    let projection = try tensors.form("text_projection", rank: 2)  // [D, E]
    let positions = try tensors.form("positional_embedding", rank: 2)  // [T, D]
    let tokens = try tensors.form("token_embedding.weight", rank: 2)  // [V, D]
    width = projection[0]
    embedding = projection[1]
    guard positions[0] >= 2 else {
      throw .form(
        name: tensors.fileName("positional_embedding"), found: positions,
        expected: "at least 2 rows, for the start and the end of a text")
    }
    contextLength = positions[0]
    vocabulary = tokens[0]
    heads = try tensors.heads("text_projection", width, size: 64)
    layers = try tensors.layers("transformer.resblocks")
  }
}

extension ModelTensors {
  /// A shape of a given rank without a zero.
  func form(_ name: String, rank: Int) throws(ModelError) -> [Int] {
    let found = try shape(name)
    guard found.count == rank, !found.contains(0) else {
      throw .form(
        name: fileName(name), found: found, expected: "\(rank) dimensions, none of them 0")
    }
    return found
  }

  /// The side of the square grid of positions, from a shape [grid^2 + 1, width].
  fileprivate func grid(_ name: String, width: Int) throws(ModelError) -> Int {
    let found = try form(name, rank: 2)
    let grid = Int(Double(found[0] - 1).squareRoot())
    guard grid > 0, grid * grid + 1 == found[0], found[1] == width else {
      throw .form(
        name: fileName(name), found: found, expected: "[1 + a square number, \(width)]")
    }
    return grid
  }

  /// The number of heads: width / 64, as the original rounds it.
  fileprivate func heads(_ name: String, _ width: Int, size: Int) throws(ModelError) -> Int {
    let heads = width / size
    guard heads > 0, width % heads == 0 else {
      throw .form(
        name: fileName(name), found: try shape(name),
        expected: "a width that \(size)-element heads divide, not \(width)")
    }
    return heads
  }

  /// The number of attention blocks below a prefix.
  fileprivate func layers(_ prefix: String) throws(ModelError) -> Int {
    try count(prefix, "attn.in_proj_weight", largest: 1024)
  }

  /// The number of consecutive `prefix.i.suffix` from i = 0; at least one.
  fileprivate func count(
    _ prefix: String, _ suffix: String, largest: Int
  ) throws(ModelError) -> Int {
    var count = 0
    while count < largest, has("\(prefix).\(count).\(suffix)") { count += 1 }
    guard count > 0 else {
      throw .missing(name: fileName("\(prefix).0.\(suffix)"), layout: layout)
    }
    return count
  }
}
