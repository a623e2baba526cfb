// CSVTable - reads separated values as RFC 4180 defines them.
// SPDX-License-Identifier: Apache-2.0

/// A table: the names of its columns and its rows.
package struct CSVTable: Sendable {
  /// Why a text is no table.
  package enum Failure: Error, Equatable {
    /// The text breaks the format; the hint says what to do where that is known.
    case malformed(line: Int, what: String, hint: String? = nil)
    /// There are more rows than allowed.
    case tooMany(limit: Int)
  }

  /// The names of the columns.
  package let header: [String]
  /// Each as long as the header, with the line it begins on.
  package let rows: [(line: Int, fields: [String])]

  /// Reads a table; quoted fields may hold separators, line ends and doubled quotes.
  ///
  /// Columns stand between commas. Where the first line has none, they stand between semicolons, as
  /// spreadsheets write them where the comma is the decimal sign, or between tabs.
  ///
  /// - Throws: `CSVTable.Failure` with the line of the first mistake.
  package init(_ bytes: UnsafeRawBufferPointer, limits: Limits = .default) throws(Failure) {
    var records: [(line: Int, fields: [String])] = []
    var (line, offset) = (1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    let separator = Self.separator(bytes[offset...])
    while offset < bytes.count {
      let start = line
      var fields: [String] = []
      repeat {
        fields.append(try Self.field(bytes, &offset, &line, separator))
      } while Self.take(bytes, &offset, separator)
      _ = Self.take(bytes, &offset, UInt8(ascii: "\r"))
      guard offset == bytes.count || Self.take(bytes, &offset, UInt8(ascii: "\n")) else {
        throw .malformed(line: line, what: "text follows a closing quote")
      }
      line += 1
      // An empty line, or an empty row at the end of a spreadsheet.
      if fields.allSatisfy({ $0.utf8.allSatisfy { $0 == UInt8(ascii: " ") } }) { continue }
      guard records.count <= limits.lines else { throw .tooMany(limit: limits.lines) }
      if let first = records.first, fields.count != first.fields.count {
        throw .malformed(
          line: start,
          what: "there are \(fields.count) fields, the header has \(first.fields.count)",
          hint: separator == UInt8(ascii: ",") ? nil : Self.unquoted)
      }
      records.append((start, fields))
    }
    guard let first = records.first else { throw .malformed(line: 1, what: "the table is empty") }
    header = first.fields
    rows = Array(records.dropFirst())
  }

  /// What is wrong most often where the columns stand between semicolons.
  private static let unquoted =
    "put a field that has the separator inside into quotation marks, or save with commas"

  /// The mark between the columns, by the first line that is not empty.
  private static func separator(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt8 {
    let line = bytes.drop { "\r\n ".utf8.contains($0) }.prefix { $0 != UInt8(ascii: "\n") }
    let marks = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    return marks.first { line.contains($0) } ?? marks[0]
  }

  private static func take(
    _ bytes: UnsafeRawBufferPointer, _ offset: inout Int, _ byte: UInt8
  ) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private static func field(
    _ bytes: UnsafeRawBufferPointer, _ offset: inout Int, _ line: inout Int, _ separator: UInt8
  ) throws(Failure) -> String {
    let start = line
    var text: [UInt8] = []
    if take(bytes, &offset, UInt8(ascii: "\"")) {
      while true {
        guard offset < bytes.count else {
          throw .malformed(line: start, what: "a quote is not closed")
        }
        if take(bytes, &offset, UInt8(ascii: "\"")) {
          guard take(bytes, &offset, UInt8(ascii: "\"")) else { break }
          text.append(UInt8(ascii: "\""))
          continue
        }
        if bytes[offset] == UInt8(ascii: "\n") { line += 1 }
        text.append(bytes[offset])
        offset += 1
      }
    } else {
      while offset < bytes.count, bytes[offset] != separator, bytes[offset] != UInt8(ascii: "\n") {
        // Such a mark would be a part of the text, and a separator behind it would end the field.
        if bytes[offset] == UInt8(ascii: "\""), text.allSatisfy({ $0 == UInt8(ascii: " ") }) {
          throw .malformed(
            line: start, what: "a space stands before a quotation mark",
            hint: "remove the space before the quotation mark")
        }
        text.append(bytes[offset])
        offset += 1
      }
      // The carriage return of a CRLF belongs to the line end.
      if text.last == UInt8(ascii: "\r"),
        offset == bytes.count || bytes[offset] != separator
      {
        text.removeLast()
        offset -= 1
      }
    }
    guard let string = String(validating: text, as: UTF8.self), !text.contains(0) else {
      throw .malformed(
        line: start, what: "a field is not UTF-8 text (spreadsheets save it as 'CSV UTF-8')")
    }
    return string
  }
}
