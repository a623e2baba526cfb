// RowStore - the rows of a collection as they grow on the disk, through any kill.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors
import LMPTWeights

/// Rows, of features or of predictions, that are written one by one and become one result at the end.
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
    /// Bytes of the file that grows now, of the names, and of what was left out.
    var bytes = 0
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
  /// Bytes of the rows' file so far.
  var bytes: Int { progress.bytes }
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

  /// The files that stand beside a result.
  package static func filesBeside(_ out: String) -> [String] {
    [".names.txt", ".skipped.txt", ".json"].map { out + $0 }
  }

  private init(
    _ out: String, _ record: CollectionRecord, _ maker: Maker, resume: Bool
  ) throws {
    (self.out, self.record, self.maker) = (out, record, maker)
    let format = RowFormat(path: out, of: record)
    let work = Self.workFolder(out)
    if pathExists(out) { throw FileError(file: out, cause: CollectionError.exists) }
    if !resume, Self.isUnfinished(out) {
      throw FileError(file: work, cause: CollectionError.unfinished)
    }
    if !Self.isUnfinished(out) { try Self.checkPlaces(out) }
    try makeFolder("\(work)/rows")
    lock = try FolderLock(work)
    AtomicFile.removeLeftovers(in: work)
    var progress = try Self.readProgress(work, record, maker) ?? Progress()
    // A file without a row has only its head, which is written anew: `finish` may have removed it.
    if format != .lines, progress.rows % format.rowsPerFile == 0 { progress.bytes = 0 }
    try Self.checkFiles(work, progress, format, record)
    let index = progress.rows / format.rowsPerFile
    names = try GrowingFile("\(work)/names", keeping: progress.names)
    skipped = try GrowingFile("\(work)/skipped", keeping: progress.skipped)
    block = try GrowingFile("\(work)/rows/\(format.fileName(index))", keeping: progress.bytes)
    (self.format, self.work, self.progress) = (format, work, progress)
    let isNew = progress == Progress()
    if progress.bytes == 0 { try begin() }
    if isNew { try note() }
  }

  /// The head of a file, whose number of rows is filled in at its end.
  private func begin() throws {
    try block.append(format.header(rows: 0, of: record))
    progress.bytes = block.count
  }

  /// Adds rows and their names.
  ///
  /// - Parameters:
  ///   - rows: their bytes as they are stored, one row behind the other.
  ///   - names: a JSON string for each.
  ///   - left: a line for each entry that has no row.
  /// - Throws: `FileError` around `FileAccessError`.
  package func append(_ rows: UnsafeRawBufferPointer, names: [JSON], left: [JSON]) throws {
    let row = record.rowBytes
    require(rows.count == names.count * row, "a name for every row")
    try add(left) { next in
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
    }
  }

  /// Adds rows that are lines, with their names in them.
  ///
  /// - Parameters:
  ///   - lines: their bytes, line ends included.
  ///   - rows: how many rows end in them.
  ///   - left: a line for each entry that has no row.
  /// - Throws: `FileError` around `FileAccessError`.
  package func append(lines: UnsafeRawBufferPointer, rows: Int, left: [JSON]) throws {
    try add(left) { next in
      try block.append(lines)
      next.rows += rows
    }
  }

  private func add(_ left: [JSON], _ rows: (inout Progress) throws -> Void) throws {
    // All of it counts, or none.
    var next = progress
    try watched {
      try rows(&next)
      try skipped.append(Self.lines(left))
    }
    next.entries += next.rows - progress.rows + left.count
    (next.bytes, next.names, next.skipped) = (block.count, names.count, skipped.count)
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
    block = try GrowingFile("\(work)/rows/\(format.fileName(rows / format.rowsPerFile))")
    try begin()
    try AtomicFile.flushFolder("\(work)/rows")
  }

  func seal(rows: Int) throws {
    try block.overwriteStart(format.header(rows: rows, of: record))
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
      ("bytes", .integer(progress.bytes)), ("names", .integer(progress.names)),
      ("skipped", .integer(progress.skipped)),
      ("by", .string(maker.rawValue)), ("record", record.json),
    ])
    try AtomicFile.write(state.text() + "\n", to: "\(work)/state.json")
    noted = .now
  }
}
