// RowStore+Finishing - the last step: everything takes its place, the rows last.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes

extension RowStore {
  /// Puts everything in its place.
  ///
  /// - Throws: `FileError`; what is there stays, and another call goes on.
  package func finish() throws {
    let inLast = progress.rows % format.rowsPerFile
    try seal(rows: inLast)
    try note()
    try Self.copy("\(work)/names", to: "\(out).names.txt")
    if skippedCount > 0 {
      try Self.copy("\(work)/skipped", to: "\(out).skipped.txt")
    } else {
      removeFile("\(out).skipped.txt")
    }
    try AtomicFile.write(finished.text(pretty: true) + "\n", to: "\(out).json")
    if format == .folder {
      if inLast == 0, progress.rows > 0 { removeFile(block.path) }
      try AtomicFile.write(index.text(pretty: true) + "\n", to: "\(work)/rows/index.json")
      try movePath("\(work)/rows", to: out)
    } else {
      try movePath(block.path, to: out)
    }
    try inFile(out) {
      try AtomicFile.flushFolder(out.folderPrefix.isEmpty ? "." : out.folderPrefix)
    }
    Self.clean(out)
    lock.release()
  }

  /// Removes what an interrupted job left beside a result that is complete.
  static func clean(_ out: String) {
    try? FileManager.default.removeItem(atPath: workFolder(out))
  }

  /// The record with what came of it.
  private var finished: JSON {
    let members = record.json.object?.members.map { ($0.key, $0.value) } ?? []
    return .object(
      members + [("rows", .integer(progress.rows)), ("skipped", .integer(skippedCount))])
  }

  /// Which file of a folder has which rows.
  private var index: JSON {
    let each = format.rowsPerFile
    let blocks = stride(from: 0, to: max(progress.rows, 1), by: each).map { first in
      JSON.object([
        ("file", .string(RowFormat.blockName(first / each))), ("first", .integer(first)),
        ("rows", .integer(min(each, progress.rows - first))),
      ])
    }
    return .object([
      ("schema", 1), ("rows", .integer(progress.rows)), ("width", .integer(record.width)),
      ("dtype", .string(record.dtype.rawValue)), ("blocks", .array(blocks)),
    ])
  }

  /// Copies a file piece by piece.
  private static func copy(_ from: String, to path: String) throws {
    let file = try MappedFile(path: from)
    try file.withBytes { bytes in
      try AtomicFile.write(to: path) { sink in
        for start in stride(from: 0, to: bytes.count, by: 1 << 24) {
          let part = UnsafeRawBufferPointer(
            rebasing: bytes[start..<min(start + 1 << 24, bytes.count)])
          try sink.write(part)
          file.giveBack(part)
        }
      }
    }
  }
}
