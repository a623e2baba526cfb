// AveragePrecisionTests - AP and threshold metrics against scikit-learn.
// SPDX-License-Identifier: Apache-2.0

import PromptTuning
import Support
import Testing

@Suite("average precision and threshold metrics")
struct AveragePrecisionTests {
  @Test("a ranking worked by hand")
  func byHand() {
    // Ranked: + - + -: precision 1 at recall 1/2, 2/3 at recall 1.
    let ap = averagePrecision(
      scores: [0.9, 0.8, 0.7, 0.1], positives: [true, false, true, false])
    #expect(abs(ap - (0.5 * 1 + 0.5 * 2 / 3)) < 1e-15)
  }

  @Test("equal scores are one threshold, so the order of ties does not matter")
  func ties() {
    #expect(
      averagePrecision(scores: [1, 1, 1, 1], positives: [true, false, false, false]) == 0.25)
    #expect(
      averagePrecision(scores: [1, 1, 1, 1], positives: [false, false, false, true]) == 0.25)
  }

  @Test("a class without positives has AP 0, a class of positives alone AP 1")
  func degenerate() {
    #expect(averagePrecision(scores: [0.3, 0.2], positives: [false, false]) == 0)
    #expect(averagePrecision(scores: [0.3, 0.2], positives: [true, true]) == 1)
  }

  @Test(
    "equal to scikit-learn", arguments: ["ap_small.safetensors", "ap_ties.safetensors"])
  func againstScikitLearn(name: String) throws {
    let fixture = try FixtureTensors("metrics/\(name)")
    let scores = try fixture["scores"]
    let labels = try fixture.doubles("labels")
    let classes = scores.shape[1]
    let map = MeanAveragePrecision(scores: scores.doubles(), labels: labels, classes: classes)
    // Both sides sum in Double; only the order of additions may differ.
    expectClose(map.perClass, try fixture.doubles("ap"), atol: 1e-12, rtol: 0, name)

    let m = ThresholdMetrics(
      scores: scores.doubles(), labels: labels, classes: classes, threshold: 0.5)
    let found = [
      m.classPrecision, m.classRecall, m.classF1, m.overallPrecision, m.overallRecall, m.overallF1,
    ]
    expectClose(found, try fixture.doubles("summary"), atol: 1e-12, rtol: 0, name)
  }

  @Test("the total is the count-weighted mean of the groups")
  func checksum() throws {
    let ap = (0..<20).map { Double($0) / 20 }
    let counts: [Double] = [
      6, 34, 8, 14, 154, 17, 249, 29, 479, 4, 240, 48, 11, 20, 775, 100, 5, 82, 7, 64,
    ]
    let map = MeanAveragePrecision(perClass: ap, counts: counts)
    let head = try #require(map.groups[.head])
    let medium = try #require(map.groups[.medium])
    let tail = try #require(map.groups[.tail])
    #expect(abs(map.total - (6 * head + 6 * medium + 8 * tail) / 20) < 1e-12)
  }

  @Test("a score equal to the threshold is not predicted")
  func strictThreshold() {
    let m = ThresholdMetrics(scores: [0.5, 0.6], labels: [1, 1], classes: 1, threshold: 0.5)
    #expect(m.overallRecall == 0.5)
  }
}
