// ResultTable - mAP total, head, medium and tail of several methods, as the paper prints it.
// SPDX-License-Identifier: Apache-2.0

import EvaluationMetrics
import PromptTuning

enum ResultTable {
  /// The columns, in the paper's order.
  static let columns = ["total", "head", "medium", "tail"]

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
        values: ResultTable.columns.map { column in
          results.compactMap { ResultTable.value(column, of: $0) }
        })
    }
  }

  /// Prints one row a method; several results of a method give mean and deviation over seeds.
  static func print(_ rows: [(name: String, results: [MeanAveragePrecision])]) {
    Swift.print(text(rows.map { Row($0.name, $0.results) }), terminator: "")
  }

  /// The table as text.
  static func text(_ rows: [Row]) -> String {
    let width = max(rows.map(\.name.count).max() ?? 0, 6)
    let several = rows.contains { $0.values.contains { $0.count > 1 } }
    let cell = several ? 12 : 7
    var text = "mAP, %".padded(to: width)
    for column in columns { text += String(repeating: " ", count: cell - column.count) + column }
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

  static func value(_ column: String, of map: MeanAveragePrecision) -> Double? {
    column == "total" ? map.total : ClassGroup(rawValue: column).flatMap { map.groups[$0] }
  }

  /// `62.4`, `62.4 +-1.3` for several values, `-` for none.
  static func summary(_ values: [Double]) -> String {
    guard let over = MeanAndDeviation(values) else { return "-" }
    let mean = fixed(over.mean * 100, 1)
    return over.deviation.map { "\(mean) +-\(fixed($0 * 100, 1))" } ?? mean
  }
}
