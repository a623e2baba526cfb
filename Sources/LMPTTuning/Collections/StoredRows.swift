// StoredRows - the rows of a finished part, read piece by piece.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTWeights

/// Rows as this program stored them, mapped file by file.
final class StoredRows {
  /// How many rows there are.
  let count: Int
  private let path: String
  private let format: RowFormat
  private let record: CollectionRecord
  private var open: (block: Int, file: MappedFile)?

  private var row: Int { record.rowBytes }

  /// Rows of a result.
  ///
  /// - Throws: `FileError` when a file is not there, or has another head or length than it should.
  init(_ path: String, _ record: CollectionRecord, count: Int) throws {
    (self.path, self.record, self.count) = (path, record, count)
    format = RowFormat(path: path, of: record)
    let each = format.rowsPerFile
    for block in 0...(max(count, 1) - 1) / each { _ = try file(block) }
  }

  private func file(_ block: Int) throws -> MappedFile {
    if let open, open.block == block { return open.file }
    let name = format == .folder ? "\(path)/\(format.fileName(block))" : path
    let file = try MappedFile(path: name)
    let each = format.rowsPerFile
    let rows = min(each, count - block * each)
    let head = format.header(rows: rows, of: record)
    try inFile(name) {
      guard file.bytes.count == head.count + rows * row, file.bytes.starts(with: head) else {
        throw CollectionError.rows(found: file.bytes.count, expected: head.count + rows * row)
      }
    }
    open = (block, file)
    return file
  }

  /// Calls `body` with the bytes of some rows, in pieces where they lie in several files.
  func with(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer, Range<Int>) throws -> Void) throws
  {
    let each = format.rowsPerFile
    var start = range.lowerBound
    while start < range.upperBound {
      let block = start / each
      // Not (block + 1) * each, which is no number where one file has all rows.
      let end = min(range.upperBound, start + min(each - start % each, range.count))
      let rows = min(each, count - block * each)
      let head = format.header(rows: rows, of: record).count
      let file = try file(block)
      try file.withBytes { bytes in
        let first = head + (start - block * each) * row
        let part = UnsafeRawBufferPointer(rebasing: bytes[first..<first + (end - start) * row])
        try body(part, start..<end)
        file.giveBack(part)
      }
      start = end
    }
  }
}
