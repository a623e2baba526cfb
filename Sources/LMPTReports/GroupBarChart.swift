// GroupBarChart - bars of several methods side by side, with deviations.
// SPDX-License-Identifier: Apache-2.0

/// Bars in groups: one group per category, one bar per series, a whisker for the deviation.
package enum GroupBarChart {
  /// The bars of one method.
  package struct Series: Sendable {
    /// The method.
    package var name: String
    /// Height and deviation per category; nil leaves the place free.
    package var bars: [Report.Measure?]

    /// Its colour; by its place in the chart where it is nil.
    package var style: MethodStyle?

    /// A series.
    package init(name: String, bars: [Report.Measure?], style: MethodStyle? = nil) {
      self.name = name
      self.bars = bars
      self.style = style
    }
  }

  /// Draws the chart; bars start at 0 and values are fractions shown as percentages.
  ///
  /// - Parameters:
  ///   - label: what the chart shows, for screen readers.
  ///   - categories: names below the groups.
  ///   - series: one entry per method, drawn from left to right.
  ///   - layout: how much room there is.
  ///   - use: part of a page or a file.
  /// - Returns: SVG text; empty when there is nothing to draw.
  package static func svg(
    _ label: String, categories: [String], series: [Series], layout: ChartLayout,
    for use: ChartUse = .page
  ) -> String {
    let drawn = series.flatMap { $0.bars.compactMap(\.self) }.filter { $0.mean.isFinite }
    guard !drawn.isEmpty, !categories.isEmpty else { return "" }
    var canvas = SVGCanvas(width: layout.width, height: 0)
    let legend = canvas.legend(
      series.enumerated().map { index, series in
        (
          series.name,
          { canvas, x, y in
            canvas.rect(x: x - 8, y: y - 6, width: 16, height: 12, style(series, index).fill)
          }
        )
      })
    let top = legend + 30
    let (left, right, bottom) = (40.0, canvas.width - 4, top + 240)
    let reach = drawn.map { ($0.mean + max(0, $0.deviation ?? 0)) * 100 } + [0]
    let scale = SVGScale(fitting: reach, zero: true, start: bottom, end: top)
    canvas.text("mAP, %", x: 0, y: top - 14, "m")
    for tick in scale.ticks() {
      let y = scale.position(tick.value)
      canvas.line(left, y, right, y, "grid")
      canvas.text(tick.label, x: left - 6, y: y + 4, "m", anchor: .end)
    }
    let slot = (right - left) / Double(categories.count)
    let bar = min(46, slot * 0.84 / Double(series.count))
    for (place, category) in categories.enumerated() {
      let middle = left + (Double(place) + 0.5) * slot
      let first = middle - bar * Double(series.count) / 2
      canvas.text(category, x: middle, y: bottom + 18, "b", anchor: .middle)
      for (index, entry) in series.enumerated() {
        guard place < entry.bars.count, let measure = entry.bars[place], measure.mean.isFinite
        else { continue }
        draw(
          measure, of: "\(entry.name), \(category)", style(entry, index),
          x: first + Double(index) * bar,
          width: bar, scale, &canvas)
      }
    }
    canvas.line(left, bottom, right, bottom, "axis")
    canvas.height = bottom + 28
    return canvas.svg(label, for: use)
  }

  private static func style(_ series: Series, _ index: Int) -> MethodStyle {
    series.style ?? MethodStyle(slot: index)
  }

  private static func draw(
    _ measure: Report.Measure, of name: String, _ style: MethodStyle, x: Double, width: Double,
    _ scale: SVGScale, _ canvas: inout SVGCanvas
  ) {
    let value = measure.mean * 100
    let y = scale.position(value)
    let gap = min(2, width * 0.1)
    canvas.rect(
      x: x + gap / 2, y: y, width: width - gap, height: scale.position(0) - y,
      "bar \(style.fill)", title: "\(name): \(measure.text) %")
    var label = y - 5
    if let deviation = measure.deviation, deviation > 0, deviation.isFinite {
      let (high, low) = (
        scale.position(value + deviation * 100), scale.position(value - deviation * 100)
      )
      let (middle, arm) = (x + width / 2, min(5, width * 0.25))
      canvas.line(middle, high, middle, low, "whisker")
      canvas.line(middle - arm, high, middle + arm, high, "whisker")
      canvas.line(middle - arm, low, middle + arm, low, "whisker")
      label = high - 5
    }
    if width >= 30 {
      canvas.text(
        NumberText.fixed(value, 1), x: x + width / 2, y: label, anchor: .middle, size: 11)
    }
  }
}
