// BootstrapTests - metrics and intervals at VOC-LT's size against scikit-learn, torch and numpy.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTSupport
import Testing

/// Scores and labels of VOC-LT's size with many ties, each cell a hash of its place, the same as in
/// Fixtures/generators/metrics.py; so that only the results are stored.
private enum AtScale {
  static let (images, classes) = (4952, 20)
  static let counts: [Double] = [
    6, 34, 8, 14, 154, 17, 249, 29, 479, 4, 240, 48, 11, 20, 775, 100, 5, 82, 7, 64,
  ]

  static func hash(_ row: Int, _ column: Int, _ seed: Int) -> Int {
    var x = (row * 2_654_435_761 + column * 40_503 + seed) & 0xFFFF_FFFF
    for _ in 0..<2 { x = ((x ^ (x >> 16)) * 0x45D_9F3B) & 0xFFFF_FFFF }
    return x ^ (x >> 16)
  }

  static let scores = (0..<images * classes).map {
    Double(hash($0 / classes, $0 % classes, 1) % 65) / 64
  }
  static let labels: [Double] = (0..<images * classes).map {
    let c = $0 % classes
    return c == 19 || hash($0 / classes, c, 2) % 1000 < c * 17 ? 1 : 0
  }
}

@Suite("evaluation at VOC-LT's size")
struct BootstrapTests {
  private func fixture() throws -> FixtureTensors {
    try FixtureTensors("metrics/at_scale.safetensors")
  }

  @Test("AP, group means, threshold and top-3 metrics are scikit-learn's, with 65 distinct scores")
  func metrics() throws {
    let map = MeanAveragePrecision(
      scores: AtScale.scores, labels: AtScale.labels, classes: AtScale.classes,
      counts: AtScale.counts)
    // Sums in Double on both sides, in another order: 4,952 terms of at most 1.
    expectClose(map.perClass, try fixture().doubles("ap"), atol: 1e-12, rtol: 0, "ap")
    #expect(map.perClass[0] == 0)
    #expect(map.perClass[19] == 1)
    let means = [map.total] + ClassGroup.allCases.compactMap { map.groups[$0] }
    expectClose(means, try fixture().doubles("means"), atol: 1e-12, rtol: 0, "means")
    for (rule, name) in [(PredictionRule.threshold(0.5), "summary"), (.top(3), "top3")] {
      let metrics = PredictionMetrics(
        scores: AtScale.scores, labels: AtScale.labels, classes: AtScale.classes, rule: rule)
      expectClose(metrics.all, try fixture().doubles(name), atol: 1e-12, rtol: 0, name)
    }
  }

  @Test("intervals are those of torch's draws, scikit-learn's AP and numpy's percentiles")
  func intervals() throws {
    let bootstrap = Bootstrap(
      scores: AtScale.scores, labels: AtScale.labels, classes: AtScale.classes,
      counts: AtScale.counts, resamples: 40, seed: 5)
    let found = [bootstrap.total] + ClassGroup.allCases.compactMap { bootstrap.groups[$0] }
    expectClose(
      found.flatMap { [$0.low, $0.high] }, try fixture().doubles("intervals"), atol: 1e-12,
      rtol: 0)
  }

  @Test("a class that every resample ranks perfectly has an interval of no width")
  func perfect() {
    let labels: [Double] = (0..<40).map { $0 < 20 ? 1 : 0 }
    let bootstrap = Bootstrap(
      scores: labels, labels: labels, classes: 1, counts: nil, resamples: 50)
    #expect(bootstrap.total.low == 1 && bootstrap.total.high == 1)
    #expect(bootstrap.groups.isEmpty)
  }

  @Test("groups are those of the limits")
  func limits() {
    let labels: [Double] = (0..<40).flatMap { $0 < 20 ? [1.0, 0] : [0, 1] }
    let bootstrap = Bootstrap(
      scores: labels, labels: labels, classes: 2, counts: [12, 1], resamples: 5,
      limits: GroupLimits(head: 10, medium: 3))
    #expect(Set(bootstrap.groups.keys) == [.head, .tail])
  }

  @Test("the deviation over seeds is the sample's, and a single run has none")
  func deviation() throws {
    let several = try #require(MeanAndDeviation([0.1, 0.2, 0.4]))
    // By hand: mean 7/30, squares (16 + 1 + 25) / 900 = 42/900, over 2: 21/900.
    #expect(abs(several.mean - 7.0 / 30) < 1e-15)
    #expect(abs(try #require(several.deviation) - (21.0 / 900).squareRoot()) < 1e-15)
    #expect(MeanAndDeviation([0.5])?.deviation == nil)
    #expect(MeanAndDeviation([]) == nil)
  }

  @Test("intervals say what they are: 1000 resamples, seed 0, 95 %; a wider level is wider")
  func defaults() {
    let scores = (0..<40).map { Double($0 * 17 % 40) }
    let labels = (0..<40).map { Double($0 % 3 == 0 ? 1 : 0) }
    func intervals(_ level: Double? = nil) -> Bootstrap {
      level.map {
        Bootstrap(scores: scores, labels: labels, classes: 1, counts: [20], level: $0)
      } ?? Bootstrap(scores: scores, labels: labels, classes: 1, counts: [20])
    }
    let usual = intervals()
    #expect(usual.resamples == 1000 && usual.seed == 0 && usual.level == 0.95)
    #expect(usual.groups == [.medium: usual.total])
    #expect(usual == intervals(0.95))
    let wide = intervals(0.99)
    #expect(wide.total.low < usual.total.low && wide.total.high > usual.total.high)
    let ap = MeanAveragePrecision(scores: scores, labels: labels, classes: 1).total
    #expect(usual.total.low < ap && ap < usual.total.high)
  }
}
