// PrecisionRecallChartTests - recall goes to the right and precision upwards.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct PrecisionRecallChartTests {
  private typealias Point = Report.ClassCurves.Point

  private func chart(_ curves: [Report.ClassCurves.Curve]) throws -> Markup {
    let row = Report.ClassCurves(name: "cow", group: .tail, curves: curves)
    return try Markup(
      PrecisionRecallChart.svg(row) { MethodStyle(slot: $0 == "LMPT" ? 0 : 4) })
  }

  /// The corners of a line.
  private func corners(_ path: Element) throws -> [(x: Double, y: Double)] {
    let steps = try #require(path.attributes["d"])
    return try steps.dropFirst().split(separator: "L").map { step in
      let numbers = step.split(separator: " ").compactMap { Double($0) }
      try #require(numbers.count == 2)
      return (numbers[0], numbers[1])
    }
  }

  /// Where the grid begins and ends.
  private func frame(
    _ chart: Markup
  ) throws -> (left: Double, right: Double, top: Double, bottom: Double) {
    let grid = chart.all("line", "grid")
    let x = try grid.flatMap { [try number($0, "x1"), try number($0, "x2")] }
    let y = try grid.flatMap { [try number($0, "y1"), try number($0, "y2")] }
    return (
      try #require(x.min()), try #require(x.max()), try #require(y.min()), try #require(y.max())
    )
  }

  @Test func `more recall is farther right and less precision lower`() throws {
    let points = [Point(recall: 0.25, precision: 1), Point(recall: 0.5, precision: 0.5)]
    let chart = try chart([.init(method: "LMPT", ap: 0.5, points: points)])
    let frame = try frame(chart)
    let lines = chart.all("path", "l")
    try #require(lines.count == 1)
    let line = try corners(lines[0])
    try #require(line.count == 2)
    #expect(line[0].x < line[1].x && line[0].y < line[1].y)
    // A quarter of the way at the upper edge, then the middle of the chart.
    let (width, height) = (frame.right - frame.left, frame.bottom - frame.top)
    #expect(abs(line[0].x - (frame.left + width / 4)) < decimal)
    #expect(abs(line[0].y - frame.top) < decimal)
    #expect(abs(line[1].x - (frame.left + width / 2)) < decimal)
    #expect(abs(line[1].y - (frame.top + height / 2)) < decimal)
    // The name of the axis is below the frame.
    let name = try #require(chart.all("text").first { $0.text == "recall" })
    #expect(try number(name, "y") > frame.bottom)
  }

  @Test func `a curve ends at a mark with its AP, and every method has its own`() throws {
    let chart = try chart([
      .init(
        method: "LMPT", ap: 0.875,
        points: [Point(recall: 0, precision: 1), Point(recall: 1, precision: 0.25)]),
      .init(
        method: "CoOp", ap: 0.5,
        points: [
          Point(recall: 0, precision: 0.75), Point(recall: .nan, precision: 1),
          Point(recall: 0.5, precision: 0),
        ]),
    ])
    let frame = try frame(chart)
    let lines = chart.all("path", "l")
    let marks = chart.all("circle")
    #expect(
      marks.map(\.title) == ["cow, LMPT: AP 87.50 %", "cow, CoOp: AP 50.00 %"])
    try #require(lines.count == 2 && marks.count == 2)
    for (line, mark) in zip(lines, marks) {
      let corners = try corners(line)
      #expect(corners.count == 2, "a point that is no number is left out")
      let last = try #require(corners.last)
      #expect(try last == (number(mark, "cx"), number(mark, "cy")))
    }
    // Recall 1 is at the right edge, precision 0 at the lower one.
    #expect(try abs(number(marks[0], "cx") - frame.right) < decimal)
    #expect(try abs(number(marks[1], "cy") - frame.bottom) < decimal)
  }

  @Test func `a class without points has no chart`() {
    let row = Report.ClassCurves(
      name: "cow", group: .tail, curves: [.init(method: "LMPT", ap: 0.5, points: [])])
    #expect(PrecisionRecallChart.svg(row) { _ in .reference } == "")
  }
}
