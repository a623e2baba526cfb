// VocabularyTests - the embedded merges are the published ones; damaged lists are refused.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@testable import LMPTCLIP

@Suite struct VocabularyTests {
  /// A vocabulary from a list of merges.
  static func read(_ text: String, expected: Int) throws(TokenizerError) -> Vocabulary {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { buffer throws(TokenizerError) in
      try Vocabulary(merges: buffer, expected: expected)
    }
  }

  @Test("the embedded merges hash to the published lines")
  func published() throws {
    var words: [String] = []
    TableText.forEachWord(VocabularyMerges.text) {
      words.append(String(decoding: $0, as: UTF8.self))
    }
    let lines = stride(from: 0, to: words.count, by: 2).map { "\(words[$0]) \(words[$0 + 1])\n" }
    var hash = SHA256()
    hash.update(lines.joined())
    // Lines 2 to 48,895 of the file whose gzip has the SHA-256 924691ac..., hashed by Python.
    #expect(
      hash.hexDigest() == "d308b7377a8ceaa9707a21614fe8c831b9196e197b7aeb69833359362907af02")
  }

  @Test("49,406 tokens, in the published order")
  func tokens() throws {
    let vocabulary = try Tokenizer.clip().vocabulary
    #expect(vocabulary.count == 49_406)
    #expect(vocabulary.name(0) == "!" && vocabulary.name(256) == "!</w>")
    #expect(vocabulary.name(512) == "in" && vocabulary.name(514) == "an")
    #expect(Array(vocabulary.token(2368).bytes) == Array("cat".utf8))
    #expect(vocabulary.token(2368).endsWord)
  }

  @Test("line ends may be CRLF")
  func lineEnds() throws {
    #expect(try Self.read("a b\r\nab c</w>\r\n", expected: 2).count == 514)
  }

  @Test("a damaged list is refused")
  func damaged() {
    #expect(throws: TokenizerError.mergeCount(found: 1, expected: 2)) {
      try Self.read("a b\nab", expected: 2)
    }
    #expect(throws: TokenizerError.mergeCount(found: 2, expected: 1)) {
      try Self.read("a b\nab c\n", expected: 1)
    }
    #expect(throws: TokenizerError.unknownSymbol("xy", merge: 0)) {
      try Self.read("xy b", expected: 1)
    }
    #expect(throws: TokenizerError.unknownSymbol("\u{65E5}", merge: 0)) {
      try Self.read("a \u{65E5}", expected: 1)
    }
    #expect(throws: TokenizerError.duplicateSymbol("ab", merge: 1)) {
      try Self.read("a b\na b", expected: 2)
    }
    #expect(throws: TokenizerError.self) { try Self.read("", expected: 1) }
  }

  @Test("scanning, the heap and the definition merge alike, for lengths around the change")
  func mergesAgree() throws {
    let tokenizer = try Tokenizer.clip()
    var state: UInt32 = 7
    for length in Array(1...12) + Array(60...70) + [200, 256] {
      for _ in 0..<20 {
        let letters = (0..<length).map { _ in
          state = state &* 1_664_525 &+ 1_013_904_223
          return Array("aeinrst".utf8)[Int(state >> 16) % 7]
        }
        let word = String(decoding: letters, as: UTF8.self)
        let piece = try #require(tokenizer.explain(word).pieces.first)
        let traced = piece.merges.last?.symbols ?? piece.tokens
        #expect(traced == piece.tokens, "\(word)")
      }
    }
  }
}
