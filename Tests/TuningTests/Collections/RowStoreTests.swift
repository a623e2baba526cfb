// RowStoreTests - rows that grow on the disk, are interrupted, and end as if they had not been.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import LMPTWeights
import Testing

@testable import LMPTTuning

@Suite struct RowStoreTests {
  private let record = CollectionRecord(
    facts: [("list", "abc"), ("kernel", "k")], shard: .whole, total: 10, width: 2, dtype: .f32)

  private func add(_ rows: Range<Int>, to store: RowStore, left: [Int] = []) throws {
    let values = rows.flatMap { [Float($0), -Float($0)] }
    try values.withUnsafeBytes {
      try store.append(
        $0, names: rows.map { .string("row \($0)") }, left: left.map { .string("left \($0)") })
    }
  }

  private func open(_ path: String, resume: Bool = false) throws -> RowStore {
    try #require(try RowStore.open(path, record, resume: resume))
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test(arguments: ["x.npy", "x.safetensors", "x"])
  func aResultIsItsRowsAndTheirNames(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/\(name)"
    let store = try open(path)
    try add(0..<3, to: store)
    try add(3..<5, to: store, left: [7])
    try store.finish()
    let file = name == "x" ? "\(path)/000000.npy" : path
    let tensor = try #require(try WeightFile.read(file).tensors.first)
    #expect(tensor.shape == [5, 2])
    #expect(tensor.floats() == (0..<5).flatMap { [Float($0), -Float($0)] })
    #expect(try text("\(path).names.txt") == (0..<5).map { "\"row \($0)\"\n" }.joined())
    #expect(try text("\(path).skipped.txt") == "\"left 7\"\n")
    let there = try JSON.read("\(path).json")
    #expect(CollectionRecord(there) == record)
    #expect(there["rows"]?.int == 5 && there["skipped"]?.int == 1)
    #expect(!FileManager.default.fileExists(atPath: "\(path).unfinished"))
  }

  @Test("a result that leaves nothing out has no list of it, where an older one had")
  func leftNothingOut() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x.npy"
    let older = try open(path)
    try add(0..<3, to: older, left: [7])
    try older.finish()
    #expect(try folder.files == ["x.npy", "x.npy.json", "x.npy.names.txt", "x.npy.skipped.txt"])
    try FileManager.default.removeItem(atPath: path)
    let newer = try open(path)
    try add(0..<3, to: newer)
    try newer.finish()
    #expect(try folder.files == ["x.npy", "x.npy.json", "x.npy.names.txt"])
  }

  @Test(
    "numbers of rows do not move what stands before them", arguments: [RowFormat.npy, .safetensors])
  func heads(_ format: RowFormat) {
    let sizes = [0, 1, 99, 65_536, 10_000_000, 1_000_000_000].map {
      format.header(rows: $0, width: 768, dtype: .f16).count
    }
    #expect(Set(sizes).count == 1 && sizes[0] % 64 == 0)
  }

  @Test("stopped while it takes its place, a folder of whole files goes on")
  func finishedHalf() throws {
    let folder = try TemporaryFolder()
    let (path, rows) = ("\(folder.path)/x", 2 * RowFormat.blockRows)
    let record = CollectionRecord(
      facts: [("list", "abc"), ("kernel", "k")], shard: .whole, total: rows, width: 2, dtype: .f32)
    do {
      let store = try #require(try RowStore.open(path, record, resume: false))
      try add(0..<rows, to: store)
      try store.note()
    }
    // The empty third file is removed before the folder moves.
    try FileManager.default.removeItem(atPath: "\(path).unfinished/rows/000002.npy")
    let again = try #require(try RowStore.open(path, record, resume: true))
    try again.finish()
    let files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(files == ["000000.npy", "000001.npy", "index.json"])
    #expect(try NPY.read("\(path)/000001.npy").shape == [RowFormat.blockRows, 2])
  }

