// RowStore+Resuming - what an earlier job left: a result, an interrupted job, or something else.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension RowStore {
  /// Whether a result with all its rows is there, of this record.
  static func isFinished(_ out: String, _ record: CollectionRecord) throws -> Bool {
    guard pathExists(out), fileSize("\(out).json") != nil else { return false }
    let json = try JSON.read("\(out).json")
    guard CollectionRecord(json) == record, let rows = json["rows"]?.int, rows >= 0 else {
      return false
    }
    // The record is written before the rows take their place, so it alone proves nothing.
    guard record.dtype != nil else {
      return (try? StoredLines(out, record, bytes: json["bytes"]?.int ?? 0)) != nil
    }
    return (try? StoredRows(out, record, count: rows)) != nil
  }

  /// Refuses to write over files that no earlier job of this kind made.
  static func checkPlaces(_ out: String) throws {
    if let json = try? JSON.read("\(out).json"), CollectionRecord(json) != nil { return }
    for file in filesBeside(out) where pathExists(file) {
      throw FileError(file: file, cause: CollectionError.exists)
    }
  }

  /// Refuses what is shorter than was noted, and removes blocks beyond the last.
  static func checkFiles(
    _ work: String, _ progress: Progress, _ format: RowFormat, _ record: CollectionRecord
  ) throws {
    let (row, head) = (record.rowBytes, format.header(rows: 0, of: record).count)
    let (index, kept) = progress.rows.quotientAndRemainder(dividingBy: format.rowsPerFile)
    guard format == .lines || progress.bytes == (kept == 0 ? 0 : head + kept * row) else {
      throw FileError(file: work, cause: CollectionError.damaged)
    }
    var wanted = [
      ("names", progress.names), ("skipped", progress.skipped),
      ("rows/\(format.fileName(index))", progress.bytes),
    ]
    if index > 0 {
      wanted += (0..<index).map {
        ("rows/\(format.fileName($0))", head + format.rowsPerFile * row)
      }
    }
    for (name, bytes) in wanted where bytes > 0 && (fileSize("\(work)/\(name)") ?? -1) < bytes {
      throw FileError(file: work, cause: CollectionError.damaged)
    }
    for name in folderEntries("\(work)/rows") where name.hasSuffix(".npy") {
      if let block = Int(name.dropLast(4)), block > index { removeFile("\(work)/rows/\(name)") }
    }
  }

  /// What an interrupted job noted; nil where it noted nothing.
  static func readProgress(
    _ work: String, _ record: CollectionRecord, _ maker: Maker
  ) throws -> Progress? {
    let path = "\(work)/state.json"
    guard fileSize(path) != nil else { return nil }
    return try inFile(work) {
      let state = try JSON.read(path)
      guard let there = state["record"].flatMap(CollectionRecord.init),
        let entries = state["entries"]?.int, let rows = state["rows"]?.int,
        let bytes = state["bytes"]?.int, let names = state["names"]?.int,
        let skipped = state["skipped"]?.int, entries >= rows,
        min(rows, bytes, names, skipped) >= 0,
        let by = state["by"]?.string
      else { throw CollectionError.damaged }
      guard by == maker.rawValue else {
        throw CollectionError.different("maker", here: maker.rawValue, there: by)
      }
      if let (what, here, other) = record.difference(from: there) {
        throw CollectionError.different(what, here: here, there: other)
      }
      guard there.shard == record.shard else {
        throw CollectionError.different(
          "part", here: record.shard.description, there: there.shard.description)
      }
      guard entries <= record.entries else { throw CollectionError.damaged }
      return Progress(entries: entries, rows: rows, bytes: bytes, names: names, skipped: skipped)
    }
  }
}
