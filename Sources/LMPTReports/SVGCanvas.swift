// SVGCanvas - collects the marks of one chart.
// SPDX-License-Identifier: Apache-2.0

/// Where text stands relative to its position.
package enum SVGAnchor: String { case start, middle, end }

/// A chart under construction; one unit is one CSS pixel at full size.
package struct SVGCanvas {
  package let width: Double
  package var height: Double
  private var body = ""

  package init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// Columns that a text takes, estimated: fonts differ, so charts keep a margin.
  package static func textWidth(_ text: String, size: Double = 12) -> Double {
    Double(text.count) * size * 0.58
  }

  private func n(_ value: Double) -> String { NumberText.coordinate(value) }

  private func element(_ name: String, _ attributes: String, _ title: String?) -> String {
    guard let title else { return "<\(name) \(attributes)/>" }
    return "<\(name) \(attributes)><title>\(title.escapedForHTML)</title></\(name)>"
  }

  package mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String, title: String? = nil
  ) {
    let ends = "x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\""
    body += element("line", "class=\"\(style)\" \(ends)", title)
  }

  package mutating func rect(
    x: Double, y: Double, width: Double, height: Double, _ style: String, title: String? = nil
  ) {
    let attributes =
      "class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\" "
      + "width=\"\(n(max(0, width)))\" height=\"\(n(max(0, height)))\""
    body += element("rect", attributes, title)
  }

  package mutating func path(_ points: [(x: Double, y: Double)], _ style: String) {
    guard points.count > 1 else { return }
    let steps = points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(n(point.x)) \(n(point.y))"
    }
    body += "<path class=\"\(style)\" d=\"\(steps.joined())\"/>"
  }

  package mutating func text(
    _ text: String, x: Double, y: Double, _ style: String = "t", anchor: SVGAnchor = .start,
    rotated: Double = 0, size: Double? = nil
  ) {
    var attributes = "class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\""
    if anchor != .start { attributes += " text-anchor=\"\(anchor.rawValue)\"" }
    if rotated != 0 { attributes += " transform=\"rotate(\(n(rotated)) \(n(x)) \(n(y)))\"" }
    if let size { attributes += " font-size=\"\(n(size))\"" }
    body += "<text \(attributes)>\(text.escapedForHTML)</text>"
  }

  /// A mark whose shape, beside its colour, tells the series: circle, square, diamond, triangle.
  package mutating func mark(
    _ shape: Int, x: Double, y: Double, radius r: Double, _ style: String, title: String? = nil
  ) {
    switch shape % 4 {
    case 0:
      let attributes = "class=\"\(style)\" cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(r))\""
      body += element("circle", attributes, title)
    case 1:
      let s = r * 0.88
      rect(x: x - s, y: y - s, width: 2 * s, height: 2 * s, style, title: title)
    case 2:
      let s = r * 1.25
      let d = "M\(n(x)) \(n(y - s))L\(n(x + s)) \(n(y))L\(n(x)) \(n(y + s))L\(n(x - s)) \(n(y))Z"
      body += element("path", "class=\"\(style)\" d=\"\(d)\"", title)
    default:
      let s = r * 1.2
      let d = "M\(n(x)) \(n(y - s))L\(n(x + s)) \(n(y + s * 0.8))L\(n(x - s)) \(n(y + s * 0.8))Z"
      body += element("path", "class=\"\(style)\" d=\"\(d)\"", title)
    }
  }

  /// A legend in rows from the upper left corner.
  ///
  /// - Parameters:
  ///   - entries: name and how to draw the sample, which gets the middle of a 22 x 12 field.
  ///   - x: the left end of the rows.
  ///   - y: the middle of the first row.
  /// - Returns: the height that the rows take.
  package mutating func legend(
    _ entries: [(name: String, sample: (inout SVGCanvas, Double, Double) -> Void)],
    x: Double = 4, y: Double = 8
  ) -> Double {
    guard !entries.isEmpty else { return 0 }
    let (left, top) = (x, y)
    var (x, y) = (left, top)
    for entry in entries {
      let name = SVGCanvas.shortened(entry.name, to: width - left - 40)
      let needed = 26 + SVGCanvas.textWidth(name) + 12
      if x > left, x + needed > width { (x, y) = (left, y + 18) }
      entry.sample(&self, x + 11, y)
      text(name, x: x + 26, y: y + 4)
      x += needed
    }
    return y - top + 18
  }

  /// The text, cut with an ellipsis to fit a width.
  package static func shortened(_ text: String, to width: Double, size: Double = 12) -> String {
    let room = max(1, Int(width / (size * 0.58)))
    return text.count <= room ? text : text.prefix(room - 1) + "\u{2026}"
  }

  /// The whole chart.
  ///
  /// - Parameters:
  ///   - label: what a screen reader says, and the title of a stand-alone picture.
  ///   - use: inside a page, which brings the style, or as a file of its own.
  /// - Returns: SVG text.
  package func svg(_ label: String, for use: ChartUse = .page) -> String {
    let style = use == .file ? "<style>\(ChartStyle.variables)\(ChartStyle.marks)</style>" : ""
    return "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" width=\"\(n(width))\" "
      + "height=\"\(n(height))\" viewBox=\"0 0 \(n(width)) \(n(height))\" role=\"img\" "
      + "aria-label=\"\(label.escapedForHTML)\"><title>\(label.escapedForHTML)</title>"
      + style + body + "</svg>"
  }
}
