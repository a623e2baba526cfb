// StoredLines - the lines of a finished part of predictions, read piece by piece.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Lines as this program stored them, behind the heading of their table.
final class StoredLines {
  private let file: MappedFile
  private let heading: Int

  /// How many bytes the lines have.
  var count: Int { file.bytes.count - heading }

  /// Lines of a result.
  ///
  /// - Throws: `FileError` when the file is not there, or has another heading or length than it should.
  init(_ path: String, _ record: CollectionRecord, bytes: Int) throws {
    let file = try MappedFile(path: path)
    let head = record.heading
    try inFile(path) {
      guard file.bytes.count == bytes, file.bytes.starts(with: head),
        bytes == head.count || file.bytes.last == 0x0a
      else { throw CollectionError.rows(found: file.bytes.count, expected: bytes) }
    }
    (self.file, heading) = (file, head.count)
  }

  /// Calls `body` with all bytes from one on, in pieces, and with whether a piece is the last.
  func pieces(from first: Int, _ body: (UnsafeRawBufferPointer, _ isLast: Bool) throws -> Void)
    throws
  {
    try file.withBytes { bytes in
      for start in stride(from: heading + first, to: bytes.count, by: 1 << 22) {
        let end = min(start + 1 << 22, bytes.count)
        let part = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        try body(part, end == bytes.count)
        file.giveBack(part)
      }
    }
  }
}
