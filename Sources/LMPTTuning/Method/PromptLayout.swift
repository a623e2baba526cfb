// PromptLayout - where the context and the tokens of a class stand in its prompt.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP

/// The order of the tokens of every prompt of E1.
///
/// A prompt is a row of indices into one table, the context followed by the frozen embeddings, so
/// that the position of the class tokens is nothing but an order of indices.
struct PromptLayout: Sendable {
  /// For each class and position an index into the context (below M) or into `ids` (from M on);
  /// 77 each.
  private(set) var rows: [[Int]] = []
  /// The tokens that occur, besides the context, each once.
  private(set) var ids: [Int] = []
  /// Position of each prompt's end of text.
  private(set) var ends: [Int] = []
  private let contextCount: Int
  private var places: [Int32: Int] = [:]  // token id -> index

  /// Lays the prompts of all classes out.
  ///
  /// - Throws: `TokenizerError.tooLong` when a prompt does not fit the context length.
  init(
    _ classNames: [String], words: String, contextCount: Int, position: ClassTokenPosition,
    reading: Reading, tokenizer: Tokenizer, contextLength: Int
  ) throws {
    self.contextCount = contextCount
    let context = Array(0..<contextCount)
    for name in classNames.map(spaced) {
      let prompt = try tokenizer.tokenize("\(words) \(name).", contextLength: contextLength)
      ends.append(TextTransformer.endPosition(prompt))
      let padding = [Int32](repeating: 0, count: Tokenizer.contextLength - prompt.count)
      let start = [index(of: Tokenizer.startOfText)]
      let behind = (prompt + padding).dropFirst(1 + contextCount).map { index(of: $0) }
      let length = reading.isReleased ? 1 : tokenizer.encode(name).count
      let (label, rest) = (behind.prefix(length), behind.dropFirst(length))
      switch position {
      case .end: rows.append(start + context + behind)
      case .middle:
        let half = contextCount / 2
        rows.append(start + [context[..<half], label, context[half...], rest].joined())
      case .front: rows.append(start + label + context + rest)
      }
    }
  }

  /// The index of a token, which joins the table where it is new.
  private mutating func index(of id: Int32) -> Int {
    if let place = places[id] { return place }
    let place = contextCount + ids.count
    places[id] = place
    ids.append(Int(id))
    return place
  }

  /// Leading positions that are the same in all prompts; a shared context's are among them.
  func sharedPrefix(isContextShared: Bool) -> Int {
    (0..<(ends.min() ?? 0)).prefix { position in
      let index = rows[0][position]
      return (isContextShared || index >= contextCount)
        && rows.allSatisfy { $0[position] == index }
    }.count
  }
}
