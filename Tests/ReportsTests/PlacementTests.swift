// PlacementTests - where things stand on a chart, and what becomes of figures on their way there.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@testable import LMPTReports

@Suite struct PlacementTests {
  /// Positions in a file have one decimal, so each end of a length may be 0.05 away.
  private let decimal = 0.11

  private func number(_ element: Element, _ key: String) throws -> Double {
    try #require(element.attributes[key].flatMap { Double($0) })
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

  /// A panel with the origin (head), a point to the right (medium) and one above (tail).
  private func map(_ right: Double, _ up: Double) throws -> [String: (x: Double, y: Double)] {
    let panel = Report.FeatureMap.Panel(
      name: "p",
      images: [
        .init(x: 0, y: 0, group: .head), .init(x: right, y: 0, group: .medium),
        .init(x: 0, y: up, group: .tail),
      ], classes: [])
    let bounds = Report.FeatureMap(panels: [panel]).bounds
    let circles = try Markup(ScatterChart.map(panel, bounds: bounds)).all("circle", "dot")
    let places = try circles.map { circle in
      (
        String(circle.title?.split(separator: " ").last ?? ""),
        (x: try number(circle, "cx"), y: try number(circle, "cy"))
      )
    }
    return Dictionary(places) { first, _ in first }
  }

  @Test(arguments: [(1.0, 1.0), (10.0, 1.0), (1.0, 10.0)])
  func `a map has one unit, up is up, and everything is inside its frame`(
    right: Double, up: Double
  ) throws {
    let places = try map(right, up)
    let origin = try #require(places["head"])
    let (beside, above) = (try #require(places["medium"]), try #require(places["tail"]))
    #expect(beside.x > origin.x && abs(beside.y - origin.y) < decimal)
    #expect(above.y < origin.y && abs(above.x - origin.x) < decimal)
    let (across, along) = ((beside.x - origin.x) / right, (origin.y - above.y) / up)
    #expect(abs(across - along) < decimal / min(right, up))
    for place in places.values {
      #expect((8...422).contains(place.x) && (8...348).contains(place.y))
    }
  }

  @Test func `a class that one of several runs has not keeps its columns`() {
    func report(_ total: Double, _ classes: [String]) -> Report {
      var report = Report(title: "")
      report.results = [.init(method: "m", figures: [.total: .init(total)])]
      report.methods = ["m"]
      report.classes = classes.map { .init(name: $0, count: 1, group: .tail, ap: [total]) }
      return report
    }
    let three = Report.merged(
      [report(0.1, ["a"]), report(0.2, ["b"]), report(0.3, ["a", "b"])], title: "")
    #expect(three.classes.map(\.name) == ["a", "b"])
    #expect(three.classes[0].ap == [0.1, nil, 0.3])
    #expect(three.classes[1].ap == [nil, 0.2, 0.3])
  }

  @Test func `every figure of an epoch is read from its own member`() throws {
    let text = """
      {"title":"","runs":[{"name":"r","epochs":[{"epoch":1,"loss":2,"cls":3,"cse":4,"lr":5,
      "val_map":6,"test_map":7,"seconds":8,"val_head":9,"val_medium":10,"val_tail":11,
      "test_head":12,"test_medium":13,"test_tail":14,"active_head":15,"active_medium":16,
      "active_tail":17}]}]}
      """
    let report = try Report.parse(JSON.parse(text))
    var expected = Report.Epoch(
      epoch: 1, loss: 2, cls: 3, cse: 4, learningRate: 5, validation: 6, test: 7, seconds: 8)
    expected.validationGroups = [.head: 9, .medium: 10, .tail: 11]
    expected.testGroups = [.head: 12, .medium: 13, .tail: 14]
    expected.activeMargins = [.head: 15, .medium: 16, .tail: 17]
    #expect(report.runs[0].epochs[0] == expected)
    #expect(try Report.parse(report.json) == report)
  }

  @Test func `a thinned curve is nowhere farther away than it says`() {
    let round = (0...200).map { step in
      let recall = Double(step) / 200
      return Report.ClassCurves.Point(
        recall: recall, precision: (1 - recall * recall).squareRoot())
    }
    let kept = Report.ClassCurves.Curve(method: "m", points: round).thinned().points
    #expect(kept.count < 40 && kept.first == round.first && kept.last == round.last)
    for point in round {
      let nearest = zip(kept, kept.dropFirst()).map { distance(point, $0, $1) }.min()
      #expect((nearest ?? 1) <= 0.004 + 1e-12)
    }
  }

  /// Of a point from a segment, by the smallest of many places on it.
  private func distance(
    _ p: Report.ClassCurves.Point, _ a: Report.ClassCurves.Point, _ b: Report.ClassCurves.Point
  ) -> Double {
    (0...400).map { step in
      let share = Double(step) / 400
      let x = a.recall + share * (b.recall - a.recall) - p.recall
      let y = a.precision + share * (b.precision - a.precision) - p.precision
      return (x * x + y * y).squareRoot()
    }.min() ?? 1
  }

  @Test func `a table that just fits is not cut`() {
    var table = TerminalTable([.init("class"), .init("AP", .right)])
    table.add(["person", "91.20"])
    // 6 and 5 columns with 2 between them.
    #expect(table.text(width: 13, glyphs: .ascii) == table.text(glyphs: .ascii))
    #expect(table.text(width: 12, glyphs: .ascii) != table.text(glyphs: .ascii))
  }

  @Test func `ticks stand at one, two or five`() {
    let scale = SVGScale(fitting: [0, 12], start: 0, end: 100)
    #expect(scale.ticks().map(\.value) == [0, 2, 4, 6, 8, 10, 12])
    #expect(scale.ticks().map(\.label) == ["0", "2", "4", "6", "8", "10", "12"])
    #expect(
      SVGScale(fitting: [0, 5], start: 0, end: 1).ticks().map(\.value) == [0, 1, 2, 3, 4, 5])
  }
  @Test func `no character leaves a quoted attribute`() {
    #expect("<a b='c' d=\"e\">&".escapedForHTML == "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;")
  }
  @Test func `a bar ends at the nearest eighth of a column`() {
    #expect(TerminalBar.text(0.1, width: 1) == "\u{258F}")  // 0.8 of an eighth
    #expect(TerminalBar.text(0.05, width: 1) == " ")
  }

  @Test func `the published totals stand beside the tower they belong to`() {
    // The paper's table 1 and the leaderboards: docs/Results.md.
    for (dataset, totals) in [
      (PublishedResults.Dataset.vocLT, [0.8544, 0.8788]), (.cocoLT, [0.5897, 0.6619]),
    ] {
      let rows = PublishedResults.rows(dataset)
      for (name, total) in zip(["LMPT, RN50", "LMPT, ViT-B/16"], totals) {
        let found = rows.first { $0.method == name }?[.total]?.mean ?? .nan
        #expect(abs(found - total) < 1e-9, "\(name)")
      }
    }
  }
}
