// PromptLearner - E1: class prompts of learnable context and frozen class tokens.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Where the class tokens stand in the prompt.
public enum ClassTokenPosition: String, Sendable, CaseIterable {
  /// [context] [class] "."
  case end
  /// [first half of the context] [class] [second half] "."
  case middle
  /// [class] [context] "."
  case front
}

/// Who owns the context vectors.
public enum ContextSharing: String, Sendable, CaseIterable {
  /// One context for all classes, shape [M, D].
  case shared
  /// One per class, shape [C, M, D].
  case classSpecific = "class-specific"
}

/// The learnable prompts of all classes.
///
/// Equation E1:  t_i = [SOT] v_1 ... v_M w(CLASS_i) "." [EOT] pad ...
///
/// The context v is the only thing that is tuned. Tokens 0...m-1 are the general prompt tokens,
/// m...M-1 the instance tokens that E3 compares with the caption; both are slices of one context.
///
/// Edge cases: an empty context start gives M = 0 (`released`: 1, an empty text has one word); names
/// of several tokens move as a whole, in `released` only their first token does (Deviations, 3).
/// Source: CoOp's prompt learner, which the released code uses unchanged.
public struct PromptLearner: Sendable {
  /// The context v, a leaf of the tape, shape [M, D] shared or [C, M, D] class-specific.
  ///
  /// A new one must have the same shape, and be `tracked()` to be tuned further.
  public var context: Tensor {
    didSet {
      require(
        context.shape == oldValue.shape,
        "a context of shape \(context.shape) in place of \(oldValue.shape)")
    }
  }
  /// M, the number of context tokens.
  public let contextCount: Int
  /// C, the number of classes.
  var classCount: Int { layout.rows.count }
  /// Position of each prompt's end of text, where the text tower reads the feature.
  package var endPositions: [Int] { layout.ends }
  /// Positions up to the longest prompt's end of text, all that the causal tower has to run.
  public let length: Int
  /// Leading positions that are the same in all prompts, `[SOT] v_1 ... v_M` of a shared context:
  /// the causal tower computes them once for all classes.
  package let sharedPrefix: Int
  /// The frozen embeddings that occur in the prompts, shape [K, D].
  private let frozen: Tensor
  private let layout: PromptLayout

  /// Lays the prompts out and makes the initial context.
  ///
  /// - Parameters:
  ///   - classNames: names; an underscore means a space.
  ///   - start: what the context starts from.
  ///   - sharing: one context, or one per class. In `released` words are always shared.
  ///   - position: where the class tokens stand.
  ///   - reading: `released` takes the number of words for that of tokens and moves only the first
  ///     token of a name.
  ///   - tokenEmbedding: the text tower's embedding of all tokens, shape [V, D].
  ///   - tokenizer: CLIP's.
  ///   - contextLength: the positions of the text tower; 77 in every published model.
  ///   - generator: torch's generator, for a random start.
  /// - Throws: `TokenizerError.tooLong` when a prompt does not fit them;
  ///   `MethodError.parameter` for a context length outside 0...77.
  public init(
    classNames: [String], start: ContextStart, sharing: ContextSharing = .shared,
    position: ClassTokenPosition = .end, reading: Reading = .paper, tokenEmbedding: Tensor,
    tokenizer: Tokenizer, contextLength: Int = Tokenizer.contextLength, generator: inout Generator
  ) throws {
    var sharing = sharing
    if reading.isReleased, case .words = start { sharing = .shared }
    let (words, vectors) = try start.context(
      copies: sharing == .shared ? 1 : classNames.count, reading: reading,
      tokenEmbedding: tokenEmbedding, tokenizer: tokenizer, contextLength: contextLength,
      generator: &generator)  // [1 or C, M, D]
    contextCount = vectors.shape[1]
    layout = try PromptLayout(
      classNames, words: words, contextCount: contextCount, position: position, reading: reading,
      tokenizer: tokenizer, contextLength: contextLength)
    frozen = tokenEmbedding.gather(layout.ids)  // [K, D]
    let isShared = sharing == .shared
    sharedPrefix = layout.sharedPrefix(isContextShared: isShared)
    length = (layout.ends.max() ?? 0) + 1
    context = (isShared ? vectors.reshaped(Array(vectors.shape[1...])) : vectors).tracked()
  }

  /// How many positions of the prompts to lay out.
  public enum Extent: Sendable {
    /// Up to the longest prompt's end of text: the same features and gradients, in less time.
    case longest
    /// All 77, with padding, for the alignment that compares padding too.
    case full
  }

  /// The prompts of all classes.
  ///
  /// - Parameter extent: how many positions.
  /// - Returns: token embeddings without positions, shape [C, T', D], on the tape.
  public func prompts(_ extent: Extent = .longest) -> Tensor {
    let positions = extent == .longest ? length : Tokenizer.contextLength
    let width = frozen.shape[1]
    let own = context.count / width  // rows of the table that are context: M, or C M
    let table = concatenate([context.reshaped([own, width]), frozen])  // [own + K, D]
    let indices = layout.rows.enumerated().flatMap { index, row in
      let start = context.rank == 2 ? 0 : index * contextCount
      return row[..<positions].map { $0 < contextCount ? start + $0 : own + $0 - contextCount }
    }
    return table.gather(indices).reshaped([classCount, positions, width])  // [C, T', D]
  }

  /// The instance tokens, v from m to M-1, of every class, which E3's `tokens` alignment compares.
  ///
  /// - Parameter offset: m, the number of general tokens.
  /// - Returns: shape [C, M-m, D], on the tape.
  /// - Throws: `MethodError.noInstanceTokens` when m leaves none.
  func instanceTokens(offset: Int) throws -> Tensor {
    guard offset >= 0, offset < contextCount else {
      throw MethodError.noInstanceTokens(offset: offset, context: contextCount)
    }
    let width = frozen.shape[1]
    let all = context.reshaped([context.count / (contextCount * width), contextCount, width])
    return all.slice(offset..<contextCount, axis: 1)
      .expanded(to: [classCount, contextCount - offset, width])
  }
}

extension AnyTrainingOption {
  /// Where the class name stands (`--class_token_position`).
  public static var position: TrainingOption<ClassTokenPosition> {
    TrainingOption(
      "class_token_position", ClassTokenPosition.end, aliases: ["position"], group: .context,
      tag: "E1", help: "where the class name stands")
  }
  /// Whether every class has a context of its own (`--csc`).
  public static var sharing: TrainingOption<ContextSharing> {
    TrainingOption(
      "context", ContextSharing.classSpecific, group: .context, tag: "E1",
      switches: [
        ("csc", .classSpecific, "a context for every class"),
        ("shared", .shared, "one context for all classes"),
      ], help: "whose the context is")
  }
}
