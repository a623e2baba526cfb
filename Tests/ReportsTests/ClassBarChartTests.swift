// ClassBarChartTests - bars of classes, their marks and their names.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct ClassBarChartTests {
  static let classes: [Report.ClassResult] = [
    .init(name: "cow", count: 4, group: .tail, ap: [0.25, 0.5], margin: 0.1414, weight: 0.9),
    .init(name: "person", count: 775, group: .head, ap: [0.9, 1]),
    .init(name: "a<b", count: 34, group: .medium, ap: [nil, 0.75], margin: 0.0828, weight: 0.01),
  ]

  @Test(arguments: [ChartLayout.wide, .narrow])
  func `every class has its bar, its marks and its name, frequent ones first`(
    layout: ChartLayout
  ) throws {
    let svg = ClassBarChart.svg(Self.classes, methods: ["zero-shot", "LMPT"], layout: layout)
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
    #expect(ClassBarChart.svg(Self.classes, methods: [], layout: .wide) == "")
  }
}
