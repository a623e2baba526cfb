// CSV - comma-separated values that spreadsheets and data frames read.
// SPDX-License-Identifier: Apache-2.0

/// Comma-separated values after RFC 4180, with `\n` as the end of a line.
package enum CSV {
  /// One cell.
  package enum Cell: Sendable, Equatable {
    /// No value; a data frame reads it as missing.
    case empty
    /// Text, quoted where it must be.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// A number in the shortest form that reads back to the same `Double`; `nan` and `inf` keep
    /// their names.
    case number(Double)
  }

  /// One line, with its line end.
  ///
  /// - Parameter cells: the cells from left to right.
  /// - Returns: text to append to the file.
  package static func line(_ cells: [Cell]) -> String {
    // because a line with one empty cell would be a blank line, which readers skip.
    if cells == [.empty] { return "\"\"\n" }
    return cells.map(text).joined(separator: ",") + "\n"
  }

  /// A table: the names of the columns, then the rows.
  package static func table(header: [String], rows: [[Cell]]) -> String {
    line(header.map(Cell.text)) + rows.map(line).joined()
  }

  private static func text(_ cell: Cell) -> String {
    switch cell {
    case .empty: ""
    case .integer(let value): String(value)
    case .number(let value): value.description
    case .text(let value): quoted(value)
    }
  }

  private static func quoted(_ text: String) -> String {
    let needsQuotes =
      text.isEmpty || text.first == " " || text.last == " "
      || text.unicodeScalars.contains { "\",\n\r".unicodeScalars.contains($0) }
    guard needsQuotes else { return text }
    var out = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { out += "\"" }
      out.unicodeScalars.append(scalar)
    }
    return out + "\""
  }
}
