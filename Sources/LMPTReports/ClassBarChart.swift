// ClassBarChart - average precision of every class, frequent classes first.
// SPDX-License-Identifier: Apache-2.0

/// The figure of every long-tail paper: one bar per class in the order of the training counts, with
/// the count as a thin line on a logarithmic axis and the groups as a strip along the classes.
///
/// With several methods the last one has the bars and the others a mark each on the same axis; what
/// they are compared with is a line across the bar.
package enum ClassBarChart {
  /// Draws the chart.
  ///
  /// - Parameters:
  ///   - classes: in any order; the chart sorts them by count.
  ///   - methods: names for the entries of `Report.ClassResult.ap`, at least one.
  ///   - styles: how each method is drawn; by their order where it is nil.
  ///   - layout: columns with names below when wide, rows when narrow.
  ///   - use: part of a page or a file.
  /// - Returns: SVG text; empty when there is no class or no method.
  package static func svg(
    _ classes: [Report.ClassResult], methods: [String], styles: [MethodStyle]? = nil,
    layout: ChartLayout, for use: ChartUse = .page
  ) -> String {
    guard !classes.isEmpty, !methods.isEmpty else { return "" }
    let plan = Plan(
      classes: ordered(classes), methods: methods,
      styles: styles ?? methods.indices.map { MethodStyle(slot: $0) })
    let canvas = layout == .wide ? plan.columns() : plan.rows()
    return canvas.svg(
      "Average precision of \(classes.count) classes in the order of their training counts, "
        + "\(methods[methods.count - 1])", for: use)
  }

  /// Frequent classes first; equal counts by name.
  package static func ordered(_ classes: [Report.ClassResult]) -> [Report.ClassResult] {
    classes.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }
}

private struct Plan {
  let classes: [Report.ClassResult]
  let methods: [String]
  let styles: [MethodStyle]

  var primary: Int { methods.count - 1 }

  private func value(_ row: Report.ClassResult, _ method: Int) -> Double? {
    guard method < row.ap.count, let value = row.ap[method], value.isFinite else { return nil }
    return value * 100
  }

  private func title(_ row: Report.ClassResult, _ method: Int, _ value: Double) -> String {
    "\(row.name): AP \(NumberText.fixed(value, 2)) % with \(methods[method]), "
      + "\(row.count) training images (\(row.group.rawValue))"
  }

  private func drawLegend(_ canvas: inout SVGCanvas) -> Double {
    var entries: [(name: String, sample: (inout SVGCanvas, Double, Double) -> Void)] = []
    for group in Report.Group.allCases {
      let members = classes.filter { $0.group == group }.count
      guard members > 0 else { continue }
      entries.append(
        (
          "\(group.rawValue) (\(members))",
          { canvas, x, y in
            canvas.rect(x: x - 8, y: y - 2.5, width: 16, height: 5, "f-\(group.rawValue)")
          }
        ))
    }
    entries.append(
      (
        methods[primary],
        { [style = styles[primary]] canvas, x, y in
          canvas.rect(x: x - 5, y: y - 7, width: 10, height: 14, style.fill)
        }
      ))
    for method in 0..<primary {
      entries.append(
        (
          methods[method],
          { [style = styles[method]] canvas, x, y in
            if style == .reference {
              canvas.line(x - 8, y, x + 8, y, "tick \(style.stroke)")
            } else {
              canvas.mark(style.shape, x: x, y: y, radius: 4, "open \(style.stroke)")
            }
          }
        ))
    }
    entries.append(
      (
        "training images",
        { canvas, x, y in
          canvas.path([(x - 10, y), (x + 10, y)], "count")
        }
      ))
    return canvas.legend(entries)
  }

  /// Indices before which a new group begins.
  private var splits: [Int] {
    classes.indices.dropFirst().filter { classes[$0].group != classes[$0 - 1].group }
  }

  private var counts: [Double] { classes.map { Double($0.count) } }

