// Plot - a small chart with axes, 350 units wide, and what all figures share.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTReports

/// A chart of curves or points over two axes.
struct Plot {
  static let width = 350.0
  var canvas: SVGCanvas
  let x: SVGScale
  let y: SVGScale

  /// Draws title, axes and ticks.
  ///
  /// - Parameters:
  ///   - title: what the panel shows.
  ///   - names: of the horizontal and the vertical axis.
  ///   - xs: values that the horizontal axis holds.
  ///   - ys: values that the vertical axis holds.
  ///   - logarithmic: which axes are.
  ///   - height: of the field.
  init(
    _ title: String, _ names: (x: String, y: String), x xs: [Double], y ys: [Double],
    logarithmic: (x: Bool, y: Bool) = (false, false), height: Double = 170
  ) {
    let (left, right, top) = (52.0, Plot.width - 12, 42.0)
    let bottom = top + height
    canvas = SVGCanvas(width: Plot.width, height: bottom + 40)
    x =
      logarithmic.x
      ? SVGScale(logarithmic: xs, start: left, end: right)
      : SVGScale(linear: xs.min() ?? 0, xs.max() ?? 1, start: left, end: right)
    y =
      logarithmic.y
      ? SVGScale(logarithmic: ys, start: bottom, end: top)
      : SVGScale(fitting: ys, start: bottom, end: top)
    canvas.text(title, x: 4, y: 14, "b")
    canvas.text(names.y, x: 4, y: 32, "m")
    for tick in y.ticks(4) {
      let at = y.position(tick.value)
      canvas.line(left, at, right, at, "grid")
      canvas.text(tick.label, x: left - 6, y: at + 4, "m", anchor: .end)
    }
    canvas.line(left, bottom, right, bottom, "axis")
    for tick in x.ticks(5) {
      let at = x.position(tick.value)
      canvas.line(at, bottom, at, bottom + 4, "axis")
      // The last label would reach past the edge, where the right margin is all it has.
      let half = SVGCanvas.textWidth(tick.label) / 2
      let isLast = at + half > Plot.width
      canvas.text(
        tick.label, x: isLast ? Plot.width - 2 : at, y: bottom + 18, "m",
        anchor: isLast ? .end : .middle)
    }
    canvas.text(names.x, x: right, y: bottom + 34, "m", anchor: .end)
  }

  /// A line through points.
  mutating func line(_ points: [(Double, Double)], _ style: String) {
    canvas.path(points.map { (x: x.position($0.0), y: y.position($0.1)) }, "l \(style)")
  }

  /// A mark with its value as a title.
  mutating func mark(_ shape: Int, _ at: (Double, Double), _ style: String, title: String) {
    canvas.mark(
      shape, x: x.position(at.0), y: y.position(at.1), radius: 3.5, style, title: title)
  }

  /// A word beside a point.
  mutating func label(_ text: String, _ at: (Double, Double), dx: Double = 6, dy: Double = 4) {
    let place = x.position(at.0) + dx
    let isLeft = dx < 0 || place + SVGCanvas.textWidth(text) > Plot.width
    canvas.text(
      text, x: isLeft ? x.position(at.0) - abs(dx) : place, y: y.position(at.1) + dy, "t",
      anchor: isLeft ? .end : .start)
  }

  /// A legend in the lower margin, which it makes taller.
  mutating func legend(_ entries: [(name: String, style: String)]) {
    let top = canvas.height + 6
    let taken = canvas.legend(
      entries.map { entry in
        (
          name: entry.name,
          sample: { canvas, x, y in
            canvas.path([(x: x - 11, y: y), (x: x + 11, y: y)], "l \(entry.style)")
          }
        )
      }, x: 4, y: top)
    canvas.height = top + taken
  }
}

/// The class of a colour for a class of that many images.
func groupName(_ count: Int) -> String { ClassGroup(count: Double(count)).rawValue }

/// Numbers from one end to the other, both included.
func steps(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
  (0...count).map { low + (high - low) * Double($0) / Double(count) }
}

/// A number of a table.
func cell(_ value: Double) -> String { WorkedValue.text(value) }
