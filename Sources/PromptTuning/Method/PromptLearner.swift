// PromptLearner - E1: class prompts of learnable context and frozen class tokens.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

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

/// What the context starts from.
public enum ContextStart: Sendable, Equatable {
  /// M vectors from N(0, 0.02^2).
  case random(count: Int)
  /// The token embeddings of words, as "a photo of a".
  case words(String)
}

/// The learnable prompts of all classes.
///
/// Equation E1:  t_i = [SOT] v_1 ... v_M w(CLASS_i) "." [EOT] pad ...
///
/// The context v is the only thing that is tuned. Tokens 0...m-1 are the general prompt tokens,
/// m...M-1 the instance tokens that E3 compares with the caption; both are slices of one context.
///
/// A prompt is a row of indices into one table, the context followed by the frozen embeddings, so
/// that the position of the class tokens is nothing but an order of indices.
///
/// Edge cases: an empty context start gives M = 0 (`released`: 1, an empty text has one word); names of several tokens move as a whole, in
/// `released` only their first token does (Deviations, 3).
/// Source: CoOp's prompt learner, which the released code uses unchanged.
public struct PromptLearner: Sendable {
  /// The context v, a leaf of the tape, shape [M, D] shared or [C, M, D] class-specific.
  public var context: Tensor
  /// M, the number of context tokens.
  public let contextCount: Int
  /// C, the number of classes.
  public let classCount: Int
  /// Position of each prompt's end of text, where the text tower reads the feature.
  public let endPositions: [Int]
  /// Positions up to the longest prompt's end of text, all that the causal tower has to run.
  public let length: Int
  /// Leading positions that are the same in all prompts, `[SOT] v_1 ... v_M` of a shared context:
  /// the causal tower computes them once for all classes.
  public let sharedPrefix: Int
  /// The frozen embeddings that occur in the prompts, shape [K, D].
  private let frozen: Tensor
  /// For each class and position an index into context (below M) or frozen (from M on), 77 each.
  private let layout: [[Int]]

  /// Lays the prompts out and makes the initial context.
  ///
  /// - Parameters:
  ///   - classNames: names; an underscore means a space.
  ///   - start: what the context starts from.
  ///   - sharing: one context, or one per class. In `released` words are always shared.
  ///   - position: where the class tokens stand.
  ///   - variant: `released` takes the number of words for that of tokens and moves only the first
  ///     token of a name.
  ///   - tokenEmbedding: the text tower's embedding of all tokens, shape [V, D].
  ///   - tokenizer: CLIP's.
  ///   - contextLength: the positions of the text tower; 77 in every published model.
  ///   - generator: torch's generator, for a random start.
  /// - Throws: `TokenizerError.tooLong` when a prompt does not fit them;
  ///   `MethodError.parameter` for a context length outside 0...77.
  public init(
    classNames: [String], start: ContextStart, sharing: ContextSharing = .shared,
    position: ClassTokenPosition = .end, variant: Variant = .paper, tokenEmbedding: Tensor,
    tokenizer: Tokenizer, contextLength: Int = Tokenizer.contextLength, generator: inout Generator
  ) throws {
    let (width, classes) = (tokenEmbedding.shape[1], classNames.count)
    let words: String
    let count: Int
    let initial: Tensor
    var sharing = sharing
    switch start {
    case .random(let tokens):
      guard tokens >= 0, tokens <= Tokenizer.contextLength else {
        throw MethodError.parameter(name: "n_ctx", found: Double(tokens), expected: "0 to 77")
      }
      words = [String](repeating: "X", count: tokens).joined(separator: " ")
      count = tokens
      let copies = sharing == .shared ? 1 : classes
      initial = Tensor(
        generator.normal(count: copies * tokens * width, mean: 0, std: 0.02),
        shape: [copies, tokens, width])
    case .words(let text):
      words = String(text.map { $0 == "_" ? " " : $0 })
      let tokens = try tokenizer.tokenize(words, context: contextLength)
      let wordCount = words.split(separator: " ", omittingEmptySubsequences: false).count
      count = variant == .released ? wordCount : tokens.count - 2
      if variant == .released { sharing = .shared }
      let padded = tokens + [Int32](repeating: 0, count: max(0, count + 1 - tokens.count))
      initial = tokenEmbedding.gather(padded[1..<1 + count].map(Int.init))
        .reshaped([1, count, width]).expanded(to: [sharing == .shared ? 1 : classes, count, width])
    }

    var rows: [Int32: Int] = [:]  // token id -> row of the table behind the context
    var ids: [Int] = []
    func row(of id: Int32) -> Int {
      if let row = rows[id] { return row }
      rows[id] = count + ids.count
      ids.append(Int(id))
      return count + ids.count - 1
    }
    let context = Array(0..<count)
    var ends: [Int] = []
    layout = try classNames.map { name in
      let name = String(name.map { $0 == "_" ? " " : $0 })
      let prompt = try tokenizer.tokenize("\(words) \(name).", context: contextLength)
      ends.append(TextTransformer.endPosition(prompt))
      let padding = [Int32](repeating: 0, count: Tokenizer.contextLength - prompt.count)
      let suffix = (prompt + padding).dropFirst(1 + count).map(row)
      let named = min(variant == .released ? 1 : tokenizer.encode(name).count, suffix.count)
      let (label, rest) = (suffix[..<named], suffix[named...])
      let first = [row(of: Tokenizer.startOfText)]
      switch position {
      case .end: return first + context + suffix
      case .middle: return first + context[..<(count / 2)] + label + context[(count / 2)...] + rest
      case .front: return first + label + context + rest
      }
    }
    frozen = tokenEmbedding.gather(ids)  // [K, D]
    contextCount = count
    classCount = classes
    let prompts = layout
    sharedPrefix =
      (0..<(ends.min() ?? 0)).prefix { position in
        let index = prompts[0][position]
        return (sharing == .shared || index >= count)
          && prompts.allSatisfy { $0[position] == index }
      }.count
    endPositions = ends
    length = (ends.max() ?? 0) + 1
    self.context =
      sharing == .shared ? initial.reshaped([count, width]).tracked() : initial.tracked()
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
    let indices = layout.enumerated().flatMap { index, row in
      let start = context.rank == 2 ? 0 : index * contextCount
      return row[..<positions].map { $0 < contextCount ? start + $0 : own + $0 - contextCount }
    }
    return table.gather(indices).reshaped([classCount, positions, width])  // [C, T', D]
  }

  /// The instance tokens, v from m to M-1, of every class, which E3's `tokens` alignment compares.
  ///
  /// - Parameter split: m, the number of general tokens.
  /// - Returns: shape [C, M-m, D], on the tape.
  /// - Throws: `MethodError.noInstanceTokens` when m leaves none.
  public func instanceTokens(split: Int) throws -> Tensor {
    guard split >= 0, split < contextCount else {
      throw MethodError.noInstanceTokens(split: split, context: contextCount)
    }
    let width = frozen.shape[1]
    let all = context.reshaped([context.count / (contextCount * width), contextCount, width])
    return all.slice(split..<contextCount, axis: 1)
      .expanded(to: [classCount, contextCount - split, width])
  }
}
