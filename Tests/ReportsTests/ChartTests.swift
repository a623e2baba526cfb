// ChartTests - the marks, labels and positions of small charts.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct ChartTests {
  private let classes: [Report.ClassResult] = [
    .init(name: "cow", count: 4, group: .tail, ap: [0.25, 0.5], margin: 0.1414, weight: 0.9),
    .init(name: "person", count: 775, group: .head, ap: [0.9, 1]),
    .init(name: "a<b", count: 34, group: .medium, ap: [nil, 0.75], margin: 0.0828, weight: 0.01),
  ]

  private func number(_ element: Element, _ key: String) throws -> Double {
    let text = try #require(element.attributes[key])
    return try #require(Double(text))
  }

  @Test(arguments: [ChartLayout.wide, .narrow])
  func `every class has its bar, its marks and its name, frequent ones first`(
    layout: ChartLayout
  ) throws {
    let svg = ClassBarChart.svg(classes, methods: ["zero-shot", "LMPT"], layout: layout)
    let markup = try Markup(svg)
    let bars = markup.all("rect", "bar")
    #expect(bars.map { $0.title?.prefix(while: { $0 != ":" }) } == ["person", "a<b", "cow"])
    // A bar has the colour of its method, the strip beside it that of its group.
    #expect(bars.map { $0.attributes["class"] } == ["bar f-s1", "bar f-s1", "bar f-s1"])
    #expect(
      markup.all("rect", "strip").map { $0.attributes["class"] } == [
        "strip f-head", "strip f-medium", "strip f-tail",
      ])
    #expect(bars[0].title?.contains("AP 100.00 % with LMPT, 775 training images (head)") == true)
    let side = layout == .wide ? "height" : "width"
    let full = try number(bars[0], side)
    #expect(try abs(number(bars[2], side) - full / 2) < 0.11)  // one decimal in the file
    #expect(markup.all("circle").count { $0.title != nil } == 2)
    let names = markup.all("text").map(\.text)
    for name in ["person", "a<b", "cow", "head (1)", "training images"] {
      #expect(names.contains(name))
    }
    #expect(markup.all("line", "split").count == 2)
    #expect(markup.all("path", "count").count == 2)  // the line and its sample in the legend
  }

  @Test func `eighty classes still have a bar each and stay inside the chart`() throws {
    let many = (0..<80).map {
      Report.ClassResult(name: "class \($0)", count: 1 + $0, group: .medium, ap: [0.5])
    }
    let markup = try Markup(ClassBarChart.svg(many, methods: ["LMPT"], layout: .wide))
    let bars = markup.all("rect", "bar")
    #expect(bars.count == 80)
    for bar in bars {
      #expect(try number(bar, "x") >= 0)
      #expect(try number(bar, "x") + number(bar, "width") <= 880)
    }
  }

  @Test func `a chart without data is no chart`() {
    #expect(ClassBarChart.svg([], methods: ["LMPT"], layout: .wide) == "")
    #expect(ClassBarChart.svg(classes, methods: [], layout: .wide) == "")
    #expect(GroupBarChart.svg("x", categories: ["a"], series: [], layout: .wide) == "")
    let broken = LineChart.Series(name: "a", points: [(1, .nan)])
    #expect(LineChart.svg("x", x: "epoch", y: "loss", series: [broken]) == "")
    #expect(ScatterChart.byCount("x", y: "y", classes: classes) { _ in nil } == "")
  }

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

  @Test func `axes end on a tick and contain their values`() {
    for values in [[0.31, 0.87], [1, 1], [-5, 12.5], [1e-7, 3e-7], [0, 0]] {
      let scale = SVGScale(fitting: values, start: 0, end: 100)
      let ticks = scale.ticks()
      #expect(ticks.count >= 2 && ticks.count <= 12, "\(values)")
      for value in values { #expect((0...100).contains(scale.position(value))) }
      #expect(abs(scale.position(ticks[0].value)) < 1e-6, "\(values)")
      #expect(abs(scale.position(ticks[ticks.count - 1].value) - 100) < 1e-6, "\(values)")
    }
    let log = SVGScale(logarithmic: [4, 775], start: 0, end: 90)
    #expect(log.ticks().map(\.label) == ["1", "10", "100", "1\u{202F}000"])
    #expect(log.position(10) == 30)
    #expect(log.position(0) == 0)
  }

  @Test func `labels never cover each other and leave out what has no room`() {
    var placer = LabelPlacer(bounds: .init(x: 0, y: 0, width: 200, height: 30))
    let places = (0..<9).map { _ in placer.place("label", x: 100, y: 15) }
    let placed = places.compactMap(\.self)
    #expect(!placed.isEmpty && placed.count < 9)
    for (index, a) in placed.enumerated() {
      for b in placed[..<index] {
        #expect(abs(a.x - b.x) >= SVGCanvas.textWidth("label", size: 11) || abs(a.y - b.y) >= 11)
      }
    }
  }

  @Test func `thinning keeps the ends and every point that is off the line`() {
    let straight = (0...100).map {
      Report.ClassCurves.Point(recall: Double($0) / 100, precision: 1 - Double($0) / 200)
    }
    let line = Report.ClassCurves.Curve(method: "m", ap: 0.5, points: straight).thinned()
    #expect(line.points == [straight[0], straight[100]])
    var bent = straight
    bent[40].precision = 0.2
    let corner = Report.ClassCurves.Curve(method: "m", points: bent).thinned()
    #expect(corner.points.contains(bent[40]))
    #expect(corner.points.count < 6)
  }

  @Test func `numbers are rounded and dashes stand for what is none`() {
    #expect(NumberText.fixed(0.125, 2) == "0.13")
    #expect(NumberText.fixed(-0.004, 2) == "0.00")
    #expect(NumberText.fixed(.nan, 1) == "\u{2013}")
    #expect(NumberText.percent(0.8544) == "85.44")
    #expect(NumberText.significant(5e-4) == "0.0005")
    #expect(NumberText.significant(8.823e-6) == "8.823e\u{2212}6")
    #expect(NumberText.count(-1_234_567) == "\u{2212}1\u{202F}234\u{202F}567")
    #expect(NumberText.coordinate(-1.26) == "-1.3")
    #expect(NumberText.fixed(9.999e14, 9) == "\u{2013}")
    #expect(NumberText.signed(14.2, 1) == "+14.2" && NumberText.signed(-0.9, 1) == "\u{2212}0.9")
    #expect(NumberText.signed(0.04, 1) == "0.0" && NumberText.signed(-0.04, 1) == "0.0")
    #expect(NumberText.duration(3.24) == "3.2 s" && NumberText.duration(34) == "34 s")
    #expect(NumberText.duration(130) == "2 min 10 s" && NumberText.duration(3_900) == "1 h 05 min")
    #expect(NumberText.duration(-1) == "\u{2013}" && NumberText.duration(.nan) == "\u{2013}")
  }
}
