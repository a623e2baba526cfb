// Encoding - pictures and sentences to features, each through what belongs to the model.
// SPDX-License-Identifier: Apache-2.0

import LMPTImaging
import LMPTTensors

extension CLIPModel {
  /// The features of pictures, unnormalised, each preprocessed by the model's recipe.
  ///
  /// - Parameter pictures: N decoded pictures of any size; all are encoded at once.
  /// - Returns: shape [N, E].
  public func encode(_ pictures: [RGBImage]) -> Tensor { encode(pixels: pixels(of: pictures)) }

  /// The features of texts, unnormalised.
  ///
  /// - Parameter texts: N texts, tokenised as CLIP does.
  /// - Returns: shape [N, E].
  /// - Throws: `TokenizerError.tooLong`, or `ModelError` where the model reads other words.
  public func encode(_ texts: [String]) throws -> Tensor {
    try checkVocabulary()
    let tokenizer = try Tokenizer.clip()
    return encode(
      tokens: try texts.map {
        try tokenizer.tokenize($0, contextLength: architecture.contextLength)
      })
  }

  /// Pictures as the image tower takes them, by the model's recipe.
  ///
  /// - Parameter pictures: N decoded pictures of any size.
  /// - Returns: shape [N, 3, S, S].
  public func pixels(of pictures: [RGBImage]) -> Tensor {
    let size = architecture.imageSize
    let floats = 3 * size * size
    let recipe = preprocessing
    return Tensor(shape: [pictures.count, 3, size, size]) { out in
      // safety: each task writes its own rows of `out`.
      nonisolated(unsafe) let out = out
      parallel(pictures.count) { i in
        recipe.input(pictures[i].resized(to: size, as: recipe)).withUnsafeBufferPointer {
          if let base = $0.baseAddress { (out + i * floats).update(from: base, count: floats) }
        }
      }
    }
  }

  /// The features of pictures, computed on a thread of its own, so that other tasks go on.
  public func encode(_ pictures: [RGBImage]) async throws -> Tensor {
    try await onOwnThread { encode(pictures) }
  }

  /// The features of texts, computed on a thread of its own, so that other tasks go on.
  public func encode(_ texts: [String]) async throws -> Tensor {
    try await onOwnThread { try encode(texts) }
  }

  /// Opens a file and builds its model on a thread of its own, so that other tasks go on.
  public static func load(path: String, activation: Activation? = nil) async throws -> CLIPModel {
    try await onOwnThread { try load(path: path, activation: activation) }
  }
}
