// ZipArchiveTests - archives by hand, and every way to get one wrong.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTShapes
import LMPTSupport
import Testing

@testable import LMPTWeights

@Suite("ZipArchive")
struct ZipArchiveTests {
  static func open(_ bytes: [UInt8], limits: Limits = .default) throws -> ZipArchive {
    try ZipArchive(TensorStorage(bytes), limits: limits)
  }

  /// The code that opening an archive and reading all its entries ends with.
  static func outcome(_ zip: RawZip, limits: Limits = .default) -> String? {
    errorCode {
      let archive = try open(zip.bytes, limits: limits)
      for entry in archive.entries { _ = try archive.contents(entry, verify: true) }
    }
  }

  static let two = [RawEntry("a/one", [1, 2, 3]), RawEntry("a/two", Array(0..<100))]

  @Test("entries are found with their bytes, with and without a comment")
  func byHand() throws {
    var zip = RawZip(ZipArchiveTests.two)
    zip.comment = Array("made by hand".utf8)
    let archive = try ZipArchiveTests.open(zip.bytes)
    #expect(archive.entries.map(\.name) == ["a/one", "a/two"])
    let entry = try #require(archive["a/one"])
    let storage = try archive.contents(entry, verify: true)
    #expect(Array(storage.bytes) == [1, 2, 3])
    #expect(archive["one"] == nil)
  }

  @Test("an archive without entries is an archive")
  func empty() throws {
    #expect(try ZipArchiveTests.open(RawZip([]).bytes).entries.isEmpty)
  }

  @Test("zip64 records stand in for fields of all ones, and agree with all others")
  func zip64() throws {
    var zip = RawZip(ZipArchiveTests.two)
    zip.zip64 = (2, nil, nil, 0)
    #expect(ZipArchiveTests.outcome(zip) == nil)
    zip.count = 0xFFFF
    zip.directorySize = 0xFFFF_FFFF
    zip.directoryOffset = 0xFFFF_FFFF
    #expect(ZipArchiveTests.outcome(zip) == nil)
    zip.zip64 = (3, nil, nil, 0)
    #expect(ZipArchiveTests.outcome(zip) == "zip.directory")
    zip.zip64 = (Int.max, nil, nil, 0)
    #expect(ZipArchiveTests.outcome(zip) == "zip.too-many-entries")
    zip.zip64 = (2, Int.min, nil, 0)
    #expect(ZipArchiveTests.outcome(zip) == "zip.directory")
    zip.zip64 = (2, nil, Int.max, 0)
    #expect(ZipArchiveTests.outcome(zip) == "zip.directory")
    for shift in [-1, 1, 1 << 40, Int.max / 2, -(1 << 40)] {
      zip.zip64 = (2, nil, nil, shift)
      #expect(ZipArchiveTests.outcome(zip) == "zip.bad-record", "\(shift)")
    }
    zip.zip64 = nil
    #expect(ZipArchiveTests.outcome(zip) == "zip.directory")

    var entry = RawEntry("a/big", [1, 2, 3])
    entry.centralSize = 0xFFFF_FFFF
    entry.centralCompressed = 0xFFFF_FFFF
    entry.localSize = 0xFFFF_FFFF
    entry.localCompressed = 0xFFFF_FFFF
    entry.centralExtra = RawZip.little(1, 2) + RawZip.little(16, 2) + [3, 0, 0, 0, 0, 0, 0, 0]
    entry.centralExtra += [3, 0, 0, 0, 0, 0, 0, 0]
    #expect(ZipArchiveTests.outcome(RawZip([entry])) == nil)
    entry.centralExtra[4...] = ArraySlice([UInt8](repeating: 0xFF, count: 16))
    #expect(ZipArchiveTests.outcome(RawZip([entry])) == "zip.bad-record")
    entry.centralExtra = []
    #expect(ZipArchiveTests.outcome(RawZip([entry])) == "zip.bad-record")
  }

