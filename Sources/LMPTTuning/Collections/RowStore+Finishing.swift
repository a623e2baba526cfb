// RowStore+Finishing - the last step: everything takes its place, the rows last.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension RowStore {
  /// Puts everything in its place.
  ///
  /// - Throws: `FileError`; what is there stays, and another call goes on.
  package func finish() throws {
    let inLast = progress.rows % format.rowsPerFile
    try seal(rows: inLast)
    try note()
    if format != .lines { try copyFile("\(work)/names", to: "\(out).names.txt") }
    if skippedCount > 0 {
      try copyFile("\(work)/skipped", to: "\(out).skipped.txt")
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

  /// Removes the work where no row of it is done, so that nothing stands in another attempt's way.
  package func discardEmpty() {
    guard progress.rows == 0 else { return }
    Self.clean(out)
    lock.release()
  }

  /// Removes what an interrupted job left beside a result that is complete.
  ///
  /// No more than what this program writes there: the folder may be a link to another disk.
  static func clean(_ out: String) {
    let work = workFolder(out)
    removeTree("\(out).arriving")
    AtomicFile.removeLeftovers(in: work)
    for name in ["rows", "names", "skipped", "state.json", ".lock"] {
      removeTree("\(work)/\(name)")
    }
    if folderEntries(work).allSatisfy({ $0 == "." || $0 == ".." }) { removeTree(work) }
  }

  /// The record with what came of it.
  private var finished: JSON {
    let members = record.json.object?.members.map { ($0.key, $0.value) } ?? []
    return .object(
      members + [("rows", .integer(progress.rows)), ("skipped", .integer(skippedCount))]
        + (format == .lines ? [("bytes", .integer(progress.bytes))] : []))
  }

  /// Which file of a folder has which rows.
  private var index: JSON {
    let each = format.rowsPerFile
    let blocks = stride(from: 0, to: max(progress.rows, 1), by: each).map { first in
      JSON.object([
        ("file", .string(format.fileName(first / each))), ("first", .integer(first)),
        ("rows", .integer(min(each, progress.rows - first))),
      ])
    }
    return .object([
      ("schema", 1), ("rows", .integer(progress.rows)), ("width", .integer(record.width)),
      ("dtype", .string(record.form)), ("blocks", .array(blocks)),
    ])
  }
}
