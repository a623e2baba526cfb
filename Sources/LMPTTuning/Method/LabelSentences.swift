// LabelSentences - sentences made of the names of an image's labels, in the place of captions.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Sentences of label names, laid out as the prompts of the classes are (E1).
struct LabelSentences: Sendable {
  /// One name per class.
  let names: [String]
  /// What holds the context's place when a sentence is tokenised, the same as in the prompts.
  let start: ContextStart
  /// Where the names stand.
  let position: ClassTokenPosition
  /// The reading of E1.
  let reading: Reading

  /// The names of an image's first labels, as many as fit.
  ///
  /// - Parameters:
  ///   - labels: the classes of the image.
  ///   - tokens: how many tokens the names and the full stop may have.
  ///   - tokenizer: CLIP's.
  /// - Returns: the names with commas between them.
  func text(_ labels: [Int], tokens: Int, _ tokenizer: Tokenizer) -> String {
    var kept = labels.map { spaced(names[$0]) }
    func text() -> String { kept.joined(separator: ", ") }
    while kept.count > 1, tokenizer.encode(text() + ".").count > tokens { kept.removeLast() }
    return text()
  }

  /// g(r) of the sentence of each image with the context of the prompts, shape [B, E].
  ///
  /// - Throws: `ShapeError` for labels of other classes.
  func features(of labels: Tensor, _ prompts: Prompts) throws -> Tensor {
    try labels.expect([labels.shape[0], names.count], "labels")
    let (tower, context) = (prompts.tower, prompts.context)
    let (tokenizer, values) = (try Tokenizer.clip(), labels.values)
    let rows = (0..<labels.shape[0]).map { row in
      names.indices.filter { values[row * names.count + $0] == 1 }
    }
    // Start and end of text, and the context.
    let room = tower.contextLength - 2 - prompts.learner.contextCount
    var generator = Generator(seed: 0)  // its start gives way to the context
    var own = try PromptLearner(
      classNames: rows.map { text($0, tokens: room, tokenizer) }, start: start,
      sharing: context.rank == 2 ? .shared : .classSpecific, position: position, reading: reading,
      tokenEmbedding: tower.tokenEmbedding, tokenizer: tokenizer,
      contextLength: tower.contextLength, generator: &generator)
    own.context = context.rank == 2 ? context : mean(context, rows)
    let sentences = Prompts(own, tower: tower)
    return sentences.features(own.prompts())
  }

  /// The mean of each image's labels' contexts, shape [B, M, D].
  private func mean(_ contexts: Tensor, _ rows: [[Int]]) -> Tensor {
    let (classes, shape) = (names.count, contexts.shape)
    let shares = rows.flatMap { labels -> [Float] in
      let meant = labels.isEmpty ? Array(names.indices) : labels
      var row = [Float](repeating: 0, count: classes)
      for label in meant { row[label] = 1 / Float(meant.count) }
      return row
    }
    let flat = contexts.reshaped([classes, shape[1] * shape[2]])
    return matmul(Tensor(shares, shape: [rows.count, classes]), flat)
      .reshaped([rows.count, shape[1], shape[2]])
  }
}