  @Test("files that are no complete archive are refused")
  func incomplete() {
    #expect(errorCode { _ = try ZipArchiveTests.open([]) } == "zip.no-end")
    #expect(errorCode { _ = try ZipArchiveTests.open([0x50]) } == "zip.no-end")
    #expect(errorCode { _ = try ZipArchiveTests.open(Array("PK\u{3}\u{4}".utf8)) } == "zip.no-end")
    let bytes = RawZip(ZipArchiveTests.two).bytes
    #expect(errorCode { _ = try ZipArchiveTests.open(bytes.dropLast(22)) } == "zip.no-end")
    #expect(errorCode { _ = try ZipArchiveTests.open(bytes + [0]) } == "zip.no-end")
    #expect(errorCode { _ = try ZipArchiveTests.open(bytes.dropFirst(1) + []) } == "zip.directory")
  }

  typealias Change = (inout RawZip) -> Void

  @Test("a wrong end record is refused")
  func endRecord() {
    let cases: [(String, Change)] = [
      ("zip.ambiguous-end", { $0.comment = RawZip([]).bytes }),
      ("zip.no-end", { $0.commentCount = 5 }),
      ("zip.directory", { $0.directoryOffset = 0x7FFF_FFFF }),
      ("zip.directory", { $0.directoryOffset = 0xFFFF_FFFF }),
      ("zip.directory", { $0.directoryOffset = $0.bytes.count - 10 }),
      ("zip.directory", { $0.directorySize = 3 }),
      ("zip.directory", { $0.directorySize = 0 }),
      ("zip.directory", { $0.gap = [1, 2, 3] }),
      ("zip.directory", { $0.count = 1 }),
      ("zip.directory", { $0.count = 3 }),
      ("zip.directory", { $0.count = 65_535 }),
      ("zip.multi-disk", { $0.disk = 1 }),
    ]
    for (index, (expected, change)) in cases.enumerated() {
      var zip = RawZip(ZipArchiveTests.two)
      change(&zip)
      #expect(ZipArchiveTests.outcome(zip) == expected, "case \(index)")
    }
  }

  @Test("a wrong entry is refused")
  func entry() {
    let cases: [(String, Change)] = [
      ("zip.bad-record", { $0.entries[1].localSignature = 0x0403_4B51 }),
      ("zip.bad-record", { $0.entries[1].centralSignature = 0x0201_4B51 }),
      ("zip.bad-record", { $0.entries[1].centralOffset = 0xFFFF_FFF0 }),
      ("zip.bad-record", { $0.entries[1].centralOffset = $0.bytes.count - 30 }),
      ("zip.mismatch", { $0.entries[1].localName = Array("a/owt".utf8) }),
      ("zip.mismatch", { $0.entries[1].localName = Array("a/tw".utf8) }),
      ("zip.mismatch", { $0.entries[1].localSize = 99 }),
      ("zip.mismatch", { $0.entries[1].localCompressed = 99 }),
      ("zip.mismatch", { $0.entries[1].localMethod = 8 }),
      ("zip.mismatch", { $0.entries[1].localChecksum = 1 }),
      ("zip.stored-size", { $0.entries[1].centralSize = 99 }),
      ("zip.stored-size", { $0.entries[1].centralCompressed = 101 }),
      ("zip.encrypted", { $0.entries[1].flags = 1 }),
      ("zip.method", { $0.entries[1].method = 12 }),
      ("zip.method", { $0.entries[1].method = 14 }),
      ("zip.method", { $0.entries[1].method = 93 }),
      ("zip.duplicate-name", { $0.entries[1].name = Array("a/one".utf8) }),
      (
        "zip.overlap",
        {
          $0.entries[1] = $0.entries[0]; $0.entries[1].centralOffset = 0
        }
      ),
      (
        "zip.overlap",
        {
          let one = $0.entries[0].data.count + 1  // one byte of the next local header
          ($0.entries[0].size, $0.entries[0].centralCompressed) = (one, one)
          $0.entries[0].localCompressed = one
        }
      ),
      ("zip.bad-name", { $0.entries[1].name = Array("a/\0b".utf8) }),
      ("zip.bad-name", { $0.entries[1].name = Array("a/../b".utf8) }),
      ("zip.bad-name", { $0.entries[1].name = Array("../b".utf8) }),
      ("zip.bad-name", { $0.entries[1].name = Array("/b".utf8) }),
      ("zip.bad-name", { $0.entries[1].name = [0x61, 0xFF] }),
      ("zip.bad-name", { $0.entries[1].name = [] }),
      ("zip.bad-name", { $0.entries[1].name = [UInt8](repeating: 0x61, count: 1025) }),
      ("zip.checksum", { $0.entries[1].checksum ^= 1 }),
    ]
    for (index, (expected, change)) in cases.enumerated() {
      var zip = RawZip(ZipArchiveTests.two)
      change(&zip)
      #expect(ZipArchiveTests.outcome(zip) == expected, "case \(index)")
    }
  }

