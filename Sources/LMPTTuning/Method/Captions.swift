// Captions - what E3 needs of the captions of the training images, prepared once.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// How long captions are cut.
public enum CaptionCut: String, Sendable, CaseIterable {
  /// To 77 tokens, start and end included.
  case tokens
  /// To 75 characters before tokenising, as the released code does (Deviations, 6).
  case characters = "released"
}

/// The captions of a data set or of a batch.
public struct Captions: Sendable {
  /// Token ids of each caption, start and end included, without padding.
  public let tokens: [[Int32]]
  /// Sentence features from the frozen text tower, shape [N, E], for the `sentence` alignment.
  public let features: Tensor?
  /// Features of every token, shape [N, T', E], for methods that learn from captions as images.
  public let words: Tensor?

  /// Captions with what the chosen alignment needs of them.
  public init(tokens: [[Int32]], features: Tensor? = nil, words: Tensor? = nil) {
    self.tokens = tokens
    self.features = features
    self.words = words
  }

  /// What is computed of captions beside their tokens.
  public enum Detail: Sendable {
    /// What the alignment compares.
    case alignment
    /// Sentence features and those of every token.
    case everyToken
  }

  /// Cuts and tokenises captions, and encodes them where the alignment compares sentences.
  ///
  /// - Parameters:
  ///   - texts: one caption per training image.
  ///   - alignment: which parts E3 compares.
  ///   - cut: how long captions are cut.
  ///   - detail: whether features of every token are computed too.
  ///   - tokenizer: CLIP's.
  ///   - tower: the frozen text tower.
  /// - Throws: never for a published tokenizer, since cut captions fit.
  public init(
    _ texts: [String], alignment: CaptionAlignment, cut: CaptionCut = .tokens,
    detail: Detail = .alignment, tokenizer: Tokenizer, tower: TextTransformer
  ) throws {
    let tokens = try texts.map { text in
      let scalars = text.unicodeScalars
      let kept = cut == .characters ? String(String.UnicodeScalarView(scalars.prefix(75))) : text
      return try tokenizer.tokenize(kept, contextLength: tower.contextLength, truncate: .toFit)
    }
    switch detail {
    case .alignment:
      self.init(tokens: tokens, features: alignment == .sentence ? tower(tokens) : nil)
    case .everyToken:
      let words = tower.everyPosition(tokens)  // [N, T', E]
      let (length, width) = (words.shape[1], words.shape[2])
      let ends = tokens.enumerated().map { $0 * length + TextTransformer.endPosition($1) }
      let sentences = words.reshaped([tokens.count * length, width]).gather(ends)  // [N, E]
      self.init(tokens: tokens, features: sentences, words: words)
    }
  }

  /// 1 where a caption has a token, 0 behind its end, shape [N, T', 1]; for `words`.
  var present: Tensor? {
    words.map { words in
      let length = words.shape[1]
      return Tensor(
        tokens.flatMap { ids in (0..<length).map { $0 < ids.count ? 1 : 0 } },
        shape: [tokens.count, length, 1])
    }
  }

  /// The captions at these places, in this order.
  public func batch(_ indices: [Int]) -> Captions {
    Captions(
      tokens: indices.map { tokens[$0] }, features: features?.gather(indices),
      words: words?.gather(indices))
  }

  /// Token embeddings of the captions, cut or padded with id 0 as the released code does.
  ///
  /// - Parameters:
  ///   - tower: the text tower.
  ///   - length: T; of a longer caption the first T tokens.
  /// - Returns: shape [N, T, D].
  func embeddings(_ tower: TextTransformer, length: Int) -> Tensor {
    let padded = tokens.flatMap { ids in
      ids.prefix(length) + [Int32](repeating: 0, count: max(0, length - ids.count))
    }
    return tower.embed(padded).reshaped([tokens.count, length, tower.tokenEmbedding.shape[1]])
  }
}

extension AnyTrainingOption {
  /// How long captions are cut (`--captions`).
  public static var captionCut: TrainingOption<CaptionCut> {
    TrainingOption(
      "captions", CaptionCut.tokens, synonyms: ["characters": .characters], group: .embedding,
      help: "captions whole, up to 77 tokens, or cut at 75 characters as released")
  }
}
