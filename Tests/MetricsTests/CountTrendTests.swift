// CountTrendTests - the line through AP over log10 of the count, by hand and against numpy.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTSupport
import Testing

@Suite("AP over training counts")
struct CountTrendTests {
  @Test("by hand: three classes, one of them above the line")
  func byHand() throws {
    // x = 0, 1, 2 and y = 0.1, 0.6, 0.5: means 1 and 0.4, slope 0.4 / 2, rest of the variance
    // (0.14 - 0.08) / 0.14.
    let trend = try #require(CountTrend(ap: [0.1, 0.6, 0.5], counts: [1, 10, 100]))
    expectClose([trend.slope, trend.intercept], [0.2, 0.2], atol: 1e-15, rtol: 0)
    expectClose([try #require(trend.explained)], [0.08 / 0.14], atol: 1e-15, rtol: 0)
    #expect(trend.classes == 3)
    expectClose([trend(1000)], [0.8], atol: 1e-15, rtol: 0)
  }

  @Test("numpy's least squares on VOC-LT's counts, without the classes that have no AP")
  func numpy() throws {
    let fixture = try FixtureTensors("metrics/diagnostics.safetensors")
    let ap = try fixture.doubles("trend/ap").map { $0.isNaN ? nil : $0 }
    let counts = try fixture.doubles("trend/counts").map { Int($0) }
    let trend = try #require(CountTrend(ap: ap, counts: counts))
    let line = [trend.slope, trend.intercept, try #require(trend.explained)]
    // Sums of 18 terms in Double on both sides, in another order.
    expectClose(line, try fixture.doubles("trend/line"), atol: 1e-12, rtol: 0, "line")
    #expect(trend.classes == 18)
  }

  @Test("without two different counts there is no line, and a flat one explains nothing")
  func degenerate() throws {
    #expect(CountTrend(ap: [], counts: []) == nil)
    #expect(CountTrend(ap: [0.5, 0.7], counts: [7, 7]) == nil)
    #expect(CountTrend(ap: [0.5, nil], counts: [7, 8]) == nil)
    #expect(CountTrend(ap: [0.5, 0.7], counts: [7, 0]) == nil)
    let flat = try #require(CountTrend(ap: [0.5, 0.5], counts: [7, 70]))
    #expect(flat.slope == 0 && flat.intercept == 0.5 && flat.explained == nil)
  }
}
