// TrialChart - the trials of every method: what tuning moved, and how far the estimate spreads.
// SPDX-License-Identifier: Apache-2.0

/// Trials as dots on one axis, a row for each method.
package enum TrialChart {
  /// The trials of a method.
  package struct Row {
    /// How the row is called.
    let name: String
    /// Mean score over the splits of each trial, in percent; the published settings first.
    let scores: [Double]
    /// The trial that was chosen.
    let best: Int
    /// The standard deviation of the chosen trial over the splits, in percent.
    let deviation: Double?

    /// A row.
    package init(name: String, scores: [Double], best: Int, deviation: Double?) {
      (self.name, self.scores, self.best, self.deviation) = (name, scores, best, deviation)
    }
  }

  /// Draws the rows: a ring for the published settings, a filled mark for the chosen ones with
  /// their spread over the splits, dots for the others.
  ///
  /// - Parameters:
  ///   - rows: the methods.
  ///   - use: part of a page or a file.
  /// - Returns: SVG text, 720 units wide; empty when there is nothing to draw.
  package static func draw(_ rows: [Row], for use: ChartUse = .page) -> String {
    let ends = rows.flatMap { row in
      row.scores + [-1, 1].map { row.scores[row.best] + $0 * (row.deviation ?? 0) }
    }.filter(\.isFinite)
    guard !ends.isEmpty else { return "" }
    let (left, right, top, step) = (210.0, 700.0, 34.0, 26.0)
    let bottom = top + step * Double(rows.count)
    var canvas = SVGCanvas(width: 720, height: bottom + 44)
    let scale = SVGScale(fitting: ends, start: left, end: right)
    for tick in scale.ticks() {
      let x = scale.position(tick.value)
      canvas.line(x, top, x, bottom, "grid")
      canvas.text(tick.label, x: x, y: bottom + 16, "m", anchor: .middle, size: 12)
    }
    canvas.text(
      "validation mAP, %, mean over the splits", x: (left + right) / 2, y: bottom + 36, "m",
      anchor: .middle, size: 12)
    for (index, row) in rows.enumerated() {
      let y = top + step * (Double(index) + 0.5)
      let name = SVGCanvas.shortened(row.name, to: left - 16)
      canvas.text(name, x: left - 12, y: y + 4, anchor: .end)
      if let deviation = row.deviation {
        let middle = row.scores[row.best]
        canvas.line(
          scale.position(middle - deviation), y, scale.position(middle + deviation), y,
          "whisker")
      }
      for (number, score) in row.scores.enumerated() where number != row.best && number != 0 {
        canvas.mark(
          0, x: scale.position(score), y: y, radius: 3, "dot f-ref", title: "trial \(number)")
      }
      if row.best != 0, row.scores[0].isFinite {
        canvas.mark(
          1, x: scale.position(row.scores[0]), y: y, radius: 4.5, "halo f-s0",
          title: "as published")
      }
      canvas.mark(
        2, x: scale.position(row.scores[row.best]), y: y, radius: 5, "halo f-s1",
        title: "chosen: trial \(row.best)")
    }
    _ = canvas.legend([
      ("chosen", { $0.mark(2, x: $1, y: $2, radius: 5, "halo f-s1") }),
      ("as published", { $0.mark(1, x: $1, y: $2, radius: 4.5, "halo f-s0") }),
      ("other trials", { $0.mark(0, x: $1, y: $2, radius: 3, "dot f-ref") }),
    ])
    return canvas.svg("Validation mAP of the trials of \(rows.count) methods", for: use)
  }
}
