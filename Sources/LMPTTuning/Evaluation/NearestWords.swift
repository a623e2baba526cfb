// NearestWords - what a learned context is nearest to in the vocabulary.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// A token of the vocabulary near a learned context token.
package struct NearestWord: Sendable, Equatable {
  /// The token's text; a token that does not end a word has a hyphen behind it.
  package let text: String
  /// Euclidean distance in the space of token embeddings.
  package let distance: Double
}

/// The vocabulary token nearest to each context token, by Euclidean distance.
///
/// This is how CoOp's authors read their contexts (arXiv 2109.01134, section 4.4); a learned token
/// need not be near any word, which is why the distance is given too.
///
/// Tokens whose embedding is zero are left out: the model has never seen them.
///
/// - Parameters:
///   - context: shape [M, D] or [C, M, D].
///   - tokenEmbedding: the text tower's embedding of all tokens, shape [V, D].
///   - tokenizer: CLIP's.
/// - Returns: one word per context token, row by row.
/// - Throws: `ShapeError` when D disagrees; `TokenizerError.unknownToken` when V is not the
///   tokenizer's.
package func nearestWords(
  to context: Tensor, tokenEmbedding: Tensor, tokenizer: Tokenizer
) throws -> [NearestWord] {
  let width = tokenEmbedding.shape[1]
  guard context.shape.last == width else {
    throw ShapeError(
      name: "context", expected: Array(context.shape.dropLast()) + [width], found: context.shape)
  }
  let rows = context.detached.reshaped([context.count / max(width, 1), width])
  // A zero row is a token that the model was trained without: as far away as can be.
  let squares = sum(tokenEmbedding * tokenEmbedding, axis: 1).values.map { $0 > 0 ? $0 : .infinity }
  let lengths = Tensor(squares)
  var nearest: [Int] = []
  // Some rows at a time: their distances to all tokens are 64 x 49,408 numbers.
  for start in stride(from: 0, to: rows.shape[0], by: 64) {
    let part = rows.slice(start..<min(start + 64, rows.shape[0]))
    // [64, V]: squared distances but for the row's own length.
    nearest += argmin(rows: lengths - 2 * matmul(part, tokenEmbedding, .none, .transposed))
  }
  let difference = rows - tokenEmbedding.gather(nearest)
  let distances = sum(difference * difference, axis: 1).values
  return try zip(nearest, distances).map { token, square in
    let text = try tokenizer.decode([Int32(token)])
    let isWhole = text.hasSuffix(" ") || text.hasPrefix("<|")
    let word = isWhole ? text.split(separator: " ").joined() : text + "-"
    return NearestWord(text: word, distance: Double(square).squareRoot())
  }
}
