// ContextStartTests - how many tokens the words that start a context are, in both readings.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct ContextStartTests {
  @Test("released words: one per space, padding where they are more than tokens; none is one")
  func releasedWords() throws {
    let twin = try TrainingFixture.stored()
    func embed(_ ids: [Int32]) -> Tensor { twin.model.text.embed(ids) }
    let wide = try twin.learner(.words("a   photo"), reading: .released)
    // Three spaces make four words of a row that holds a, photo, end, padding.
    #expect(wide.context.values == embed([320, 1125, 49407, 0]).values)
    #expect(try twin.learner(.words("a   photo")).contextCount == 2)
    for (text, paper, released) in [("", 0, 1), ("a diningtable", 4, 2), ("traffic_light", 2, 2)] {
      let start = ContextStart.words(text)
      #expect(try start.count(reading: .paper) == paper)
      #expect(try start.count(reading: .released) == released)
      #expect(try twin.learner(start).contextCount == paper)
      #expect(try twin.learner(start, reading: .released).contextCount == released)
    }
    #expect(try ContextStart.random(count: 5).count(reading: .released) == 5)
  }
}
