// PrecisionRecallChart - small precision-recall curves, one chart per class.
// SPDX-License-Identifier: Apache-2.0

/// Precision over recall of one class; many of them stand side by side as small multiples.
package enum PrecisionRecallChart {
  /// Draws one class.
  ///
  /// - Parameters:
  ///   - row: the class and its curves.
  ///   - style: how a method is drawn.
  ///   - use: part of a page or a file.
  /// - Returns: SVG text, 168 units wide; empty when there is no point.
  package static func svg(
    _ row: Report.ClassCurves, style: (String) -> MethodStyle, for use: ChartUse = .page
  ) -> String {
    guard row.curves.contains(where: { !$0.points.isEmpty }) else { return "" }
    var canvas = SVGCanvas(width: 168, height: 172)
    let (left, right, top, bottom) = (28.0, 162.0, 22.0, 146.0)
    canvas.rect(x: left, y: 5, width: 9, height: 9, "f-\(row.group.rawValue)")
    canvas.text(SVGCanvas.shortened(row.name, to: 120), x: left + 14, y: 14, "b")
    let x = SVGScale(linear: 0, 1, start: left, end: right)
    let y = SVGScale(linear: 0, 1, start: bottom, end: top)
    for tick in [0, 0.5, 1] {
      let label = NumberText.trimmed(NumberText.fixed(tick, 1))
      canvas.line(left, y.position(tick), right, y.position(tick), "grid")
      canvas.line(x.position(tick), top, x.position(tick), bottom, "grid")
      canvas.text(label, x: left - 5, y: y.position(tick) + 4, "m", anchor: .end, size: 10)
      canvas.text(label, x: x.position(tick), y: bottom + 13, "m", anchor: .middle, size: 10)
    }
    canvas.text("recall", x: (left + right) / 2, y: bottom + 24, "m", anchor: .middle, size: 10)
    for curve in row.curves {
      let style = style(curve.method)
      let points = curve.points.filter { $0.recall.isFinite && $0.precision.isFinite }
      let placed = points.map { (x.position($0.recall), y.position($0.precision)) }
      canvas.path(placed, style.line)
      if let last = placed.last {
        canvas.mark(
          style.shape, x: last.0, y: last.1, radius: 2.5, style.fill,
          title: "\(row.name), \(curve.method): AP \(NumberText.percent(curve.ap)) %")
      }
    }
    // Below the frame, three in a row, where no curve can cross them.
    let figures = row.curves.filter { $0.ap != nil }
    for (place, curve) in figures.enumerated() {
      let (x, y) = (left + Double(place % 3) * 46, bottom + 40 + Double(place / 3) * 14)
      canvas.rect(x: x, y: y - 8, width: 7, height: 8, style(curve.method).fill)
      canvas.text(NumberText.percent(curve.ap, 1), x: x + 10, y: y, size: 11)
    }
    canvas.height = bottom + 30 + Double((figures.count + 2) / 3) * 14
    return canvas.svg("Precision over recall of \(row.name)", for: use)
  }
}
