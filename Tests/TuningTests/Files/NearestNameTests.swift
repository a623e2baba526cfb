// NearestNameTests - what is proposed for a misspelt name.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning
import Testing

@Suite("nearest names")
struct NearestNameTests {
  private let names = ["epochs", "lambda", "learning-rate", "seed"]

  @Test(
    "a letter that is forgotten, added or exchanged",
    arguments: [
      ("lamda", "lambda"), ("lambbda", "lambda"), ("lambta", "lambda"), ("epoch", "epochs"),
      ("eepochs", "epochs"), ("sede", "seed"), ("sd", "seed"), ("lerning-rat", "learning-rate"),
    ])
  func near(word: String, name: String) {
    #expect(nearest(word, in: names) == name)
  }

  @Test("two changes are allowed, or a third of a long word, and no more")
  func far() {
    #expect(nearest("abc", in: ["xyc"]) == "xyc" && nearest("abc", in: ["xyz"]) == nil)
    #expect(nearest("abcdefghi", in: ["xyzdefghi"]) == "xyzdefghi")
    #expect(nearest("abcdefghi", in: ["wxyzefghi"]) == nil)
    #expect(nearest("colour", in: names) == nil && nearest("x", in: []) == nil)
  }

  @Test("of names that are as near the first is taken")
  func first() {
    #expect(nearest("cat", in: ["bat", "rat"]) == "bat")
    #expect(nearest("cat", in: ["rat", "bat"]) == "rat")
  }
}
