// ResultFigures - the stored results of every method on the mini benchmark.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTReports

extension PaperFigures {
  /// Where the tuned methods are stored; docs/Results.md has the command that makes them again.
  private static let methodsFile = "Benchmarks/Results/mini/tuned.json"

  /// mAP of every method with tuned settings, a mean over seeds, as stored.
  static func results(_ example: WorkedExample) throws -> PaperFigure {
    let json = try JSON.read("\(example.checkout)/\(methodsFile)")
    let columns = ResultColumn.all
    var rows: [(name: String, cells: [String], total: Double)] = []
    for method in json["methods"]?.array ?? [] {
      guard let name = method["title"]?.string, let entry = method["test"],
        let total = entry["total"]?["mean"]?.double
      else {
        throw PaperError.excerpt(methodsFile, what: "has a row without its name or its total")
      }
      let cells = columns.map { column in
        let mean = NumberText.percent(entry[column.name]?["mean"]?.double, 1)
        guard let deviation = entry[column.name]?["deviation"]?.double else { return mean }
        return "\(mean) \u{00B1} \(NumberText.percent(deviation, 1))"
      }
      rows.append((name, cells, total))
    }
    guard !rows.isEmpty else { throw PaperError.excerpt(methodsFile, what: "holds no row") }
    var canvas = SVGCanvas(width: Plot.width, height: 32 + Double(rows.count) * 36)
    canvas.text("mAP on the mini benchmark, settings tuned alike", x: 4, y: 14, "b")
    for (place, row) in rows.enumerated() {
      let y = 40 + Double(place) * 36
      canvas.text(row.name, x: 4, y: y, "t")
      canvas.rect(
        x: 4, y: y + 5, width: row.total * 260, height: 12,
        row.name.hasPrefix("zero-shot") ? "f-medium" : "f-s0")
      canvas.text(row.cells[0], x: 10 + row.total * 260, y: y + 16, "m")
    }
    return PaperFigure(
      "results", [canvas.svg("mAP of every method on the mini benchmark")],
      table: [["method"] + columns.map(\.name)] + rows.map { [$0.name] + $0.cells })
  }
}
