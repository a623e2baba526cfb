// ShownScoresTests - the numbers and bars of `lmpt predict`, by hand.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import lmpt

@Suite struct ShownScoresTests {
  @Test("over a threshold: 1 and half a bar at the threshold, never a whole one")
  func multiples() {
    let shown = ShownScores(asked: nil, kind: .sigmoid, threshold: 0.3)
    for (score, number, bar) in [(0.0, "0.00", 0.0), (0.3, "1.00", 0.5), (0.9, "3.00", 0.75)] {
      #expect(shown.number(score: score, logit: 7) == number)
      #expect(abs((shown.bar(score: score) ?? -1) - bar) < 1e-12, "\(score)")
    }
  }

  @Test("scores that were asked for are themselves; a logit has no bar")
  func others() {
    let softmax = ShownScores(asked: .softmax, kind: .sigmoid, threshold: 0.3)
    #expect(softmax.number(score: 0.25, logit: 7) == "0.2500" && softmax.bar(score: 0.25) == 0.25)
    for logit in [
      ShownScores(asked: .logit, kind: .logit, threshold: 0.3),
      ShownScores(asked: nil, kind: .logit, threshold: 0.3),
      ShownScores(asked: nil, kind: .sigmoid, threshold: nil),
    ] {
      #expect(logit.bar(score: 7) == nil)
    }
    #expect(
      ShownScores(asked: nil, kind: .logit, threshold: nil).number(score: 0.5, logit: 7) == "7.00")
  }
}
