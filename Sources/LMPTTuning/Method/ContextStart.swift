// ContextStart - what the learnable context of E1 is before the first step.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// What the context starts from.
public enum ContextStart: Sendable, Equatable {
  /// M vectors from N(0, 0.02^2).
  case random(count: Int)
  /// The token embeddings of words, as "a photo of a".
  case words(String)

  /// M, the number of context tokens that this start gives.
  package func count(reading: Reading) throws(TokenizerError) -> Int {
    switch self {
    case .random(let count): return count
    case .words(let text):
      let words = spaced(text)
      return Self.count(words, try Tokenizer.clip().tokenize(words), reading)
    }
  }

  /// The released code counts spaces.
  private static func count(_ words: String, _ tokens: [Int32], _ reading: Reading) -> Int {
    reading.isReleased
      ? words.parts(between: " ", omittingEmpty: false).count : tokens.count - 2
  }

  /// The words that keep the context's place when a prompt is tokenised, and the first vectors.
  ///
  /// - Returns: the words, and vectors of shape [copies, M, D].
  func context(
    copies: Int, reading: Reading, tokenEmbedding: Tensor, tokenizer: Tokenizer,
    contextLength: Int, generator: inout Generator
  ) throws -> (words: String, vectors: Tensor) {
    let width = tokenEmbedding.shape[1]
    switch self {
    case .random(let count):
      guard (0...Tokenizer.contextLength).contains(count) else {
        throw MethodError.parameter(name: "n_ctx", found: Double(count), expected: "0 to 77")
      }
      let values = generator.normal(count: copies * count * width, mean: 0, std: 0.02)
      return (
        [String](repeating: "X", count: count).joined(separator: " "),
        Tensor(values, shape: [copies, count, width])
      )
    case .words(let text):
      let words = spaced(text)
      let tokens = try tokenizer.tokenize(words, contextLength: contextLength)  // [SOT] words [EOT]
      let count = Self.count(words, tokens, reading)
      // `released` counts words. Where the tokens are fewer, the padding of a row of 77 stands in.
      let padded = tokens + [Int32](repeating: 0, count: max(0, count + 1 - tokens.count))
      let vectors = tokenEmbedding.gather(padded[1..<1 + count].map(Int.init))  // [M, D]
      return (
        words, vectors.reshaped([1, count, width]).expanded(to: [copies, count, width])
      )
    }
  }
}

extension AnyTrainingOption {
  /// M, learnable context tokens per prompt (`--n_ctx`).
  public static var contextCount: TrainingOption<Int> {
    TrainingOption(
      "n_ctx", "M", 16, in: 1...75, aliases: ["context-length"], group: .context, tag: "E1",
      help: "learnable context tokens")
  }
  /// Words that initialise the context; empty means random (`--ctx_init`).
  public static var contextInit: TrainingOption<String> {
    TrainingOption(
      "ctx_init", "WORDS", "", group: .context, tag: "E1",
      help: "words that start the context; empty: random")
  }
}

extension TrainingOptions {
  /// What the context starts from.
  package var contextStart: ContextStart {
    self.contextInit.isEmpty ? .random(count: self.contextCount) : .words(self.contextInit)
  }
}
