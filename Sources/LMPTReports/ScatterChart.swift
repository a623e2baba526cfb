// ScatterChart - the map of features, and margins over counts.
// SPDX-License-Identifier: Apache-2.0

/// Points in a plane, coloured by group.
package enum ScatterChart {
  /// Draws one panel of a map: images as faint dots, classes as named diamonds.
  ///
  /// - Parameters:
  ///   - panel: the points.
  ///   - bounds: common range of all panels that stand side by side, so that they can be compared.
  ///   - use: part of a page or a file.
  /// - Returns: SVG text, 430 units wide; empty when there is no point.
  package static func map(
    _ panel: Report.FeatureMap.Panel, bounds: Report.FeatureMap.Bounds, for use: ChartUse = .page
  ) -> String {
    guard !panel.images.isEmpty || !panel.classes.isEmpty else { return "" }
    var canvas = SVGCanvas(width: 430, height: 372)
    let (left, right, top, bottom) = (8.0, 422.0, 8.0, 348.0)
    // because distances in the plane mean something, both axes have the same unit.
    let unit = min((right - left) / bounds.width, (bottom - top) / bounds.height) * 0.94
    func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
      (
        (left + right) / 2 + (x - bounds.middleX) * unit,
        (top + bottom) / 2 - (y - bounds.middleY) * unit
      )
    }
    canvas.rect(x: left, y: top, width: right - left, height: bottom - top, "open k-frame")
    for image in panel.images where image.x.isFinite && image.y.isFinite {
      let at = place(image.x, image.y)
      canvas.mark(
        0, x: at.x, y: at.y, radius: 2.2, "dot f-\(image.group.rawValue)",
        title: "image, \(image.group.rawValue)")
    }
    var placer = LabelPlacer(
      bounds: .init(x: left, y: top, width: right - left, height: bottom - top))
    let classes = panel.classes.filter { $0.x.isFinite && $0.y.isFinite }
    for row in classes {
      let at = place(row.x, row.y)
      placer.avoid(x: at.x, y: at.y, radius: 5)
      canvas.mark(
        2, x: at.x, y: at.y, radius: 5, "halo f-\(row.group.rawValue)",
        title: "\(row.name) (\(row.group.rawValue))")
    }
    for row in classes {
      let at = place(row.x, row.y)
      if let label = placer.place(row.name, x: at.x, y: at.y) {
        canvas.text(row.name, x: label.x, y: label.y, "t named", size: 11)
      }
    }
    canvas.text(
      "\u{2192} first principal component, \u{2191} second", x: left, y: 366, "m", size: 11)
    return canvas.svg(
      "Map of \(panel.images.count) image features and \(classes.count) class embeddings, "
        + panel.name, for: use)
  }

  /// Draws a figure of every class over its training count, which has a logarithmic axis.
  ///
  /// - Parameters:
  ///   - label: what the chart shows, for screen readers.
  ///   - y: name of the vertical axis.
  ///   - classes: the classes; a class whose figure is nil is left out.
  ///   - axis: the vertical axis.
  ///   - line: a line through the field, of the count; linear in its logarithm.
  ///   - use: part of a page or a file.
  ///   - figure: the value of a class.
  /// - Returns: SVG text, 430 units wide; empty when no class has the figure.
  package static func byCount(
    _ label: String, y: String, classes: [Report.ClassResult], axis: LineChart.Axis = .fromZero,
    line: ((Double) -> Double)? = nil, for use: ChartUse = .page,
    figure: (Report.ClassResult) -> Double?
  ) -> String {
    let rows = ClassBarChart.ordered(classes).compactMap { row in
      figure(row).flatMap { $0.isFinite && row.count > 0 ? (row: row, value: $0) : nil }
    }
    guard !rows.isEmpty else { return "" }
    let yName = y
    var canvas = SVGCanvas(width: 430, height: 292)
    let (top, bottom, right) = (28.0, 250.0, 410.0)
    let counts = rows.map { Double($0.row.count) }
    let ends = [counts.min(), counts.max()].compactMap(\.self)
    let drawn = line.map { line in ends.map { (count: $0, y: line($0)) } } ?? []
    let values = rows.map(\.value) + drawn.map(\.y)
    let vertical =
      axis == .logarithmic
      ? SVGScale(logarithmic: values, start: bottom, end: top)
      : SVGScale(fitting: values, zero: axis == .fromZero, start: bottom, end: top)
    let ticks = vertical.ticks()
    let left = (ticks.map { SVGCanvas.textWidth($0.label) }.max() ?? 0) + 12
    let horizontal = SVGScale(
      logarithmic: rows.map { Double($0.row.count) }, start: left, end: right)
    canvas.text(yName, x: 0, y: top - 14, "m")
    for tick in ticks {
      let y = vertical.position(tick.value)
      canvas.line(left, y, right, y, "grid")
      canvas.text(tick.label, x: left - 6, y: y + 4, "m", anchor: .end)
    }
    for tick in horizontal.ticks() {
      let x = horizontal.position(tick.value)
      canvas.line(x, bottom, x, bottom + 4, "axis")
      canvas.text(tick.label, x: x, y: bottom + 17, "m", anchor: .middle)
    }
    canvas.text("training images", x: right, y: bottom + 34, "m", anchor: .end)
    canvas.path(  // straight over a logarithmic axis
      drawn.map { (horizontal.position($0.count), vertical.position($0.y)) }, "l k-ref l1")
    var placer = LabelPlacer(
      bounds: .init(x: left, y: top - 8, width: right - left + 8, height: bottom - top + 4))
    let placed = rows.map { row, value in
      (
        row: row, x: horizontal.position(Double(row.count)), y: vertical.position(value),
        title: "\(row.name): \(NumberText.significant(value)) with \(row.count) training images"
      )
    }
    for point in placed { placer.avoid(x: point.x, y: point.y, radius: 4) }
    for point in placed {
      canvas.mark(
        2, x: point.x, y: point.y, radius: 4.5, "halo f-\(point.row.group.rawValue)",
        title: point.title)
      if let at = placer.place(point.row.name, x: point.x, y: point.y) {
        canvas.text(point.row.name, x: at.x, y: at.y, size: 11)
      }
    }
    canvas.line(left, bottom, right, bottom, "axis")
    return canvas.svg(label, for: use)
  }
}