  func columns() -> SVGCanvas {
    var canvas = SVGCanvas(width: ChartLayout.wide.width, height: 0)
    let top = drawLegend(&canvas) + 32
    let (left, right, bottom) = (40.0, canvas.width - 52, top + 260)
    let ap = SVGScale(linear: 0, 100, start: bottom, end: top)
    let log = SVGScale(logarithmic: counts, start: bottom, end: top)
    canvas.text("AP, %", x: 0, y: top - 10, "m")
    canvas.text("training images", x: canvas.width, y: top - 10, "m", anchor: .end)
    for tick in ap.ticks() {
      let y = ap.position(tick.value)
      canvas.line(left, y, right, y, "grid")
      canvas.text(tick.label, x: left - 6, y: y + 4, "m", anchor: .end)
    }
    for tick in log.ticks() {
      let y = log.position(tick.value)
      canvas.line(right, y, right + 4, y, "axis")
      canvas.text(tick.label, x: right + 8, y: y + 4, "m")
    }
    let slot = (right - left) / Double(classes.count)
    let breadth = min(34, slot * 0.72)
    func middle(_ index: Int) -> Double { left + (Double(index) + 0.5) * slot }
    for split in splits {
      let x = left + Double(split) * slot
      canvas.line(x, top, x, bottom, "split")
    }
    let size = min(12, slot * 1.05)
    for (index, row) in classes.enumerated() {
      let x = middle(index)
      canvas.rect(
        x: left + Double(index) * slot, y: bottom + 2, width: slot, height: 5,
        "strip f-\(row.group.rawValue)")
      if let value = value(row, primary) {
        let y = ap.position(value)
        canvas.rect(
          x: x - breadth / 2, y: y, width: breadth, height: bottom - y,
          "bar \(styles[primary].fill)", title: title(row, primary, value))
      }
      if size >= 7 {
        let name = SVGCanvas.shortened(row.name, to: 104, size: size)
        canvas.text(
          name, x: x + size * 0.35, y: bottom + 13, anchor: .end, rotated: -90, size: size)
      }
    }
    let line = classes.indices.map { (x: middle($0), y: log.position(counts[$0])) }
    canvas.path(line, "count-halo")
    canvas.path(line, "count")
    for method in 0..<primary {
      for (index, row) in classes.enumerated() {
        guard let value = value(row, method) else { continue }
        let (x, y, style) = (middle(index), ap.position(value), styles[method])
        if style == .reference {
          let reach = min(slot / 2, breadth / 2 + 3)
          canvas.line(x - reach, y, x + reach, y, "tick-halo")
          canvas.line(
            x - reach, y, x + reach, y, "tick \(style.stroke)", title: title(row, method, value))
        } else {
          canvas.mark(
            style.shape, x: x, y: y, radius: min(4, max(2, slot * 0.28)),
            "open \(style.stroke)", title: title(row, method, value))
        }
      }
    }
    canvas.line(left, bottom, right, bottom, "axis")
    let longest = classes.map { min(104, SVGCanvas.textWidth($0.name, size: size)) }.max() ?? 0
    canvas.height = bottom + (size >= 7 ? longest + 23 : 16)
    return canvas
  }

  func rows() -> SVGCanvas {
    var canvas = SVGCanvas(width: ChartLayout.narrow.width, height: 0)
    let top = drawLegend(&canvas) + 38
    let longest = classes.map { SVGCanvas.textWidth($0.name) }.max() ?? 0
    let (left, right) = (min(110, longest + 14), canvas.width - 24)
    let pitch = 18.0
    let bottom = top + pitch * Double(classes.count)
    let ap = SVGScale(linear: 0, 100, start: left, end: right)
    let log = SVGScale(logarithmic: counts, start: left, end: right)
    canvas.text("AP, %", x: left, y: top - 24, "m")
    for tick in ap.ticks() {
      let x = ap.position(tick.value)
      canvas.line(x, top - 4, x, bottom, "grid")
      canvas.text(tick.label, x: x, y: top - 8, "m", anchor: .middle)
    }
    for split in splits {
      let y = top + Double(split) * pitch
      canvas.line(0, y, right, y, "split")
    }
    func middle(_ index: Int) -> Double { top + (Double(index) + 0.5) * pitch }
    for (index, row) in classes.enumerated() {
      let y = middle(index)
      canvas.rect(
        x: left - 7, y: y - pitch / 2, width: 5, height: pitch, "strip f-\(row.group.rawValue)")
      canvas.text(
        SVGCanvas.shortened(row.name, to: left - 12), x: left - 12, y: y + 4, anchor: .end)
      guard let value = value(row, primary) else { continue }
      canvas.rect(
        x: left, y: y - 6, width: ap.position(value) - left, height: 12,
        "bar \(styles[primary].fill)", title: title(row, primary, value))
    }
    let line = classes.indices.map { (x: log.position(counts[$0]), y: middle($0)) }
    canvas.path(line, "count-halo")
    canvas.path(line, "count")
    for method in 0..<primary {
      for (index, row) in classes.enumerated() {
        guard let value = value(row, method) else { continue }
        let (x, y, style) = (ap.position(value), middle(index), styles[method])
        if style == .reference {
          canvas.line(x, y - 8, x, y + 8, "tick-halo")
          canvas.line(x, y - 8, x, y + 8, "tick \(style.stroke)", title: title(row, method, value))
        } else {
          canvas.mark(
            style.shape, x: x, y: y, radius: 3.5, "open \(style.stroke)",
            title: title(row, method, value))
        }
      }
    }
    canvas.line(left, top, left, bottom, "axis")
    for tick in log.ticks() {
      let x = log.position(tick.value)
      canvas.line(x, bottom, x, bottom + 4, "axis")
      canvas.text(tick.label, x: x, y: bottom + 17, "m", anchor: .middle)
    }
    canvas.text("training images", x: right, y: bottom + 34, "m", anchor: .end)
    canvas.height = bottom + 42
    return canvas
  }
}
