// WorkedValue - one tensor of the worked example, as the page prints it.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports
import LMPTTensors

/// A symbol of an equation with its numbers.
package struct WorkedValue: Sendable {
  /// TeX, as in the formula.
  package let symbol: String
  /// The name in the code.
  package let identifier: String
  /// The shape of the whole tensor.
  package let shape: [Int]
  /// Row-major: all of them, or the first of each row.
  package let values: [Double]
  /// How many of the values stand in one row.
  package let width: Int
  /// Whether these are all.
  package let isComplete: Bool
  /// What to see in it.
  package let note: String?
  /// What its rows are.
  package let rows: [String]?
  /// What its columns are.
  package let columns: [String]?

  /// The numbers as they are printed, to five digits; whole numbers as they are.
  package var printed: [String] { values.map(WorkedValue.text) }

  /// A number to five digits.
  package static func text(_ value: Double) -> String {
    if value == .infinity { return "\u{221E}" }
    if value.isNaN { return "NaN" }
    let isWhole = value == value.rounded() && abs(value) < 1e6
    return isWhole
      ? NumberText.fixed(value, 0) : NumberText.significant(value, 5)
  }
}

extension WorkedValue {
  /// A tensor with all its numbers.
  init(
    _ symbol: String, _ identifier: String, all tensor: Tensor, rows: [String]? = nil,
    columns: [String]? = nil, note: String? = nil
  ) {
    self.init(
      symbol: symbol, identifier: identifier, shape: tensor.shape,
      values: tensor.values.map(Double.init), width: max(1, tensor.shape.last ?? 1),
      isComplete: true, note: note, rows: rows, columns: columns)
  }

  /// A wide tensor by its shape and the first numbers of each of its first rows.
  init(
    _ symbol: String, _ identifier: String, start tensor: Tensor, rows: [String],
    note: String? = nil
  ) {
    let stride = tensor.count / max(1, rows.count)
    let width = min(4, stride)
    let values = tensor.values
    let first = rows.indices.flatMap { row in
      values[(row * stride)..<(row * stride + width)].map(Double.init)
    }
    self.init(
      symbol: symbol, identifier: identifier, shape: tensor.shape, values: first, width: width,
      isComplete: false, note: note, rows: rows, columns: nil)
  }
}

/// One equation of the worked example.
package struct WorkedStep: Sendable {
  /// Its tag.
  package let tag: String
  /// What goes in and what comes out, in the order of the computation.
  package let values: [WorkedValue]
  /// The command that prints it; nil for what only the page shows.
  package let command: String?

  /// The value of a symbol of the code.
  package func value(_ identifier: String) -> WorkedValue? {
    values.first { $0.identifier == identifier }
  }
}

/// One number under both readings.
package struct WorkedReading: Sendable {
  /// The number of the deviation in docs/Deviations.md.
  package let deviation: Int
  /// What is compared, in words.
  package let what: String
  /// As this program reads the paper.
  package let paper: [Double]
  /// As the authors' code computes it.
  package let released: [Double]
  /// What the numbers belong to; nil for a single one.
  package let labels: [String]?
  /// The command that prints the released one.
  package let command: String
}
