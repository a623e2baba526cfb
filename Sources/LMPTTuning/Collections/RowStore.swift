// RowStore - the rows of a collection as they grow on the disk, through any kill.
// SPDX-License-Identifier: Apache-2.0

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
  struct Progress: Equatable {
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
  let out: String
  let format: RowFormat
  let work: String
  let lock: FolderLock
  private let names: GrowingFile
  private let skipped: GrowingFile
  private(set) var block: GrowingFile
  private(set) var progress: Progress
  private var noted: ContinuousClock.Instant?
  private let maker: Maker
  /// Whether a write or a flush has failed. Then nothing is noted any more: what a disk has lost once
  /// it does not report twice.
  private var failed = false

  /// Entries that are done.
  package var entries: Int { progress.entries }
  /// Rows that there are.
  package var rows: Int { progress.rows }
  /// Entries that were left out.
  package var skippedCount: Int { progress.entries - progress.rows }

  private static func isUnfinished(_ out: String) -> Bool {
    fileSize("\(workFolder(out))/state.json") != nil
  }

  static func workFolder(_ out: String) -> String { "\(out).unfinished" }

  /// Who writes: a list's rows and what it leaves out come mixed, those of joined parts one kind after
  /// the other, so neither goes on with the other's work.
  package enum Maker: String, Sendable {
    case list
    case parts
  }

  /// Begins, or goes on; nil where the result is there already and `resume` says that it may be.
  ///
  /// - Parameters:
  ///   - out: the result: `.npy`, `.safetensors`, or a folder.
  ///   - record: what the rows depend on.
  ///   - maker: who writes.
  ///   - resume: whether an interrupted job may be there; it must be of the same record and maker.
  /// - Returns: the store; nil where nothing is left to do.
  /// - Throws: `FileError` around `CollectionError` or `LockError`.
  package static func open(
    _ out: String, _ record: CollectionRecord, by maker: Maker = .list, resume: Bool
  ) throws -> RowStore? {
    if resume, try isFinished(out, record) {
      clean(out)
      return nil
    }
    let store = try RowStore(out, record, maker, resume: resume)
    // Another process may have finished between the two looks.
    guard !pathExists(out) else { throw FileError(file: out, cause: CollectionError.exists) }
    return store
  }

  /// Whether a result with all its rows is there, of this record.
  private static func isFinished(_ out: String, _ record: CollectionRecord) throws -> Bool {
    guard pathExists(out), fileSize("\(out).json") != nil else { return false }
    let json = try JSON.read("\(out).json")
    guard CollectionRecord(json) == record, let rows = json["rows"]?.int, rows >= 0 else {
      return false
    }
    // The record is written before the rows take their place, so it alone proves nothing.
    return (try? StoredRows(out, record, count: rows)) != nil
  }

  /// The files that stand beside a result.
  package static func filesBeside(_ out: String) -> [String] {
    [".names.txt", ".skipped.txt", ".json"].map { out + $0 }
  }

  /// Refuses to write over files that no earlier job of this kind made.
  private static func checkPlaces(_ out: String) throws {
    if let json = try? JSON.read("\(out).json"), CollectionRecord(json) != nil { return }
    for file in filesBeside(out) where pathExists(file) {
      throw FileError(file: file, cause: CollectionError.exists)
    }
  }

  private init(
    _ out: String, _ record: CollectionRecord, _ maker: Maker, resume: Bool
  ) throws {
    (self.out, self.record, self.maker) = (out, record, maker)
    let format = RowFormat(path: out)
    let work = Self.workFolder(out)
    if pathExists(out) { throw FileError(file: out, cause: CollectionError.exists) }
    if !resume, Self.isUnfinished(out) {
      throw FileError(file: work, cause: CollectionError.unfinished)
    }
    if !Self.isUnfinished(out) { try Self.checkPlaces(out) }
    try makeFolder("\(work)/rows")
    lock = try FolderLock(work)
    AtomicFile.removeLeftovers(in: work)
    let progress = try Self.readProgress(work, record, maker) ?? Progress()
    let (row, head) = Self.sizes(record, format)
    try Self.checkFiles(work, progress, format, row: row, head: head)
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

  /// Refuses what is shorter than was noted, and removes blocks beyond the last.
  private static func checkFiles(
    _ work: String, _ progress: Progress, _ format: RowFormat, row: Int, head: Int
  ) throws {
    let (index, kept) = progress.rows.quotientAndRemainder(dividingBy: format.rowsPerFile)
    var wanted = [("names", progress.names), ("skipped", progress.skipped)]
    if kept > 0 { wanted.append(("rows/\(RowFormat.blockName(index))", head + kept * row)) }
    if index > 0 {
      wanted += (0..<index).map {
        ("rows/\(RowFormat.blockName($0))", head + format.rowsPerFile * row)
      }
    }
    for (name, bytes) in wanted where bytes > 0 && (fileSize("\(work)/\(name)") ?? -1) < bytes {
      throw FileError(file: work, cause: CollectionError.damaged)
    }
    for name in folderEntries("\(work)/rows") where name.hasSuffix(".npy") {
      if let block = Int(name.dropLast(4)), block > index { removeFile("\(work)/rows/\(name)") }
    }
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
    _ work: String, _ record: CollectionRecord, _ maker: Maker
  ) throws -> Progress? {
    let path = "\(work)/state.json"
    guard fileSize(path) != nil else { return nil }
    return try inFile(work) {
      let state = try JSON.read(path)
      guard let there = state["record"].flatMap(CollectionRecord.init),
        let entries = state["entries"]?.int, let rows = state["rows"]?.int,
        let names = state["names"]?.int, let skipped = state["skipped"]?.int,
        entries >= rows, min(rows, names, skipped) >= 0, entries <= record.entries,
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
    // All of it counts, or none.
    var next = progress
    try watched {
      var done = 0
      while done < names.count {
        let inBlock = next.rows % format.rowsPerFile
        let count = min(names.count - done, format.rowsPerFile - inBlock)
        try block.append(
          UnsafeRawBufferPointer(rebasing: rows[done * row..<(done + count) * row]))
        next.rows += count
        done += count
        if next.rows % format.rowsPerFile == 0 { try nextBlock(after: next.rows) }
      }
      try self.names.append(Self.lines(names))
      try skipped.append(Self.lines(left))
    }
    next.entries += names.count + left.count
    (next.names, next.skipped) = (self.names.count, skipped.count)
    progress = next
    let now = ContinuousClock.now
    if let noted, now - noted < .seconds(1) { return }
    try note()
  }

  private static func lines(_ values: [JSON]) -> [UInt8] {
    values.flatMap { Array("\($0.text())\n".utf8) }
  }

  private func watched(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      failed = true
      throw error
    }
  }

  /// Fills in the head of a file that has all its rows and begins the next.
  private func nextBlock(after rows: Int) throws {
    try seal(rows: format.rowsPerFile)
    block = try GrowingFile(Self.path(of: rows / format.rowsPerFile, in: work))
    try begin()
    try AtomicFile.flushFolder("\(work)/rows")
  }

  func seal(rows: Int) throws {
    try block.overwriteStart(
      format.header(rows: rows, width: record.width, dtype: record.dtype))
    try block.flush()
  }

  /// Makes everything durable and notes how much there is; nothing after a failure.
  package func note() throws {
    guard !failed else { return }
    try watched {
      try block.flush()
      try names.flush()
      try skipped.flush()
    }
    let state = JSON.object([
      ("entries", .integer(progress.entries)), ("rows", .integer(progress.rows)),
      ("names", .integer(progress.names)), ("skipped", .integer(progress.skipped)),
      ("by", .string(maker.rawValue)), ("record", record.json),
    ])
    try AtomicFile.write(state.text() + "\n", to: "\(work)/state.json")
    noted = .now
  }
}
