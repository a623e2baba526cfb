// ScatterChartTests - where points stand.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct ScatterChartTests {
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

  @Test func `a chart without data is no chart`() {
    #expect(
      ScatterChart.byCount("x", y: "y", classes: ClassBarChartTests.classes) { _ in nil } == "")
  }
}
