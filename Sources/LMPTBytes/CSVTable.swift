// CSVTable - reads comma-separated values as RFC 4180 defines them.
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

  /// Reads a table; quoted fields may hold commas, line ends and doubled quotes.
  ///
  /// - Throws: `CSVTable.Failure` with the line of the first mistake.
  package init(_ bytes: UnsafeRawBufferPointer, limits: Limits = .default) throws(Failure) {
    var records: [(line: Int, fields: [String])] = []
    var (line, offset) = (1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    while offset < bytes.count {
      let start = line
      var fields: [String] = []
      repeat {
        fields.append(try Self.field(bytes, &offset, &line))
      } while Self.take(bytes, &offset, UInt8(ascii: ","))
      _ = Self.take(bytes, &offset, UInt8(ascii: "\r"))
      guard offset == bytes.count || Self.take(bytes, &offset, UInt8(ascii: "\n")) else {
        throw .malformed(line: line, what: "text follows a closing quote")
      }
      line += 1
      // An empty line, or an empty row at the end of a spreadsheet.
      if fields.allSatisfy({ $0.utf8.allSatisfy { $0 == UInt8(ascii: " ") } }) { continue }
      if records.isEmpty { try Self.checkHeader(fields, line: start) }
      guard records.count <= limits.lines else { throw .tooMany(limit: limits.lines) }
      if let first = records.first, fields.count != first.fields.count {
        throw .malformed(
          line: start,
          what: "there are \(fields.count) fields, the header has \(first.fields.count)")
      }
      records.append((start, fields))
    }
    guard let first = records.first else { throw .malformed(line: 1, what: "the table is empty") }
    header = first.fields
    rows = Array(records.dropFirst())
  }

  /// Refuses a header that no comma separates and something else does.
  private static func checkHeader(_ fields: [String], line: Int) throws(Failure) {
    guard fields.count == 1 else { return }
    for (mark, name) in [(";", "semicolons"), ("\t", "tabs")] as [(Unicode.Scalar, String)]
    where fields[0].unicodeScalars.contains(mark) {
      throw .malformed(
        line: line, what: "columns are separated by \(name) here",
        hint: "save the table as CSV, comma separated")
    }
  }

  private static func take(
    _ bytes: UnsafeRawBufferPointer, _ offset: inout Int, _ byte: UInt8
  ) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private static func field(
    _ bytes: UnsafeRawBufferPointer, _ offset: inout Int, _ line: inout Int
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
      while offset < bytes.count, !",\n".utf8.contains(bytes[offset]) {
        // Such a mark would be a part of the text, and a comma behind it would end the field.
        if bytes[offset] == UInt8(ascii: "\""), text.allSatisfy({ $0 == UInt8(ascii: " ") }) {
          throw .malformed(
            line: start, what: "a space stands before a quotation mark",
            hint: "remove the space between the comma and the quotation mark")
        }
        text.append(bytes[offset])
        offset += 1
      }
      // The carriage return of a CRLF belongs to the line end.
      if text.last == UInt8(ascii: "\r"),
        offset == bytes.count || bytes[offset] != UInt8(ascii: ",")
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
