// GroupBarChartTests - bars and whiskers.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct GroupBarChartTests {
  @Test func `grouped bars stand on zero and have whiskers where there is a deviation`() throws {
    let series = [
      GroupBarChart.Series(name: "A", bars: [.init(0.5, deviation: 0.1), nil]),
      GroupBarChart.Series(name: "B", bars: [.init(0.25), .init(1)]),
    ]
    let svg = GroupBarChart.svg("bars", categories: ["x", "y"], series: series, layout: .wide)
    let markup = try Markup(svg)
    let bars = markup.all("rect", "bar")
    #expect(bars.count == 3)
    #expect(
      bars.map(\.title) == ["A, x: 50.00 \u{00B1} 10.00 %", "B, x: 25.00 %", "B, y: 100.00 %"])
    let feet = try bars.map { try number($0, "y") + number($0, "height") }
    #expect(feet.allSatisfy { abs($0 - feet[0]) < 0.21 })
    #expect(try abs(number(bars[0], "height") - 2 * number(bars[1], "height")) < 0.21)
    #expect(markup.all("line", "whisker").count == 3)
  }

  @Test func `a whisker reaches a deviation down and a deviation up`() throws {
    let series = [GroupBarChart.Series(name: "A", bars: [.init(0.5, deviation: 0.1)])]
    let markup = try Markup(
      GroupBarChart.svg("bars", categories: ["x"], series: series, layout: .wide))
    let bar = markup.all("rect", "bar")[0]
    let (top, height) = (try number(bar, "y"), try number(bar, "height"))
    // The bar is 50 % high, so a deviation of 10 % is a fifth of it.
    let ends = try markup.all("line", "whisker").flatMap { line in
      [try number(line, "y1"), try number(line, "y2")]
    }
    let (highest, lowest) = (try #require(ends.min()), try #require(ends.max()))
    #expect(abs(highest - (top - height / 5)) < 2 * decimal)
    #expect(abs(lowest - (top + height / 5)) < 2 * decimal)
  }

  @Test func `a chart without data is no chart`() {
    #expect(GroupBarChart.svg("x", categories: ["a"], series: [], layout: .wide) == "")
  }
}