  @Test("a folder has a file for 65,536 rows and says which has which")
  func blocks() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x"
    let store = try open(path)
    let each = RowFormat.blockRows
    for start in stride(from: 0, to: 2 * each, by: 50_000) {
      try add(start..<min(start + 50_000, 2 * each), to: store)
    }
    try store.finish()
    let entries = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(entries == ["000000.npy", "000001.npy", "index.json"])
    let second = try NPY.read("\(path)/000001.npy")
    #expect(second.shape == [each, 2] && second.floats()[0] == Float(each))
    let index = try JSON.read("\(path)/index.json")
    #expect(index["rows"]?.int == 2 * each)
    let blocks = try #require(index["blocks"]?.array)
    #expect(blocks.map { $0["first"]?.int } == [0, each])
    #expect(blocks.map { $0["rows"]?.int } == [each, each])
  }

  @Test("what was not noted is cut off; what was is gone on with, to the same bytes")
  func resumes() throws {
    let folder = try TemporaryFolder()
    let (straight, stopped) = ("\(folder.path)/a.npy", "\(folder.path)/b.npy")
    let whole = try open(straight)
    try add(0..<5, to: whole)
    try whole.finish()
    do {
      let first = try open(stopped)
      try add(0..<3, to: first)
      try first.note()
      try add(3..<5, to: first)
    }
    #expect(throws: FileError.self) { _ = try open(stopped) }
    let again = try open(stopped, resume: true)
    #expect(again.entries == 3 && again.rows == 3)
    try add(3..<5, to: again)
    try again.finish()
    for end in ["", ".names.txt", ".json"] {
      #expect(
        FileManager.default.contentsEqual(atPath: straight + end, andPath: stopped + end), "\(end)")
    }
    // A finished one is there, and is asked for again.
    #expect(try RowStore.open(stopped, record, resume: true) == nil)
  }

  private func predictions(_ form: PictureScores.Form = .csv) -> CollectionRecord {
    CollectionRecord(
      predictions: [("list", "abc")], form, threshold: nil, best: 1, shard: .whole, total: 9)
  }

  private func add(_ lines: String, rows: Int, to store: RowStore) throws {
    try Array(lines.utf8).withUnsafeBytes { try store.append(lines: $0, rows: rows, left: []) }
  }

  @Test("lines of any length grow behind their heading, are cut back, and come to the same bytes")
  func growingLines() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x.csv"
    do {
      let first = try #require(try RowStore.open(path, predictions(), resume: false))
      try add("a.jpg,cat,1\n\"b\nc.jpg\",dog,0.5\n", rows: 2, to: first)
      try first.note()
      try add("lost", rows: 1, to: first)
    }
    let again = try #require(try RowStore.open(path, predictions(), resume: true))
    #expect(again.entries == 2 && again.rows == 2)
    try add("d,cat,1\n", rows: 1, to: again)
    try again.finish()
    #expect(try text(path) == "image,class1,score1\na.jpg,cat,1\n\"b\nc.jpg\",dog,0.5\nd,cat,1\n")
    let record = try JSON.read("\(path).json")
    let size = try text(path).utf8.count
    #expect(record["rows"]?.int == 3 && record["bytes"]?.int == size)
    #expect(try folder.files == ["x.csv", "x.csv.json"])
    // It is finished, and one that was cut afterwards is not.
    #expect(try RowStore.open(path, predictions(), resume: true) == nil)
    try "image,class1,score1\n".write(toFile: path, atomically: false, encoding: .utf8)
    #expect(throws: FileError.self) {
      _ = try RowStore.open(path, predictions(), resume: true)
    }
  }

  @Test(
    "what lies on another disk while it grows takes its place whole", arguments: ["x.npy", "x"])
  func otherDisk(_ name: String) throws {
    let folder = try TemporaryFolder()
    let other = "/dev/shm/lmpt-\(UUID().uuidString)"
    guard
      (try? FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false))
        != nil
    else { return }  // a system without a second disk
    defer { try? FileManager.default.removeItem(atPath: other) }
    let (path, straight) = ("\(folder.path)/\(name)", "\(folder.path)/straight.npy")
    try FileManager.default.createSymbolicLink(
      atPath: "\(path).unfinished", withDestinationPath: other)
    for place in [path, straight] {
      let store = try open(place)
      try add(0..<5, to: store)
      try store.finish()
    }
    let file = name == "x" ? "\(path)/000000.npy" : path
    #expect(FileManager.default.contentsEqual(atPath: file, andPath: straight))
    #expect(try FileManager.default.contentsOfDirectory(atPath: other).isEmpty)
    #expect(try folder.files.filter { !$0.hasPrefix("straight") }.count == 3)
  }

  @Test("what has no row yet can be discarded, what has rows cannot")
  func discarding() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x.npy"
    let store = try open(path)
    try add(0..<0, to: store, left: [1])
    try store.note()
    store.discardEmpty()
    #expect(try folder.files.isEmpty)
    let again = try open(path)
    try add(0..<1, to: again)
    try again.note()
    again.discardEmpty()
    #expect(FileManager.default.fileExists(atPath: "\(path).unfinished/state.json"))
  }

  @Test("a folder whose name is not UTF-8 is that folder", arguments: ["x.npy", "x"])
  func anyName(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/" + String(pathBytes: [0xFF, 0x2F]) + name
    let store = try open(path)
    try add(0..<2, to: store)
    try store.finish()
    #expect(folderEntries(folder.path).contains(String(pathBytes: [0xFF])))
    let beside = Set(folderEntries(folder.path + "/" + String(pathBytes: [0xFF])))
    #expect(beside == [".", "..", name, "\(name).names.txt", "\(name).json"])
    #expect(try RowStore.open(path, record, resume: true) == nil)
  }

  @Test("another list, kernel or part does not go on, and what is there is not written over")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x.npy"
    do { try add(0..<1, to: try open(path)) }
    func code(_ record: CollectionRecord, _ path: String) -> String? {
      do { _ = try RowStore.open(path, record, resume: true) } catch {
        return (error as? any DiagnosticError)?.diagnostic.code
      }
      return nil
    }
    let other = CollectionRecord(
      facts: [("list", "abc"), ("kernel", "other")], shard: .whole, total: 10, width: 2, dtype: .f32
    )
    #expect(code(other, path) == "collection.different")
    let shorter = CollectionRecord(
      facts: [("list", "ab"), ("kernel", "k")], shard: .whole, total: 0, width: 2, dtype: .f32)
    #expect(code(shorter, path) == "collection.different")
    #expect(code(record.of(Shard(index: 0, count: 2)), path) == "collection.different")
    #expect(code(record, path) == nil)
    try "{".write(toFile: "\(path).unfinished/state.json", atomically: true, encoding: .utf8)
    #expect(code(record, path)?.hasPrefix("json.") == true)
    try "{}".write(toFile: "\(path).unfinished/state.json", atomically: true, encoding: .utf8)
    #expect(code(record, path) == "collection.damaged")
    let taken = "\(folder.path)/taken.npy"
    try "mine".write(toFile: taken, atomically: true, encoding: .utf8)
    #expect(code(record, taken) == "collection.exists")
    #expect(try text(taken) == "mine")
  }
}
