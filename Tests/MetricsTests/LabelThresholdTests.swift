// LabelThresholdTests - the threshold of the highest F1, by hand and against every other threshold.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTTensors
import Testing

@Suite("the threshold of labels")
struct LabelThresholdTests {
  @Test("worked by hand: half-way between the last score that helps and the next")
  func byHand() throws {
    // Predicted down to 0.6: TP 2, FP 1, FN 1, F1 = 4/6. Down to 0.4: TP 3, FP 1, F1 = 6/7.
    let found = try #require(
      LabelThreshold(scores: [0.9, 0.8, 0.6, 0.4, 0.2, 0.1], labels: [1, 0, 1, 1, 0, 0]))
    #expect(abs(found.value - 0.3) < 1e-12)  // one rounding of a mean
    #expect(abs(found.overallF1 - 6.0 / 7) < 1e-15)
  }

  @Test("no threshold between scores does better, and its F1 is the one that it gives")
  func best() throws {
    var generator = Generator(seed: 3)
    for round in 0..<40 {
      // Few values, so that many scores are equal.
      let scores = (0..<24).map { _ in Double(generator.randint(below: round % 2 == 0 ? 6 : 1000)) }
      let labels = (0..<24).map { _ in Double(generator.randint(below: 3) / 2) }
      func f1(_ threshold: Double) -> Double {
        PredictionMetrics(scores: scores, labels: labels, classes: 4, rule: .threshold(threshold))
          .overallF1
      }
      guard let found = LabelThreshold(scores: scores, labels: labels) else {
        #expect(!labels.contains(1))
        continue
      }
      // Both count the same pairs; they divide in another order.
      #expect(abs(f1(found.value) - found.overallF1) < 1e-12)
      for other in Set(scores).union([-1]) { #expect(f1(other) <= found.overallF1 + 1e-12) }
      #expect(!scores.contains(found.value))
    }
  }

  @Test("everything is predicted where every label is positive; nothing can be chosen without one")
  func extremes() throws {
    let all = try #require(LabelThreshold(scores: [0.5, 0.5], labels: [1, 1]))
    #expect(all.value < 0.5 && all.overallF1 == 1)
    #expect(LabelThreshold(scores: [0.5, 0.1], labels: [0, 0]) == nil)
    #expect(LabelThreshold(scores: [], labels: []) == nil)
    // Two neighbouring numbers have no number between them; the lower one still parts them.
    let close = try #require(LabelThreshold(scores: [(0.5).nextUp, 0.5], labels: [1, 0]))
    #expect(close.value == 0.5 && close.overallF1 == 1)
  }

  @Test("of two thresholds that are as good the higher is taken")
  func equals() throws {
    // Predicted down to 0.9: TP 1, FN 1, F1 = 2/3. Down to 0.6: TP 2, FP 2, F1 = 4/6.
    let found = try #require(LabelThreshold(scores: [0.9, 0.7, 0.65, 0.6], labels: [1, 0, 0, 1]))
    #expect(abs(found.value - 0.8) < 1e-12 && abs(found.overallF1 - 2.0 / 3) < 1e-15)
  }
}
