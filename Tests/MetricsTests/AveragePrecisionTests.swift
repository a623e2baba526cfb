// AveragePrecisionTests - AP and threshold metrics by hand and against scikit-learn.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTSupport
import LMPTTensors
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

  @Test("equal to scikit-learn without ties")
  func againstScikitLearn() throws {
    let fixture = try FixtureTensors("metrics/ap_small.safetensors")
    let scores = try fixture["scores"].doubles()
    let labels = try fixture.doubles("labels")
    let map = MeanAveragePrecision(scores: scores, labels: labels, classes: 5)
    // Both sides sum in Double; only the order of additions may differ.
    expectClose(map.perClass, try fixture.doubles("ap"), atol: 1e-12, rtol: 0)
    let metrics = PredictionMetrics(
      scores: scores, labels: labels, classes: 5, rule: .threshold(0.5))
    expectClose(metrics.all, try fixture.doubles("summary"), atol: 1e-12, rtol: 0)
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
    #expect(abs(try #require(map.checksum(counts: counts))) < 1e-12)
    // The counts of another data set: the tail is missing.
    #expect(
      MeanAveragePrecision(perClass: ap, counts: counts.map { max($0, 20) })
        .checksum(counts: counts) == nil)
  }

  @Test("groups with limits of one's own, and the mean over the classes that an image shows")
  func groups() {
    let limits = GroupLimits(head: 10, medium: 3)
    #expect(
      [10.0, 9, 3, 2].map { ClassGroup(count: $0, limits: limits) } == [
        .head, .medium, .medium, .tail,
      ])
    // Class 1 has no positive: AP 0, and the others 1.
    let map = MeanAveragePrecision(
      scores: [0.9, 0.1, 0.2, 0.1, 0.2, 0.8], labels: [1, 0, 0, 0, 0, 1], classes: 3,
      counts: [12, 4, 1], limits: limits)
    #expect(map.perClass == [1, 0, 1] && map.absent == [1])
    #expect(abs(map.total - 2.0 / 3) < 1e-15 && map.ofPresent == 1)
    #expect(map.groups == [.head: 1, .medium: 0, .tail: 1])
    #expect(map.checksum(counts: [12, 4, 1], limits: limits).map { abs($0) < 1e-15 } == true)
    #expect(MeanAveragePrecision(scores: [1], labels: [0], classes: 1).ofPresent == nil)
  }

  @Test("the checksum is the total minus what the groups say")
  func checksumOfOthers() throws {
    // Head 1 and tail 0.25, total 0.5; of two head classes and a tail class it would be 0.75.
    let map = MeanAveragePrecision(perClass: [1, 0.5, 0], counts: [200, 5, 5])
    #expect(map.checksum(counts: [200, 200, 5]) == -0.25)
  }

  @Test("a score equal to the threshold is not predicted")
  func strictThreshold() {
    let m = PredictionMetrics(
      scores: [0.5, 0.6], labels: [1, 1], classes: 1, rule: .threshold(0.5))
    #expect(m.overallRecall == 0.5)
  }

  @Test("top k takes the lower class index of equal scores, and all classes when k is greater")
  func topK() {
    // Image 0: classes 1 then 0 (tie with 2). Image 1: class 2 then 0 (tie with 1).
    let scores = [0.5, 0.9, 0.5, 0.1, 0.1, 0.4]
    let labels: [Double] = [1, 1, 0, 0, 0, 1]
    func metrics(_ k: Int) -> PredictionMetrics {
      PredictionMetrics(scores: scores, labels: labels, classes: 3, rule: .top(k))
    }
    #expect(metrics(1).overallPrecision == 1)
    #expect(metrics(1).overallRecall == 2.0 / 3)
    #expect(metrics(2).overallPrecision == 0.75)  // 0, 1 and 0, 2: class 0 of image 1 is wrong
    #expect(metrics(2).overallRecall == 1)
    #expect(metrics(9).overallPrecision == 0.5)
  }

  @Test("precision and recall at every threshold are scikit-learn's, ties one point")
  func curve() throws {
    let fixture = try FixtureTensors("selection/evaluation.safetensors")
    let (logits, labels) = (
      try fixture["logit.logits"].doubles(), try fixture.doubles("labels")
    )
    let rows = Array(0..<90)
    let found = precisionRecallCurve(
      scores: rows.map { logits[$0 * 4] }, positives: rows.map { labels[$0 * 4] > 0 })
    // Ratios of the same counts.
    expectClose(
      found.flatMap { [$0.recall, $0.precision] }, try fixture.doubles("curve"), atol: 1e-15,
      rtol: 0)
    #expect(precisionRecallCurve(scores: [1, 2], positives: [false, false]).isEmpty)
  }
}

extension PredictionMetrics {
  /// In the order of the fixtures.
  var all: [Double] {
    [classPrecision, classRecall, classF1, overallPrecision, overallRecall, overallF1]
  }
}
