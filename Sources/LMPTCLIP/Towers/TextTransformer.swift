// TextTransformer - CLIP's causal text tower, from token embeddings to features.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// CLIP's text tower with frozen parameters (arXiv 2103.00020).
///
/// It takes embeddings, not token ids, because prompt tuning replaces some of them; gradients flow
/// back to the embeddings and nowhere else.
public struct TextTransformer: Sendable {
  /// The sizes.
  public let architecture: TextArchitecture
  /// The embedding of every token id, shape [V, D].
  package let tokenEmbedding: Tensor
  let positionalEmbedding: Tensor  // [77, D]
  let transformer: Transformer
  let finalNorm: LayerNorm
  let projection: Tensor  // [E, D]

  /// T, the number of positions that the tower has; 77 in every published model.
  public var contextLength: Int { architecture.contextLength }

  /// Looks token ids up.
  ///
  /// - Parameter tokens: ids, each inside the vocabulary.
  /// - Returns: their embeddings without positions, shape [T, D].
  package func embed(_ tokens: [Int32]) -> Tensor {
    tokenEmbedding.gather(tokens.map(Int.init))
  }

  /// The features of texts given by their embeddings.
  ///
  /// g = ln_final(transformer(embeddings + positions))[end] @ text_projection, unnormalised.
  /// The tower is causal: positions behind the last end position change neither a feature nor a
  /// gradient, so they are not computed, and after the last attention only the end positions are.
  ///
  /// - Parameters:
  ///   - embeddings: shape [C, T', D], with T' at most `contextLength` and beyond every end
  ///     position; without positional embedding.
  ///   - endPositions: for each text the position whose feature is read: the end-of-text token's.
  ///   - sharedPrefix: leading positions whose embeddings are equal in all texts and come from the
  ///     same values, all before every end position. They are computed once, from the first text,
  ///     which gets the gradient of all.
  /// - Returns: shape [C, E], on the tape when the embeddings are.
  public func callAsFunction(
    _ embeddings: Tensor, endPositions: [Int], sharedPrefix: Int = 0
  ) -> Tensor {
    let used = (endPositions.max() ?? 0) + 1
    require(
      embeddings.rank == 3 && embeddings.shape[0] == endPositions.count
        && endPositions.allSatisfy { $0 >= 0 } && used <= embeddings.shape[1]
        && used <= contextLength,
      "\(endPositions.count) end positions up to \(used - 1) of embeddings \(embeddings.shape)")
    guard sharedPrefix == 0 || endPositions.count < 2 else {
      return shared(embeddings, endPositions, sharedPrefix)
    }
    let seen = used < embeddings.shape[1] ? embeddings.slice(0..<used, axis: 1) : embeddings
    let x = seen + positionalEmbedding.slice(0..<used)  // [C, T', D]
    let end = transformer(x, at: endPositions.enumerated().map { $0 * used + $1 })  // [C, D]
    return linear(finalNorm(end), weight: projection)  // [C, E]
  }

  /// The same over rows: the shared positions once, then each text's own as far as its end.
  private func shared(_ embeddings: Tensor, _ endPositions: [Int], _ length: Int) -> Tensor {
    require(length <= endPositions.min() ?? 0, "\(length) shared positions reach an end")
    let stride = embeddings.shape[1]
    let prefix = SharedPrefix(length: length, own: endPositions.map { $0 + 1 - length })
    // Text and position of each row.
    let own = endPositions.enumerated().flatMap { text, end in (length...end).map { (text, $0) } }
    let places = (0..<length).map { (0, $0) } + own
    let rows = embeddings.reshaped([embeddings.shape[0] * stride, architecture.width])
      .gather(places.map { $0 * stride + $1 })  // [rows, D]
    let x = rows + positionalEmbedding.gather(places.map { $1 })
    let ends = endPositions.enumerated().map { prefix.row($0, $1) }
    let end = transformer(x, at: ends, prefix: prefix)  // [C, D]
    return linear(finalNorm(end), weight: projection)  // [C, E]
  }

  /// The features of token id sequences, unnormalised.
  ///
  /// - Parameter tokens: ids of each text, from start to end of text; what follows the first of
  ///   the largest ids is ignored, as the original's argmax does.
  /// - Returns: shape [N, E].
  public func callAsFunction(_ tokens: [[Int32]]) -> Tensor {
    let ends = tokens.map(TextTransformer.endPosition)
    require(
      zip(tokens, ends).allSatisfy { !$0.isEmpty && $1 < contextLength },
      "a text has no ids, or its end is behind the tower's \(contextLength) positions")
    // Texts go through in groups, so that memory does not grow with their number.
    let groups = stride(from: 0, to: tokens.count, by: 64).map { start in
      let range = start..<min(start + 64, tokens.count)
      let length = (ends[range].max() ?? 0) + 1
      let rows = tokens[range].map { ids in
        embed(ids.prefix(length) + [Int32](repeating: 0, count: max(0, length - ids.count)))
          .reshaped([1, length, architecture.width])
      }
      return self(concatenate(rows), endPositions: Array(ends[range]))
    }
    return groups.isEmpty
      ? Tensor(shape: [0, architecture.embedding]) { _ in } : concatenate(groups)
  }

  /// The features of every position of token id sequences, unnormalised.
  ///
  /// ln_final(transformer(embeddings + positions)) @ text_projection at each position. The tower
  /// is causal, so the feature at the end of a text is the text's.
  ///
  /// - Parameter tokens: ids of each text from start to end of text, padded or not.
  /// - Returns: shape [N, T', E] with the longest text's T'; behind a text's end stands what padding
  ///   gives.
  package func everyPosition(_ tokens: [[Int32]]) -> Tensor {
    let length = tokens.map(\.count).max() ?? 0
    require(length <= contextLength, "\(length) ids, the tower has \(contextLength) positions")
    let groups = stride(from: 0, to: tokens.count, by: 64).map { start in
      let ids = tokens[start..<min(start + 64, tokens.count)]
      let padded = ids.flatMap { $0 + [Int32](repeating: 0, count: length - $0.count) }
      let x = embed(padded).reshaped([ids.count, length, architecture.width])
      return linear(
        finalNorm(transformer(x + positionalEmbedding.slice(0..<length))), weight: projection)
    }
    return groups.isEmpty
      ? Tensor(shape: [0, length, architecture.embedding]) { _ in } : concatenate(groups)
  }

  /// The first position of the largest id: the end of the text, which has the largest of all.
  package static func endPosition(_ tokens: [Int32]) -> Int {
    tokens.firstIndex(of: tokens.max() ?? 0) ?? 0
  }
}

extension TextTransformer {
  /// Reads the tower's tensors.
  init(
    _ tensors: ModelTensors, _ architecture: TextArchitecture, activation: Activation
  ) throws(ModelError) {
    let width = architecture.width
    self.architecture = architecture
    tokenEmbedding = try tensors.tensor(
      "token_embedding.weight", [architecture.vocabulary, width])
    positionalEmbedding = try tensors.tensor(
      "positional_embedding", [architecture.contextLength, width])
    transformer = try Transformer(
      tensors, "transformer.resblocks", layers: architecture.layers, width: width,
      heads: architecture.heads, mask: .causal, activation: activation)
    finalNorm = try LayerNorm(tensors, "ln_final", width)
    projection = try tensors.transposed("text_projection", [width, architecture.embedding])
  }
}
