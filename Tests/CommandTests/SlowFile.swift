// SlowFile - small files that once took minutes or gigabytes to read.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTShapes
import LMPTSupport
import Testing

/// A file made to be slow, and what reading it may cost.
struct SlowFile: Sendable, CustomTestStringConvertible {
  let name: String
  let seconds: Double
  let bytes: Int
  let make: @Sendable () -> [UInt8]
  var testDescription: String { name }

  init(
    _ name: String, seconds: Double = 5, bytes: Int = 1 << 30,
    make: @escaping @Sendable () -> [UInt8]
  ) {
    (self.name, self.seconds, self.bytes, self.make) = (name, seconds, bytes, make)
  }

  /// A torch archive around a pickle.
  private static func torch(_ pickle: [UInt8], code: [RawEntry] = []) -> [UInt8] {
    RawZip([RawEntry("a/data.pkl", pickle)] + code).bytes
  }

  /// `count` times the same, as one APPENDS or SETITEMS.
  private static func times(_ count: Int, _ piece: [UInt8]) -> [UInt8] {
    Array(repeatElement(piece, count: count).joined())
  }

  static let all: [SlowFile] = [
    // Pairs that must be looked at: n lists of n items.
    SlowFile("a list of 600,000 None, referenced 600,000 times") {
      let inner =
        Pickle.emptyList + Pickle.put(0) + Pickle.mark
        + times(600_000, Pickle.none) + Pickle.appends
      let outer = Pickle.emptyList + Pickle.mark + times(600_000, Pickle.get(0)) + Pickle.appends
      return torch(Pickle.document(inner + [0x30] + outer))
    },
    SlowFile("a dictionary of 200,000 entries, referenced 200,000 times") {
      let inner =
        Pickle.emptyDict + Pickle.put(0) + Pickle.mark
        + (0..<200_000).flatMap { Pickle.int($0) + Pickle.none } + Pickle.setItems
      let outer = Pickle.emptyList + Pickle.mark + times(200_000, Pickle.get(0)) + Pickle.appends
      return torch(Pickle.document(inner + [0x30] + outer))
    },
    SlowFile("a shape of 300,000 sizes, referenced by 300,000 tensors") {
      let shape = Pickle.mark + times(300_000, Pickle.int(1)) + Pickle.tuple
      let arguments = Pickle.tuple(
        Pickle.storage(count: 1), Pickle.int(0), shape + Pickle.put(1), Pickle.get(1), Pickle.no,
        Pickle.orderedDict)
      let call = Pickle.get(3) + Pickle.get(2) + Pickle.reduce + [0x30]
      return torch(
        Pickle.document(
          Pickle.global("torch._utils", "_rebuild_tensor_v2") + Pickle.put(3) + [0x30]
            + arguments + Pickle.put(2) + [0x30] + times(300_000, call) + Pickle.none))
    },
    SlowFile("a key of a megabyte, above 200,000 lists") {
      let key = Pickle.text(String(repeating: "k", count: 1 << 20)) + Pickle.put(0) + [0x30]
      let pair = Pickle.get(0) + Pickle.emptyList
      return torch(
        Pickle.document(
          key + Pickle.emptyDict + Pickle.mark + times(200_000, pair) + Pickle.setItems))
    },
    SlowFile("a header of two million escapes in one string") {
      let text =
        Array("{\"__metadata__\":{\"a\":\"".utf8) + times(2_000_000, Array("\\n".utf8))
        + Array("\"}}".utf8)
      return RawZip.little(text.count, 8) + text
    },
    SlowFile("a dictionary's key of 600,000 accents") {
      torch(
        Pickle.document(Pickle.emptyDict + Pickle.text(accents) + Pickle.int(1) + Pickle.setItem))
    },
    SlowFile("a storage's words of 600,000 accents") {
      let storage = Pickle.tuple(
        Pickle.text(accents), Pickle.global("torch", "FloatStorage"), Pickle.text("0"),
        Pickle.text("cpu"), Pickle.int(1))
      return torch(Pickle.document(storage + Pickle.persId))
    },
    SlowFile("a storage's key of 600,000 accents") {
      torch(Pickle.stateDict(Pickle.storage(accents, count: 1)))
    },
    SlowFile("a tensor's name of 600,000 accents") {
      header("\"\(accents)\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}")
    },
    SlowFile("metadata of 700,000 entries") {
      let pairs = (0..<700_000).map { "\"\($0)\":\"\"" }.joined(separator: ",")
      return header("\"__metadata__\":{\(pairs)}")
    },
    // Four seconds alone; other tests run beside it.
    SlowFile("metadata of 9,000 keys of a thousand bytes of accents", seconds: 20) {
      let long = String(repeating: "\u{301}\u{323}", count: 250)
      let pairs = (0..<9000).map { "\"\($0)\(long)\":\"\"" }.joined(separator: ",")
      return header("\"__metadata__\":{\(pairs)}")
    },
    // The first is more than the source of any model, the second is read, once.
    classes("1,500 classes in one source text of 100 MB of line ends", size: 100 << 20),
    classes("1,500 classes in one source text of 15 MB of line ends", size: 15 << 20),
    SlowFile("100 arrays of 64 MB in an archive of 6 MB", seconds: 10, bytes: 2 << 30) {
      RawZip((0..<100).map { zeros("a\($0).npy", count: 1 << 26) }).bytes
    },
  ]

  /// A letter that takes the square of its accents to compare.
  private static let accents = "k" + String(repeating: "\u{301}\u{323}", count: 300_000)

  /// A safetensors file without data.
  private static func header(_ members: String) -> [UInt8] {
    let text = Array("{\(members)}".utf8)
    return RawZip.little(text.count, 8) + text
  }

  private static func classes(_ name: String, size: Int) -> SlowFile {
    SlowFile(name) {
      var source = RawEntry("a/code/__torch__/m.py", deflatedRun(of: 0x0A, count: size))
      source.method = 8
      source.size = size
      source.checksum = [UInt8](repeating: 0x0A, count: size).withUnsafeBytes { crc32($0) }
      let module = { (i: Int) in
        Pickle.global("__torch__.m", "C\(i)") + Pickle.emptyTuple + Pickle.newObj
          + Pickle.emptyDict + Pickle.build
      }
      let pickle = Pickle.document(
        Pickle.emptyList + Pickle.mark + (0..<1500).flatMap(module) + Pickle.appends)
      return torch(pickle, code: [source])
    }
  }

  /// An entry that inflates to an array of zero bytes, with a wrong checksum.
  static func zeros(_ name: String, count: Int) -> RawEntry {
    let header = npyHeader(count: count)
    var entry = RawEntry(name, [])
    // The header is stored, the zeros are a run.
    entry.data = storedBlock(header) + deflatedRun(of: 0, count: count)
    entry.method = 8
    entry.size = header.count + count
    entry.checksum = 0
    return entry
  }

  private static func npyHeader(count: Int) -> [UInt8] {
    let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(count),), }"
    let padded = text + String(repeating: " ", count: 117 - text.count) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8)
  }

  /// A deflate block that is stored and not the last.
  private static func storedBlock(_ bytes: [UInt8]) -> [UInt8] {
    [0] + RawZip.little(bytes.count, 2) + RawZip.little(~bytes.count, 2) + bytes
  }
}
