// LineChartTests - marks, rings and axes of lines.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct LineChartTests {
  @Test func `lines have a mark for every finite point`() throws {
    let series = [
      LineChart.Series(name: "a", points: [(1, 3), (2, 2), (3, .infinity), (4, 1)]),
      LineChart.Series(name: "b", points: [(1, 1)]),
    ]
    let markup = try Markup(LineChart.svg("loss", x: "epoch", y: "loss", series: series))
    let titles = markup.elements.compactMap(\.title).filter { $0.contains("epoch") }
    #expect(titles == ["a, epoch 1: 3", "a, epoch 2: 2", "a, epoch 4: 1", "b, epoch 1: 1"])
  }

  @Test func `the kept epoch has a ring and zero-shot a line at its height`() throws {
    let series = [
      LineChart.Series(name: "test", points: [(1, 40), (2, 50), (3, 60)], kept: 2)
    ]
    let svg = LineChart.svg(
      "mAP", x: "epoch", y: "mAP, %", series: series, level: .init("zero-shot", 50))
    let markup = try Markup(svg)
    let rings = markup.all("circle", "open")
    #expect(rings.map(\.title) == ["test, epoch 2: 50, kept"])
    let level = try #require(markup.all("line", "k-ref").first { $0.title != nil })
    #expect(level.title == "zero-shot: 50")
    #expect(try number(level, "y1") == number(level, "y2"))
    #expect(try abs(number(level, "y1") - number(rings[0], "cy")) < 0.11)
    let kept = markup.all("line", "kept")
    #expect(try kept.count == 1 && abs(number(kept[0], "x1") - number(rings[0], "cx")) < 0.11)
    #expect(markup.all("text").map(\.text).contains("2 kept"))
  }

  @Test func `neighbours share an axis that holds the values of both`() throws {
    let (a, b) = ([(1.0, 40.0), (2, 45)], [(1.0, 60.0), (2, 90)])
    let values = (a + b).map(\.1)
    func heights(_ points: [(Double, Double)]) throws -> [Double] {
      let series = LineChart.Series(name: "m", points: points.map { (x: $0.0, y: $0.1) })
      let markup = try Markup(
        LineChart.svg("m", x: "epoch", y: "mAP", series: [series], holding: values))
      return try markup.all("circle").map { try number($0, "cy") }
    }
    let (first, second) = (try heights(a), try heights(b))
    // Equal steps in value are equal steps in height across both charts.
    let unit = (first[0] - first[1]) / 5
    #expect(abs((first[0] - second[0]) / 20 - unit) < 0.05)
    #expect(abs((first[0] - second[1]) / 50 - unit) < 0.05)
  }

  @Test func `epochs are whole numbers on the axis`() throws {
    let series = [LineChart.Series(name: "a", points: [(1, 3), (2, 2), (3, 1)])]
    let markup = try Markup(LineChart.svg("loss", x: "epoch", y: "loss", series: series))
    let texts = markup.all("text").filter { $0.attributes["text-anchor"] == "middle" }.map(\.text)
    #expect(texts == ["1", "2", "3", "epoch"])
  }

  @Test func `a chart without data is no chart`() {
    let broken = LineChart.Series(name: "a", points: [(1, .nan)])
    #expect(LineChart.svg("x", x: "epoch", y: "loss", series: [broken]) == "")
  }
}
