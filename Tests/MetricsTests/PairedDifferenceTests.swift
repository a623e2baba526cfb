// PairedDifferenceTests - the difference of two methods against torch, scikit-learn and numpy.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTSupport
import Testing

@Suite("paired differences")
struct PairedDifferenceTests {
  @Test("mean and interval are those of torch's draws, scikit-learn's AP and numpy's percentiles")
  func fixture() throws {
    let stored = try FixtureTensors("metrics/paired.safetensors")
    let (scores, labels) = (try stored.doubles("scores"), try stored.doubles("labels"))
    let runs = (0..<5).map { run -> (map: Double, samples: [Double]) in
      let mine = Array(scores[run * labels.count..<(run + 1) * labels.count])
      let map = MeanAveragePrecision(scores: mine, labels: labels, classes: 4)
      let sampled = Bootstrap(scores: mine, labels: labels, classes: 4, counts: nil)
      return (map.total, sampled.samples)
    }
    let found = try #require(PairedDifference(Array(runs[..<2]), Array(runs[2...])))
    expectClose(
      [found.mean, found.interval.low, found.interval.high], try stored.doubles("difference"),
      atol: 1e-12, rtol: 0)
  }

  @Test("a method differs from itself by nothing, and from none not at all")
  func equal() throws {
    let runs = [(map: 0.5, samples: [0.4, 0.6, 0.5]), (map: 0.7, samples: [0.7, 0.6, 0.8])]
    let same = try #require(PairedDifference(runs, runs))
    #expect(same.mean == 0 && same.interval.low == 0 && same.interval.high == 0)
    #expect(PairedDifference([], runs) == nil)
    #expect(PairedDifference(runs, []) == nil)
  }
}
