// PartnerEffectTests - AP with and without the partner, by hand and against scikit-learn.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTSupport
import Testing

@Suite("a class and its partner")
struct PartnerEffectTests {
  @Test("by hand: a class that is found by its partner alone loses it")
  func byHand() throws {
    // Class 0 stands beside class 1 in two of three training images, beside class 2 in one.
    let training: [Double] = [1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0]
    // Five images with both classes score 0.9; five of class 0 alone score 0.1, below five of none.
    let rows: [(score: Double, labels: [Double])] =
      [(Double, [Double])](repeating: (0.9, [1, 1, 0]), count: 5)
      + [(Double, [Double])](repeating: (0.5, [0, 0, 0]), count: 5)
      + [(Double, [Double])](repeating: (0.1, [1, 0, 0]), count: 5)
    let effect = try #require(
      PartnerEffect(
        of: 0, training: training, scores: rows.flatMap { [$0.score, 0, 0] },
        labels: rows.flatMap(\.labels), classes: 3))
    #expect(effect.index == 0 && effect.partner == 1 && effect.together == 2.0 / 3)
    #expect(effect.positives == 10 && effect.positivesWithout == 5)
    // All: recall 0.5 at precision 1, then the rest at 10 of 15. Without: 5 of 10.
    #expect(try #require(effect.ap) == 0.5 + 0.5 * (10.0 / 15))
    #expect(try #require(effect.apWithout) == 0.5)
  }

  @Test("scikit-learn's AP over the images without the partner; too few positives give none")
  func scikit() throws {
    let fixture = try FixtureTensors("metrics/diagnostics.safetensors")
    let (training, scores) = (
      try fixture.doubles("partners/training"), try fixture.doubles("partners/scores")
    )
    let labels = try fixture.doubles("partners/labels")
    let expected = try fixture.doubles("partners/rows")
    for index in 0..<6 {
      let row = Array(expected[index * 6..<index * 6 + 6])
      let effect = PartnerEffect(
        of: index, training: training, scores: scores, labels: labels, classes: 6)
      guard row[0] >= 0 else {
        #expect(effect == nil)
        continue
      }
      let found = try #require(effect)
      #expect(found.partner == Int(row[0]))
      #expect(found.positives == Int(row[3]) && found.positivesWithout == Int(row[5]))
      #expect((found.ap == nil) == row[2].isNaN && (found.apWithout == nil) == row[4].isNaN)
      let values = [found.together, found.ap ?? .nan, found.apWithout ?? .nan]
      // Ratios of counts in Double on both sides.
      for (value, known) in zip(values, [row[1], row[2], row[4]]) where !known.isNaN {
        expectClose([value], [known], atol: 1e-12, rtol: 0, "class \(index)")
      }
    }
    // The fixture has both: classes with too few, and one that always stands alone.
    #expect(expected.contains { $0.isNaN } && expected.contains(-1))
  }

  @Test("four positives are too few, five are not; of equal partners the first is taken")
  func least() throws {
    let training: [Double] = [1, 1, 0, 1, 0, 1]
    for (count, isThere) in [(4, false), (5, true)] {
      let labels: [Double] =
        [1, 0, 0, 0, 0, 0] + [[Double]](repeating: [1, 0, 0], count: count - 1).joined()
      let scores = labels.map { $0 * 0.5 }
      let effect = try #require(
        PartnerEffect(of: 0, training: training, scores: scores, labels: labels, classes: 3))
      #expect(effect.partner == 1 && effect.together == 0.5)
      #expect(effect.ap == (isThere ? 1 : nil) && effect.apWithout == (isThere ? 1 : nil))
    }
  }
}
