// LineChart - figures over epochs, steps or sizes.
// SPDX-License-Identifier: Apache-2.0

/// Lines over a common axis; series differ in colour, dash and the shape of their marks.
package enum LineChart {
  /// One line.
  package struct Series: Sendable {
    /// Name in the legend.
    package var name: String
    /// Points from left to right; points that are not finite are left out.
    package var points: [(x: Double, y: Double)]

    /// A line.
    package init(name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }

    var finite: [(x: Double, y: Double)] { points.filter { $0.x.isFinite && $0.y.isFinite } }
  }

  /// Which vertical axis to use.
  package enum Axis: Sendable {
    /// Fitted to the values.
    case fitted
    /// From zero.
    case fromZero
    /// Powers of ten.
    case logarithmic
  }

  /// Draws the chart, 430 units wide.
  ///
  /// - Parameters:
  ///   - label: what the chart shows, for screen readers.
  ///   - x: name of the horizontal axis.
  ///   - y: name and unit of the vertical axis.
  ///   - series: the lines.
  ///   - axis: the vertical axis.
  ///   - use: part of a page or a file.
  /// - Returns: SVG text; empty when no series has a point.
  package static func svg(
    _ label: String, x: String, y: String, series: [Series], axis: Axis = .fitted,
    for use: ChartUse = .page
  ) -> String {
    let points = series.flatMap(\.finite)
    guard !points.isEmpty else { return "" }
    let (xName, yName) = (x, y)
    var canvas = SVGCanvas(width: 430, height: 0)
    let legend =
      series.count < 2
      ? 0
      : canvas.legend(
        series.enumerated().map { index, series in
          (
            series.name,
            { canvas, x, y in
              canvas.path([(x - 11, y), (x + 11, y)], ChartStyle.line(index))
              canvas.mark(index, x: x, y: y, radius: 3, "f-\(ChartStyle.series(index))")
            }
          )
        })
    let top = legend + 28
    let bottom = top + 200
    let values = points.map(\.y)
    let vertical =
      axis == .logarithmic
      ? SVGScale(logarithmic: values, start: bottom, end: top)
      : SVGScale(fitting: values, zero: axis == .fromZero, start: bottom, end: top)
    let ticks = vertical.ticks()
    let labels = ticks.map { SVGCanvas.textWidth($0.label) }.max() ?? 0
    let (left, right) = (labels + 12, canvas.width - 12)
    let (low, high) = (points.map(\.x).min() ?? 0, points.map(\.x).max() ?? 1)
    let horizontal = SVGScale(linear: low, high, start: left, end: right)
    canvas.text(yName, x: 0, y: top - 14, "m")
    for tick in ticks {
      let y = vertical.position(tick.value)
      canvas.line(left, y, right, y, "grid")
      canvas.text(tick.label, x: left - 6, y: y + 4, "m", anchor: .end)
    }
    for tick in horizontal.ticks(6) {
      let x = horizontal.position(tick.value)
      canvas.line(x, bottom, x, bottom + 4, "axis")
      canvas.text(tick.label, x: x, y: bottom + 17, "m", anchor: .middle)
    }
    canvas.text(xName, x: (left + right) / 2, y: bottom + 34, "m", anchor: .middle)
    for (index, entry) in series.enumerated() {
      let placed = entry.finite.map { point in
        (
          x: horizontal.position(point.x), y: vertical.position(point.y),
          title: "\(entry.name), \(xName) \(NumberText.significant(point.x)): "
            + NumberText.significant(point.y)
        )
      }
      canvas.path(placed.map { ($0.x, $0.y) }, ChartStyle.line(index))
      let radius = placed.count > 100 ? 1.2 : placed.count > 30 ? 2 : 3
      for point in placed {
        canvas.mark(
          index, x: point.x, y: point.y, radius: radius, "f-\(ChartStyle.series(index))",
          title: point.title)
      }
    }
    canvas.line(left, bottom, right, bottom, "axis")
    canvas.height = bottom + 42
    return canvas.svg(label, for: use)
  }
}
