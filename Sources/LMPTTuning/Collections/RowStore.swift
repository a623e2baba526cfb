// RowStore - the rows of a collection as they grow on the disk, through any kill.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTTensors
import LMPTWeights

/// Features that are written row by row and become one result at the end.
///
/// Everything grows in the folder `OUT.unfinished`: the rows, their names, what was left out. About once
/// a second these files are flushed, and `state.json` says how much of each counts. After a kill the rest
/// is cut off and computed again, so the result does not depend on where it was stopped. At the end the
/// files take their places, the rows last: where they are, all is.
package final class RowStore {
  /// How much of everything counts.
  private struct Progress: Equatable {
    /// Entries of the list that are done, with a row or left out.
    var entries = 0
    /// Rows so far.
    var rows = 0
    /// Bytes of the names and of what was left out.
    var names = 0
    var skipped = 0
  }

  /// What the rows depend on.
  package let record: CollectionRecord
  private let out: String
  private let format: RowFormat
  private let work: String
  private let lock: FolderLock
  private let names: GrowingFile
  private let skipped: GrowingFile
  private var block: GrowingFile
  private var progress: Progress
  private var noted: ContinuousClock.Instant?

  /// Entries that are done.
  package var entries: Int { progress.entries }
  /// Rows that there are.
  package var rows: Int { progress.rows }
  /// Entries that were left out.
  package var skippedCount: Int { progress.entries - progress.rows }

  private static func isUnfinished(_ out: String) -> Bool {
    fileSize("\(workFolder(out))/state.json") != nil
  }

  private static func workFolder(_ out: String) -> String { "\(out).unfinished" }

  /// Begins, or goes on; nil where the result is there already and `resume` says that it may be.
  package static func open(
    _ out: String, _ record: CollectionRecord, resume: Bool
  ) throws -> RowStore? {
    if resume, pathExists(out), fileSize("\(out).json") != nil {
      let there = CollectionRecord(try JSON.read("\(out).json"))
      if there == record {
        clean(out)
        return nil
      }
    }
    return try RowStore(out, record, resume: resume)
  }

  /// Begins, or goes on.
  ///
  /// - Parameters:
  ///   - out: the result: `.npy`, `.safetensors`, or a folder.
  ///   - record: what the rows depend on.
  ///   - resume: whether an interrupted job may be there; it must be of the same record.
  /// - Throws: `FileError` around `CollectionError` or `LockError`.
  private init(_ out: String, _ record: CollectionRecord, resume: Bool) throws {
    (self.out, self.record) = (out, record)
    let format = RowFormat(path: out)
    let work = Self.workFolder(out)
    if pathExists(out) { throw FileError(file: out, cause: CollectionError.exists) }
    if !resume, Self.isUnfinished(out) {
      throw FileError(file: work, cause: CollectionError.unfinished)
    }
    try makeFolder("\(work)/rows")
    lock = try FolderLock(work)
    AtomicFile.removeLeftovers(in: work)
    let progress = try Self.readProgress(work, record) ?? Progress()
    let (row, head) = Self.sizes(record, format)
    let index = progress.rows / format.rowsPerFile
    let kept = progress.rows % format.rowsPerFile
    names = try GrowingFile("\(work)/names", keeping: progress.names)
    skipped = try GrowingFile("\(work)/skipped", keeping: progress.skipped)
    block = try GrowingFile(
      Self.path(of: index, in: work), keeping: kept == 0 ? 0 : head + kept * row)
    (self.format, self.work, self.progress) = (format, work, progress)
    if kept == 0 { try begin() }
    if progress == Progress() { try note() }
  }

  private static func path(of block: Int, in work: String) -> String {
    "\(work)/rows/\(RowFormat.blockName(block))"
  }

  private static func sizes(
    _ record: CollectionRecord, _ format: RowFormat
  ) -> (row: Int, head: Int) {
    (
      record.width * record.dtype.byteCount,
      format.header(rows: 0, width: record.width, dtype: record.dtype).count
    )
  }

  /// What an interrupted job noted; nil where it noted nothing.
  private static func readProgress(
    _ work: String, _ record: CollectionRecord
  ) throws -> Progress? {
    let path = "\(work)/state.json"
    guard fileSize(path) != nil else { return nil }
    return try inFile(work) {
      let state = try JSON.read(path)
      guard let there = state["record"].flatMap(CollectionRecord.init),
        let entries = state["entries"]?.int, let rows = state["rows"]?.int,
        let names = state["names"]?.int, let skipped = state["skipped"]?.int,
        entries >= rows, min(rows, names, skipped) >= 0
      else { throw CollectionError.damaged }
      if let (what, here, other) = record.difference(from: there) {
        throw CollectionError.different(what, here: here, there: other)
      }
      guard there.shard == record.shard else {
        throw CollectionError.different(
          "part", here: record.shard.description, there: there.shard.description)
      }
      return Progress(entries: entries, rows: rows, names: names, skipped: skipped)
    }
  }

  /// The head of a file, whose number of rows is filled in at its end.
  private func begin() throws {
    try block.append(format.header(rows: 0, width: record.width, dtype: record.dtype))
  }

  /// Adds rows and their names.
  ///
  /// - Parameters:
  ///   - rows: their bytes as they are stored, one row behind the other.
  ///   - names: a JSON string for each.
  ///   - left: a line for each entry that has no row.
  /// - Throws: `FileError` around `FileAccessError`.
  package func append(_ rows: UnsafeRawBufferPointer, names: [JSON], left: [JSON]) throws {
    let (row, _) = Self.sizes(record, format)
    require(rows.count == names.count * row, "a name for every row")
    var done = 0
    while done < names.count {
      let inBlock = progress.rows % format.rowsPerFile
      let count = min(names.count - done, format.rowsPerFile - inBlock)
      try block.append(
        UnsafeRawBufferPointer(rebasing: rows[done * row..<(done + count) * row]))
      progress.rows += count
      done += count
      if progress.rows % format.rowsPerFile == 0 { try nextBlock() }
    }
    try self.names.append(Self.lines(names))
    try skipped.append(Self.lines(left))
    progress.entries += names.count + left.count
    (progress.names, progress.skipped) = (self.names.count, skipped.count)
    let now = ContinuousClock.now
    if let noted, now - noted < .seconds(1) { return }
    try note()
  }

  private static func lines(_ values: [JSON]) -> [UInt8] {
    values.flatMap { Array("\($0.text())\n".utf8) }
  }

  /// Fills in the head of a file that has all its rows and begins the next.
  private func nextBlock() throws {
    try seal(rows: format.rowsPerFile)
    block = try GrowingFile(Self.path(of: progress.rows / format.rowsPerFile, in: work))
    try begin()
  }

  private func seal(rows: Int) throws {
    try block.overwriteStart(
      format.header(rows: rows, width: record.width, dtype: record.dtype))
    try block.flush()
  }

  /// Makes everything durable and notes how much there is.
  package func note() throws {
    try block.flush()
    try names.flush()
    try skipped.flush()
    let state = JSON.object([
      ("entries", .integer(progress.entries)), ("rows", .integer(progress.rows)),
      ("names", .integer(progress.names)), ("skipped", .integer(progress.skipped)),
      ("record", record.json),
    ])
    try AtomicFile.write(state.text() + "\n", to: "\(work)/state.json")
    noted = .now
  }

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
    lock.release()
    Self.clean(out)
  }

  /// Removes what an interrupted job left beside a result that is complete.
  package static func clean(_ out: String) {
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
