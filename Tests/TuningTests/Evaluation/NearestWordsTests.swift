// NearestWordsTests - contexts that are vocabulary words, or lie a known step beside one.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTuning
import LMPTSupport
import LMPTTensors
import Testing

@Suite("nearest words")
struct NearestWordsTests {
  @Test("a context of words is found again, at its distance")
  func words() throws {
    let tokenizer = try Tokenizer.clip()
    let model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
    let table = model.text.tokenEmbedding
    let width = table.shape[1]
    let ids = tokenizer.encode("a photo of a dog").map(Int.init)
    var step = [Float](repeating: 0, count: ids.count * width)
    for row in ids.indices { step[row * width + row] = 0.01 }
    let context = table.gather(ids) + Tensor(step, shape: [ids.count, width])
    let found = try nearestWords(to: context, tokenEmbedding: table, tokenizer: tokenizer)
    #expect(found.map(\.text) == ["a", "photo", "of", "a", "dog"])
    for word in found { #expect(abs(word.distance - 0.01) < 1e-5) }
  }

  @Test("tokens without an embedding are no neighbours; a part of a word shows that it is one")
  func zeroRows() throws {
    let tokenizer = try Tokenizer.clip()
    var rows = [Float](repeating: 0, count: 2000 * 2)
    let part = 320 - 256  // 'a' inside a word; 320 is 'a' as a word
    (rows[2 * part], rows[2 * 320 + 1]) = (1, 1)
    let found = try nearestWords(
      to: Tensor([0.1, 0, 0, 0.1], shape: [1, 2, 2]),
      tokenEmbedding: Tensor(rows, shape: [2000, 2]), tokenizer: tokenizer)
    #expect(found.map(\.text) == ["a-", "a"])
    #expect(throws: ShapeError.self) {
      try nearestWords(
        to: Tensor([1], shape: [1, 1]), tokenEmbedding: Tensor(rows, shape: [2000, 2]),
        tokenizer: tokenizer)
    }
  }

  @Test("the nearest of long and short embeddings, for more rows than are compared at a time")
  func lengths() throws {
    let tokenizer = try Tokenizer.clip()
    var rows = [Float](repeating: 0, count: 2000 * 2)
    // "a" is (0.1, 0) and "b" (3, 0); a row at (2, 0) is nearer to "b": 1 against 1.9.
    let (a, b) = (320, 321)
    (rows[2 * a], rows[2 * b]) = (0.1, 3)
    let context: [Float] = (0..<130).flatMap { row -> [Float] in [row % 3 == 0 ? 2 : 0.2, 0] }
    let found = try nearestWords(
      to: Tensor(context, shape: [130, 2]), tokenEmbedding: Tensor(rows, shape: [2000, 2]),
      tokenizer: tokenizer)
    #expect(found.map(\.text) == (0..<130).map { $0 % 3 == 0 ? "b" : "a" })
    // sqrt of squares in single precision.
    for (row, word) in found.enumerated() {
      #expect(abs(word.distance - (row % 3 == 0 ? 1 : 0.1)) < 1e-6)
    }
  }
}