  @Test("sizes may follow the bytes, then the local header may leave them out")
  func dataDescriptor() {
    var zip = RawZip(ZipArchiveTests.two)
    zip.entries[0].flags = 8
    zip.entries[0].localSize = 0
    zip.entries[0].localCompressed = 0
    zip.entries[0].localChecksum = 0
    #expect(ZipArchiveTests.outcome(zip) == nil)
    zip.entries[0].localSize = 2
    #expect(ZipArchiveTests.outcome(zip) == "zip.mismatch")
    zip.entries[0].flags = 0
    zip.entries[0].localSize = 0
    #expect(ZipArchiveTests.outcome(zip) == "zip.mismatch")
  }

  /// Ten zeros as zlib deflates them.
  static let tenZeros: [UInt8] = [0x63, 0x60, 0x80, 0x01, 0x00]

  static func deflated(_ change: (inout RawEntry) -> Void = { _ in }) -> RawZip {
    var entry = RawEntry("a/zeros", [UInt8](repeating: 0, count: 10))
    entry.data = tenZeros
    entry.method = 8
    change(&entry)
    return RawZip([entry])
  }

  @Test("deflated entries are expanded to exactly the declared size")
  func deflate() throws {
    let archive = try ZipArchiveTests.open(ZipArchiveTests.deflated().bytes)
    let storage = try archive.contents(archive.entries[0], verify: true)
    #expect(Array(storage.bytes) == [UInt8](repeating: 0, count: 10))
    let outcomes: [(String, (inout RawEntry) -> Void)] = [
      ("zip.inflated-size", { $0.size = 9 }),
      (
        "inflate.truncated",
        {
          $0.size = 11; $0.data.removeLast(2)
        }
      ),
      ("zip.inflated-size", { $0.data.append(0) }),
      ("zip.checksum", { $0.checksum ^= 1 }),
      ("zip.checksum", { $0.checksum = 0 }),
      ("zip.too-large", { $0.size = 1 << 30 }),
    ]
    for (expected, change) in outcomes {
      #expect(ZipArchiveTests.outcome(ZipArchiveTests.deflated(change)) == expected)
    }
    var limits = Limits.default
    limits.inflatedBytes = 9
    #expect(ZipArchiveTests.outcome(ZipArchiveTests.deflated(), limits: limits) == "zip.too-large")
  }

  @Test("more entries than the limit are refused before they are read")
  func entryLimit() {
    var limits = Limits.default
    limits.zipEntries = 1
    #expect(
      ZipArchiveTests.outcome(RawZip(ZipArchiveTests.two), limits: limits)
        == "zip.too-many-entries")
  }

  @Test("the hostile archives of the fixtures are refused with their codes", arguments: ["zip"])
  func fixtures(kind: String) throws {
    try expectHostileCodes(kind)
  }
}

/// Opens every file of `Fixtures/hostile/KIND` and expects the code that its manifest gives.
func expectHostileCodes(_ kind: String) throws {
  let manifest = try JSON.parse(Fixtures.bytes("hostile/\(kind)/manifest.json"))
  let entries = manifest["entries"]?.array ?? []
  #expect(!entries.isEmpty)
  for entry in entries {
    let name = try #require(entry["path"]?.string)
    let found = errorCode { _ = try WeightFile.read(Fixtures.path("hostile/\(kind)/\(name)")) }
    #expect(found == entry["error"]?.string, "\(name)")
  }
}
