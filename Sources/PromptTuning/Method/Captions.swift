// Captions - what E3 needs of the captions of the training images, prepared once.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

/// How long captions are cut.
public enum CaptionCut: String, Sendable, CaseIterable {
  /// To 77 tokens, start and end included.
  case tokens
  /// To 75 characters before tokenising, as released (Deviations, 6).
  case characters
}

/// The captions of a data set or of a batch.
public struct Captions: Sendable {
  /// Token ids of each caption, start and end included, without padding.
  public let tokens: [[Int32]]
  /// Sentence features from the frozen text tower, shape [N, E], for the `sentence` alignment.
  public let features: Tensor?

  /// Captions with what the chosen alignment needs of them.
  public init(tokens: [[Int32]], features: Tensor? = nil) {
    self.tokens = tokens
    self.features = features
  }

  /// Cuts and tokenises captions, and encodes them where the alignment compares sentences.
  ///
  /// - Parameters:
  ///   - texts: one caption per training image.
  ///   - alignment: which parts E3 compares.
  ///   - cut: how long captions are cut.
  ///   - tokenizer: CLIP's.
  ///   - tower: the frozen text tower.
  /// - Throws: never for a published tokenizer, since cut captions fit.
  public init(
    _ texts: [String], alignment: CaptionAlignment, cut: CaptionCut = .tokens,
    tokenizer: Tokenizer, tower: TextTransformer
  ) throws {
    tokens = try texts.map { text in
      let scalars = text.unicodeScalars
      let kept = cut == .characters ? String(String.UnicodeScalarView(scalars.prefix(75))) : text
      return try tokenizer.tokenize(kept, truncate: .toFit)
    }
    features = alignment == .sentence ? tower(tokens) : nil
  }

  /// The captions at these places, in this order.
  public func batch(_ indices: [Int]) -> Captions {
    Captions(tokens: indices.map { tokens[$0] }, features: features?.gather(indices))
  }

  /// Token embeddings of the captions, padded with id 0 as the released code does.
  ///
  /// - Parameters:
  ///   - tower: the text tower.
  ///   - length: T, at least the longest caption.
  /// - Returns: shape [N, T, D].
  func embeddings(_ tower: TextTransformer, length: Int) -> Tensor {
    let padded = tokens.flatMap { ids in
      ids.prefix(length) + [Int32](repeating: 0, count: max(0, length - ids.count))
    }
    return tower.embed(padded).reshaped([tokens.count, length, tower.tokenEmbedding.shape[1]])
  }
}
