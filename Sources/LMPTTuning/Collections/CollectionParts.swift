// CollectionParts - parts of a collection that were made apart, joined into one result.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Finished parts of one collection, in order.
package struct CollectionParts {
  private struct Part {
    let path: String
    let record: CollectionRecord
    let rows: Int
    var skipped: Int { record.entries - rows }
    /// Bytes of the file, of lines.
    let bytes: Int
  }

  private let parts: [Part]

  /// What the rows of all parts depend on, as one.
  package var record: CollectionRecord { parts[0].record.of(.whole) }

  /// Reads the records of the parts and checks that they belong together and none is missing.
  ///
  /// - Parameter paths: the results of the parts, in any order.
  /// - Throws: `FileError` around `CollectionError`.
  package init(_ paths: [String]) throws {
    var parts: [Part] = []
    for path in paths {
      guard fileSize("\(path).json") != nil else {
        throw FileError(file: path, cause: CollectionError.noRecord)
      }
      let json = try JSON.read("\(path).json")
      guard let record = CollectionRecord(json), let rows = json["rows"]?.int,
        (0...record.entries).contains(rows), json["skipped"]?.int == record.entries - rows,
        record.dtype != nil || record.predictionForm != nil
      else { throw FileError(file: "\(path).json", cause: CollectionError.noRecord) }
      try inFile(path) {
        if let first = parts.first,
          let (what, here, there) = first.record.difference(from: record)
        {
          throw CollectionError.different(what, here: here, there: there)
        }
      }
      parts.append(
        Part(path: path, record: record, rows: rows, bytes: json["bytes"]?.int ?? 0))
    }
    try Shard.requireWhole(parts.map { ($0.path, $0.record.shard) })
    self.parts = parts.sorted { $0.record.shard.index < $1.record.shard.index }
  }

  /// Writes the rows of all parts, with their names, as one result.
  ///
  /// - Parameters:
  ///   - out: the result, in any format.
  ///   - resume: whether an interrupted job may be there.
  /// - Throws: `FileError` around `CollectionError` or `FileAccessError`.
  package func join(into out: String, resume: Bool) throws {
    // A result without a row is none.
    guard parts.contains(where: { $0.rows > 0 }) else {
      throw FileError(file: out, cause: CollectionError.nothing)
    }
    guard record.dtype != nil else { return try joinLines(into: out, resume: resume) }
    // Opened before anything is written, so that a damaged part leaves nothing behind.
    let sources = try parts.map { part in
      if part.rows > 0 { _ = try lines("\(part.path).names.txt", count: part.rows) }
      try requireLeft(part)
      return try StoredRows(part.path, part.record, count: part.rows)
    }
    guard let store = try RowStore.open(out, record, by: .parts, resume: resume) else { return }
    // Rows and what was left out go on each by itself: how they followed each other does not matter to
    // either file.
    var (rows, left) = (0, 0)
    for (part, source) in zip(parts, sources) {
      try copy(
        part, source, into: store, fromRow: min(max(store.rows - rows, 0), part.rows),
        fromLeft: min(max(store.skippedCount - left, 0), part.skipped))
      rows += part.rows
      left += part.skipped
    }
    try store.finish()
  }

  private func joinLines(into out: String, resume: Bool) throws {
    let sources = try parts.map { part in
      try requireLeft(part)
      return try StoredLines(part.path, part.record, bytes: part.bytes)
    }
    guard let store = try RowStore.open(out, record, by: .parts, resume: resume) else { return }
    // Bytes tell how far an interrupted job came: rows count where the last byte of their part is there.
    let heading = record.heading.count
    var (before, left) = (heading, 0)
    for (part, source) in zip(parts, sources) {
      let first = min(max(store.bytes - before, 0), source.count)
      try source.pieces(from: first) { bytes, isLast in
        try Interruption.check()
        try store.append(lines: bytes, rows: isLast ? part.rows : 0, left: [])
      }
      try copyLeft(part, into: store, from: min(max(store.skippedCount - left, 0), part.skipped))
      before += source.count
      left += part.skipped
    }
    try store.finish()
  }

  /// Copies what is missing of a part, in pieces.
  private func copy(
    _ part: Part, _ source: StoredRows, into store: RowStore, fromRow row: Int, fromLeft left: Int
  ) throws {
    if row < part.rows {
      let names = try lines("\(part.path).names.txt", count: part.rows)
      for first in stride(from: row, to: part.rows, by: 4096) {
        try Interruption.check()
        try source.with(first..<min(first + 4096, part.rows)) { bytes, range in
          try store.append(bytes, names: names[range].map(parsed), left: [])
        }
      }
    }
    try copyLeft(part, into: store, from: left)
  }

  /// Checks that the list of what a part left out is whole.
  private func requireLeft(_ part: Part) throws {
    if part.skipped > 0 { _ = try lines("\(part.path).skipped.txt", count: part.skipped) }
  }

  private func copyLeft(_ part: Part, into store: RowStore, from left: Int) throws {
    if left < part.skipped {
      let skipped = try lines("\(part.path).skipped.txt", count: part.skipped)
      try store.append(
        UnsafeRawBufferPointer(start: nil, count: 0), names: [],
        left: skipped[left...].map(parsed))
    }
  }

  private func parsed(_ line: ArraySlice<UInt8>) throws -> JSON { try JSON.parse(Array(line)) }

  private func lines(_ path: String, count: Int) throws -> [ArraySlice<UInt8>] {
    let lines = try FileBytes(path: path).withBytes { Array($0) }.split(separator: 0x0a)
    guard lines.count == count else {
      throw FileError(
        file: path, cause: CollectionError.rows(found: lines.count, expected: count, unit: "lines"))
    }
    return lines
  }
}
