// ResultTable - mAP of several methods over all classes and the groups, as the paper prints it.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTTuning

enum ResultTable {
  /// A method, with one value per run in each column.
  struct Row {
    let name: String
    let values: [[Double]]
    var remark = ""

    init(_ name: String, values: [[Double]], remark: String = "") {
      (self.name, self.values, self.remark) = (name, values, remark)
    }

    init(_ name: String, _ results: [MeanAveragePrecision]) {
      self.init(
        name,
        values: ResultColumn.all.map { column in results.compactMap { $0[column] } })
    }
  }

  /// One row a method; several results of a method give mean and deviation over seeds.
  static func text(_ rows: [(name: String, results: [MeanAveragePrecision])]) -> String {
    text(rows.map { Row($0.name, $0.results) })
  }

  /// The table as text.
  static func text(_ rows: [Row]) -> String {
    let width = max(rows.map(\.name.count).max() ?? 0, 6)
    let several = rows.contains { $0.values.contains { $0.count > 1 } }
    let cell = several ? 12 : 7
    var text = "mAP, %".padded(to: width)
    for column in ResultColumn.all.map(\.name) {
      text += String(repeating: " ", count: cell - column.count) + column
    }
    text += "\n"
    for row in rows {
      text += row.name.padded(to: width)
      for values in row.values {
        let entry = summary(values)
        text += String(repeating: " ", count: max(1, cell - entry.count)) + entry
      }
      text += row.remark + "\n"
    }
    return text
  }

  /// `62.4`, `62.4 +-1.3` for several values, `-` for none.
  static func summary(_ values: [Double]) -> String {
    guard let over = MeanAndDeviation(values) else { return "-" }
    let mean = fixed(over.mean * 100, 1)
    return over.deviation.map { "\(mean) +-\(fixed($0 * 100, 1))" } ?? mean
  }
}
