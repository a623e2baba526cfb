// CaptionsTests - captions as tokens, words and features, cut as asked.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct CaptionsTests {
  @Test("captions are cut by code points, as Python cuts; a batch keeps its rows together")
  func captions() throws {
    let twin = try TrainingFixture.stored()
    let (tokenizer, tower) = (try Tokenizer.clip(), twin.model.text)
    // A flag is one character of two code points: 75 of them leave half a flag.
    let flags = String(repeating: "\u{1F1EB}\u{1F1F7}", count: 60)
    let kept = String(String.UnicodeScalarView(flags.unicodeScalars.prefix(75)))
    let cut = try Captions(
      [flags], alignment: .tokens, cut: .characters, tokenizer: tokenizer, tower: tower)
    let expected = try tokenizer.tokenize(kept, contextLength: 77, truncate: .toFit)
    #expect(cut.tokens == [expected])
    let whole = try Captions(
      twin.captions, alignment: .sentence, detail: .everyToken, tokenizer: tokenizer, tower: tower)
    let some = whole.batch([3, 0, 3])
    #expect(some.tokens == [3, 0, 3].map { whole.tokens[$0] })
    let (features, words) = (try #require(whole.features), try #require(whole.words))
    #expect(some.features?.values == features.gather([3, 0, 3]).values)
    #expect(some.words?.values == words.gather([3, 0, 3]).values)
    // Padded with id 0, cut to the length asked for.
    let rows = some.embeddings(tower, length: 4)
    let padding = [Int32](repeating: 0, count: 4)
    let ids = some.tokens.flatMap { tokens -> [Int32] in Array((tokens + padding).prefix(4)) }
    #expect(rows.values == tower.embed(ids).values && rows.shape == [3, 4, 64])
  }

  @Test("captions are cut at 77 tokens, or as released at 75 characters")
  func cuts() throws {
    let twin = try TrainingFixture.stored()
    let long = [String](repeating: "sheep", count: 100).joined(separator: " ")
    let tokenizer = try Tokenizer.clip()
    let paper = try Captions(
      [long], alignment: .tokens, tokenizer: tokenizer, tower: twin.model.text)
    let released = try Captions(
      [long], alignment: .tokens, cut: .characters, tokenizer: tokenizer, tower: twin.model.text)
    #expect(paper.tokens[0].count == 77)
    #expect(released.tokens[0] == (try tokenizer.tokenize(String(long.prefix(75)))))
  }

  @Test("a caption's tokens end in its feature")
  func everyPosition() throws {
    let twin = try MethodTwin()
    let (tower, tokenizer) = (twin.training.model.text, try Tokenizer.clip())
    let captions = try Captions(
      twin.training.captions, alignment: .sentence, detail: .everyToken, tokenizer: tokenizer,
      tower: tower)
    let plain = try Captions(
      twin.training.captions, alignment: .sentence, tokenizer: tokenizer, tower: tower)
    // The last layer runs on all rows at once, or on the end rows alone.
    expectClose(
      try #require(captions.features).values, try #require(plain.features).values, atol: 2e-6,
      rtol: 1e-6)
    let present = try #require(captions.present)
    #expect(present.values.reduce(0, +) == Float(captions.tokens.joined().count))
  }

  @Test("`--captions released` cuts at 75 characters, `tokens` at 77 tokens")
  func cutNames() throws {
    #expect(CaptionCut(rawValue: "released") == .characters)
    #expect(CaptionCut(rawValue: "tokens") == .tokens)
    #expect(TrainingOptions().captionCut == .tokens)
  }
}
