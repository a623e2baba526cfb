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
    /// Its colour; by its place in the chart where it is nil.
    package var style: MethodStyle?
    /// Its dash, where that says something else than the method.
    package var dash: Int?
    /// The x of the point that gets a ring: the epoch that was kept.
    package var kept: Double?

    /// A line.
    package init(
      name: String, points: [(x: Double, y: Double)], style: MethodStyle? = nil, dash: Int? = nil,
      kept: Double? = nil
    ) {
      (self.name, self.points, self.style, self.dash) = (name, points, style, dash)
      self.kept = kept
    }

    var finite: [(x: Double, y: Double)] { points.filter { $0.x.isFinite && $0.y.isFinite } }
  }

  /// A horizontal line for a figure that does not change.
  package struct Level: Sendable {
    /// What it is.
    package var name: String
    /// Where it is.
    package var y: Double

    /// A level.
    package init(_ name: String, _ y: Double) { (self.name, self.y) = (name, y) }
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
  ///   - x: name of the horizontal axis; its ticks are whole numbers.
  ///   - y: name and unit of the vertical axis.
  ///   - series: the lines.
  ///   - axis: the vertical axis.
  ///   - level: a figure that does not change, such as that of zero-shot CLIP.
  ///   - holding: values that the vertical axis holds too, so that neighbours share one.
  ///   - use: part of a page or a file.
  /// - Returns: SVG text; empty when no series has a point.
  package static func svg(
    _ label: String, x: String, y: String, series: [Series], axis: Axis = .fitted,
    level: Level? = nil, holding: [Double] = [], for use: ChartUse = .page
  ) -> String {
    let points = series.flatMap(\.finite)
    guard !points.isEmpty else { return "" }
    var canvas = SVGCanvas(width: 430, height: 0)
    let legend = drawLegend(series, level, &canvas)
    let top = legend + 28
    let bottom = top + 200
    let values = points.map(\.y) + holding + (level.map { [$0.y] } ?? [])
    let vertical =
      axis == .logarithmic
      ? SVGScale(logarithmic: values, start: bottom, end: top)
      : SVGScale(fitting: values, zero: axis == .fromZero, start: bottom, end: top)
    let ticks = vertical.ticks()
    let labels = ticks.map { SVGCanvas.textWidth($0.label) }.max() ?? 0
    let (left, right) = (labels + 12, canvas.width - 12)
    let (low, high) = (points.map(\.x).min() ?? 0, points.map(\.x).max() ?? 1)
    let horizontal = SVGScale(linear: low, high, start: left, end: right)
    canvas.text(y, x: 0, y: top - 14, "m")
    for tick in ticks {
      let y = vertical.position(tick.value)
      canvas.line(left, y, right, y, "grid")
      canvas.text(tick.label, x: left - 6, y: y + 4, "m", anchor: .end)
    }
    for tick in horizontal.ticks(6) where tick.value == tick.value.rounded() {
      let x = horizontal.position(tick.value)
      canvas.line(x, bottom, x, bottom + 4, "axis")
      canvas.text(tick.label, x: x, y: bottom + 17, "m", anchor: .middle)
    }
    canvas.text(x, x: (left + right) / 2, y: bottom + 34, "m", anchor: .middle)
    if let level, level.y.isFinite {
      let y = vertical.position(level.y)
      let title = "\(level.name): \(NumberText.significant(level.y))"
      canvas.line(left, y, right, y, "l k-ref", title: title)
    }
    let kept = Set(series.compactMap(\.kept).filter { low <= $0 && $0 <= high })
    if kept.count == 1, let epoch = kept.first {
      let x = horizontal.position(epoch)
      canvas.line(x, top, x, bottom, "kept")
      let isRight = x > (left + right) / 2
      canvas.text(
        "\(NumberText.significant(epoch)) kept", x: isRight ? x - 5 : x + 5, y: top - 4, "m",
        anchor: isRight ? .end : .start, size: 11)
    }
    for (index, entry) in series.enumerated() {
      let style = entry.style ?? MethodStyle(slot: index)
      let placed = entry.finite.map { point in
        (
          x: horizontal.position(point.x), y: vertical.position(point.y),
          isKept: point.x == entry.kept,
          title: "\(entry.name), \(x) \(NumberText.significant(point.x)): "
            + NumberText.significant(point.y) + (point.x == entry.kept ? ", kept" : "")
        )
      }
      canvas.path(placed.map { ($0.x, $0.y) }, lineStyle(entry, style))
      let radius = placed.count > 100 ? 1.2 : placed.count > 30 ? 2 : 3
      for point in placed {
        canvas.mark(
          style.shape, x: point.x, y: point.y, radius: point.isKept ? 5 : radius,
          point.isKept ? "open \(style.stroke)" : style.fill, title: point.title)
      }
    }
    canvas.line(left, bottom, right, bottom, "axis")
    canvas.height = bottom + 42
    return canvas.svg(label, for: use)
  }

  private static func lineStyle(_ series: Series, _ style: MethodStyle) -> String {
    series.dash.map(style.dashed) ?? style.line
  }

  /// The names of the lines, where there are several.
  private static func drawLegend(
    _ series: [Series], _ level: Level?, _ canvas: inout SVGCanvas
  ) -> Double {
    var entries = series.enumerated().map { index, series in
      (
        name: series.name,
        sample: { (canvas: inout SVGCanvas, x: Double, y: Double) in
          let style = series.style ?? MethodStyle(slot: index)
          canvas.path([(x - 11, y), (x + 11, y)], lineStyle(series, style))
          canvas.mark(style.shape, x: x, y: y, radius: 3, style.fill)
        }
      )
    }
    if let level {
      entries.append(
        (
          name: level.name,
          sample: { canvas, x, y in canvas.path([(x - 11, y), (x + 11, y)], "l k-ref") }
        ))
    }
    return entries.count < 2 ? 0 : canvas.legend(entries)
  }
}
