// TokenizerTests - ids against OpenAI's tokenizer.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CLIP

@Suite struct TokenizerTests {
  let tokenizer: Tokenizer

  init() throws { tokenizer = try Tokenizer.clip() }

  @Test(
    "ids written down from the original",
    arguments: [
      ("a photo of a person.", [320, 1125, 539, 320, 2533, 269]),
      ("a photo of a traffic light.", [320, 1125, 539, 320, 3399, 1395, 269]),
      ("a photo of a tvmonitor.", [320, 1125, 539, 320, 3197, 10198, 269]),
      ("aeroplane", [27735, 3980]),
      ("diningtable", [1462, 653, 2175]),
      ("pottedplant", [3547, 4841, 3912]),
      ("X X X person.", [343, 343, 343, 2533, 269]),
      ("", []),
      ("   ", []),
    ] as [(String, [Int32])])
  func writtenDown(text: String, ids: [Int32]) throws {
    #expect(tokenizer.encode(text) == ids)
    #expect(try tokenizer.tokenize(text) == [49406] + ids + [49407])
  }
}
