// CollectionPartsTests - parts that belong together, and those that do not.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import LMPTWeights
import Testing

@testable import LMPTTuning

@Suite struct CollectionPartsTests {
  private func record(_ part: Int, of count: Int, kernel: String = "k") -> CollectionRecord {
    CollectionRecord(
      facts: [("list", "abc"), ("kernel", kernel)], shard: Shard(index: part, count: count),
      total: 9, width: 1, dtype: .f32)
  }

  /// A part with these rows.
  @discardableResult
  private func part(
    _ path: String, _ record: CollectionRecord, _ rows: Range<Int>, left: Int = 0
  ) throws -> String {
    let store = try #require(try RowStore.open(path, record, resume: false))
    try rows.map(Float.init).withUnsafeBytes {
      try store.append(
        $0, names: rows.map { .string("\($0)") },
        left: (0..<left).map { .string("left \($0)") })
    }
    try store.finish()
    return path
  }

  private func code(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return (error as? any DiagnosticError)?.diagnostic.code }
    return nil
  }

  @Test(
    "parts of any format, in any order, are what one process makes", arguments: ["npy", "folder"])
  func joined(_ end: String) throws {
    let folder = try TemporaryFolder()
    func path(_ name: String) -> String {
      "\(folder.path)/\(name)" + (end == "npy" ? ".npy" : "")
    }
    let whole = try part(path("whole"), record(0, of: 1), 0..<6, left: 3)
    let parts = [
      try part(path("z"), record(0, of: 3), 0..<3),
      try part("\(folder.path)/b.safetensors", record(1, of: 3), 3..<3, left: 3),
      try part("\(folder.path)/a", record(2, of: 3), 3..<6),
    ]
    let out = path("joined")
    try CollectionParts([parts[2], parts[0], parts[1]]).join(into: out, resume: false)
    let rows = end == "npy" ? "" : "/000000.npy"
    expectSame(whole, out, [rows, ".names.txt", ".skipped.txt", ".json"])
  }

  @Test("an interrupted join goes on, rows and what was left out each by itself")
  func goesOn() throws {
    let folder = try TemporaryFolder()
    let parts = [
      try part("\(folder.path)/a.npy", record(0, of: 3), 0..<2, left: 1),
      try part("\(folder.path)/b.npy", record(1, of: 3), 2..<4, left: 1),
      try part("\(folder.path)/c.npy", record(2, of: 3), 4..<7),
    ]
    let (straight, out) = ("\(folder.path)/straight.npy", "\(folder.path)/out.npy")
    try CollectionParts(parts).join(into: straight, resume: false)
    do {
      let first = try #require(
        try RowStore.open(out, record(0, of: 1), by: .parts, resume: false))
      try [Float(0), 1, 2].withUnsafeBytes {
        try first.append($0, names: ["0", "1", "2"].map(JSON.string), left: [.string("left 0")])
      }
      try first.note()
    }
    // A list's rows and those of parts follow each other in other orders.
    #expect(
      code { _ = try RowStore.open(out, record(0, of: 1), resume: true) } == "collection.different")
    try CollectionParts(parts).join(into: out, resume: true)
    expectSame(straight, out, ["", ".names.txt", ".skipped.txt", ".json"])
  }

  private func lines(_ part: Int, of count: Int) -> CollectionRecord {
    CollectionRecord(
      predictions: [("list", "abc")], .csv, threshold: 0.5, best: 1,
      shard: Shard(index: part, count: count), total: 9)
  }

  /// A part of lines.
  @discardableResult
  private func part(
    _ path: String, _ record: CollectionRecord, _ rows: [String], left: [String] = []
  ) throws -> String {
    let store = try #require(try RowStore.open(path, record, resume: false))
    let text = rows.map { "\($0)\n" }.joined()
    try Array(text.utf8).withUnsafeBytes {
      try store.append(lines: $0, rows: rows.count, left: left.map(JSON.string))
    }
    try store.finish()
    return path
  }

  @Test("parts of lines join behind one heading, also when the join was interrupted")
  func joinedLines() throws {
    let folder = try TemporaryFolder()
    let parts = [
      try part(
        "\(folder.path)/c.csv", lines(0, of: 3), ["a,cat,cat,1", "\"b\nb\",,dog,0.25"], left: ["x"]),
      try part("\(folder.path)/b.csv", lines(1, of: 3), [], left: ["y", "z", "w"]),
      try part("\(folder.path)/a.csv", lines(2, of: 3), ["d,cat,cat,1", "e,,dog,0", "f,,dog,0"]),
    ]
    let whole = try part(
      "\(folder.path)/whole.csv", lines(0, of: 1),
      ["a,cat,cat,1", "\"b\nb\",,dog,0.25", "d,cat,cat,1", "e,,dog,0", "f,,dog,0"],
      left: ["x", "y", "z", "w"])
    let out = "\(folder.path)/out.csv"
    let ends = ["", ".skipped.txt", ".json"]
    try CollectionParts(parts.reversed()).join(into: out, resume: false)
    expectSame(whole, out, ends)
    // Stopped in the middle of the first part, and at its end.
    for (stopped, rows) in [("a,cat", 0), ("a,cat,cat,1\n\"b\nb\",,dog,0.25\n", 2)] {
      for name in ends {
        try FileManager.default.removeItem(atPath: out + name)
      }
      do {
        let store = try #require(
          try RowStore.open(out, lines(0, of: 1), by: .parts, resume: false))
        try Array(stopped.utf8).withUnsafeBytes {
          try store.append(lines: $0, rows: rows, left: [])
        }
        try store.note()
      }
      try CollectionParts(parts).join(into: out, resume: true)
      expectSame(whole, out, ends)
    }
    // A part whose file was changed afterwards is told.
    try "image,labels,class1,score1\n".write(toFile: parts[2], atomically: false, encoding: .utf8)
    let no = "\(folder.path)/no.csv"
    #expect(
      code { try CollectionParts(parts).join(into: no, resume: false) } == "collection.rows")
    #expect(!FileManager.default.fileExists(atPath: no))
  }

  @Test("a part that is missing, twice, of something else, without a record or cut short is told")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let a = try part("\(folder.path)/a.npy", record(0, of: 2), 0..<5)
    let b = try part("\(folder.path)/b.npy", record(1, of: 2), 5..<9)
    let other = try part("\(folder.path)/o.npy", record(1, of: 2, kernel: "q"), 5..<9)
    let third = try part("\(folder.path)/t.npy", record(2, of: 3), 6..<9)
    #expect(code { _ = try CollectionParts([a]) } == "collection.shard-missing")
    #expect(code { _ = try CollectionParts([a, b, a]) } == "collection.shard-twice")
    #expect(code { _ = try CollectionParts([a, other]) } == "collection.different")
    #expect(code { _ = try CollectionParts([a, third]) } == "collection.different")
    #expect(
      code { _ = try CollectionParts([a, "\(folder.path)/n.npy"]) } == "collection.no-record")
    let out = "\(folder.path)/out.npy"
    let file = try #require(FileHandle(forWritingAtPath: b))
    try file.truncate(atOffset: 140)
    try file.close()
    #expect(
      code { try CollectionParts([a, b]).join(into: out, resume: false) } == "collection.rows")
    #expect(!FileManager.default.fileExists(atPath: out))
  }
}
