// PaperNumbers - the numbers of a part of the page as a table, for a command that prints them.
// SPDX-License-Identifier: Apache-2.0

/// What the page prints at an equation or below a figure.
package enum PaperNumbers {
  /// What has numbers: the equations of the worked example, and the figures.
  package static let names = WorkedExample.tags + PaperFigures.names

  /// The numbers, a row of headings first; nil for a name that is not in the list.
  ///
  /// - Throws: what computing them throws.
  package static func table(_ name: String, _ example: WorkedExample) throws -> [[String]]? {
    if let step = try example.step(name) { return table(step) }
    return try PaperFigures.figure(name, example)?.table
  }

  /// The command that prints a table.
  static func command(_ name: String) -> String { "lmpt paper --numbers \(name)" }

  /// A row for each row of each value: its name in the code, what the row is, the numbers.
  private static func table(_ step: WorkedStep) -> [[String]] {
    let width = step.values.map(\.width).max() ?? 0
    var table = [["value", "of", "numbers"] + Array(repeating: "", count: max(0, width - 1))]
    for value in step.values {
      let numbers = value.printed
      for (row, start) in stride(from: 0, to: numbers.count, by: value.width).enumerated() {
        var cells = Array(numbers[start..<min(start + value.width, numbers.count)])
        cells += Array(repeating: "", count: width - cells.count)
        let name = value.rows.map { row < $0.count ? $0[row] : "" }
        table.append(
          [value.identifier, name ?? (value.columns ?? []).joined(separator: ", ")] + cells)
      }
    }
    return table
  }
}
