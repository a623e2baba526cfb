// InflateTests - deflate streams, good and bad.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@Suite("Inflate")
struct InflateTests {
  private func expand(
    _ bytes: [UInt8], _ wrapping: InflateWrapping = .raw, limit: Int = 1 << 24
  ) throws -> [UInt8] {
    try bytes.withUnsafeBytes { try inflate($0, wrapping: wrapping, limit: limit) }
  }

  private func fails(
    _ bytes: [UInt8], _ wrapping: InflateWrapping, _ code: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(sourceLocation: sourceLocation) {
      try expand(bytes, wrapping)
    } throws: { error in
      (error as? InflateError)?.code == code
    }
  }

  private func fails(
    _ bytes: [UInt8], _ code: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    fails(bytes, .raw, code, sourceLocation: sourceLocation)
  }

  /// Fixed-code stream: "abc", then 7 bytes from 3 back.
  private var fixedExample: BitWriter {
    var writer = BitWriter()
    writer.bits(1, 1)
    writer.bits(1, 2)
    for letter in "abc".utf8 { writer.code(0x30 + Int(letter), 8) }
    writer.code(5, 7)  // symbol 261: length 7
    writer.code(2, 5)  // distance 3
    writer.code(0, 7)  // end of block
    return writer
  }

  @Test("A stored block is its bytes")
  func stored() throws {
    #expect(try expand([1, 3, 0, 0xFC, 0xFF, 7, 8, 9]) == [7, 8, 9])
    #expect(try expand([0, 1, 0, 0xFE, 0xFF, 7, 1, 1, 0, 0xFE, 0xFF, 8]) == [7, 8])
    #expect(try expand([1, 0, 0, 0xFF, 0xFF]) == [])
  }

  @Test("A fixed block with an overlapping match")
  func fixed() throws {
    #expect(try expand(fixedExample.bytes) == Array("abcabcabca".utf8))
  }

  @Test(
    "Streams of zlib and gzip expand to what they were made of",
    arguments: (try? Fixtures.files(in: "inflate").filter { !$0.hasSuffix(".json") }) ?? [])
  func fixtures(name: String) throws {
    let manifest = try JSON.parse(Fixtures.bytes("inflate/manifest.json"))
    let entry = try #require(
      manifest["entries"]?.array?.first { $0["path"]?.string == "inflate/\(name)" })
    let wrapping: InflateWrapping =
      name.hasSuffix(".gz") ? .gzip : name.hasSuffix(".zlib") ? .zlib : .raw
    let found = try expand(Fixtures.bytes("inflate/\(name)"), wrapping)
    let output = try #require(entry["outputs"]?[0])
    #expect(found.count == output["bytes"]?.int)
    #expect(found.withUnsafeBytes { SHA256.hexDigest($0) } == output["sha256"]?.string)
  }

  @Test("Stopping at a full buffer is not an error, and the checksum counts only at the end")
  func fullBuffer() throws {
    let bytes = try Fixtures.bytes("inflate/text-6.zlib")
    let whole = try expand(bytes, .zlib)
    for size in [0, 1, 100, 257, 258, 300, 4096, whole.count - 1, whole.count] {
      var buffer = [UInt8](repeating: 0, count: size)
      let progress = try bytes.withUnsafeBytes { input in
        try buffer.withUnsafeMutableBytes { try inflate(input, wrapping: .zlib, into: $0) }
      }
      #expect(progress.produced == size)
      #expect(buffer == Array(whole.prefix(size)))
      #expect(progress.isFinished == (size == whole.count))
    }
  }

  @Test("A cut stream gives the bytes before the cut")
  func prefix() throws {
    for name in ["text-6.zlib", "noise-0.zlib", "text-fixed.zlib"] {
      let bytes = try Fixtures.bytes("inflate/\(name)")
      let whole = try expand(bytes, .zlib)
      var most = 0
      for cut in stride(from: 0, to: bytes.count - 4, by: max(1, bytes.count / 300)) {
        var buffer = [UInt8](repeating: 0, count: whole.count)
        let result = bytes.prefix(cut).withUnsafeBytes { input in
          buffer.withUnsafeMutableBytes { inflatePrefix(input, wrapping: .zlib, into: $0) }
        }
        #expect(result.progress.produced >= most)
        most = max(most, result.progress.produced)
        #expect(buffer.prefix(result.progress.produced) == whole.prefix(result.progress.produced))
      }
      #expect(most > whole.count / 2)
    }
  }

  @Test("Headers and trailers are checked")
  func wrapping() throws {
    fails([], .zlib, "inflate.truncated")
    fails([0x78], .zlib, "inflate.truncated")
    fails([0x79, 0x9C], .zlib, "inflate.header")
    fails([0x88, 0x1C, 1], .zlib, "inflate.header")
    fails([0x78, 0x9D], .zlib, "inflate.header")
    fails([0x78, 0xBB], .zlib, "inflate.preset-dictionary")
    fails([0x78, 0x9C, 1, 1, 0, 0xFE, 0xFF, 7, 0, 0, 0, 9], .zlib, "inflate.checksum")
    fails([0x1F, 0x8C], .gzip, "inflate.header")
    var gzip = try Fixtures.bytes("inflate/text.gz")
    gzip[gzip.count - 1] ^= 1
    fails(gzip, .gzip, "inflate.length")
    gzip[gzip.count - 5] ^= 1
    fails(gzip, .gzip, "inflate.checksum")
  }

  @Test("Blocks that the format forbids")
  func forbidden() {
    fails([], "inflate.truncated")
    fails([7], "inflate.block-type")
    fails([1, 3, 0, 3, 0, 7, 8, 9], "inflate.stored-length")
    fails([1, 3, 0, 0xFC, 0xFF, 7, 8], "inflate.truncated")
    // Distances before the start, and the two distance codes that do not exist.
    for (distance, code) in [
      (5, "inflate.distance"), (30, "inflate.symbol"), (31, "inflate.symbol"),
    ] {
      var writer = BitWriter()
      writer.bits(3, 3)
      writer.code(0x30, 8)
      writer.code(1, 7)
      writer.code(distance, 5)
      writer.bits(0, 64)
      fails(writer.bytes, code)
    }
    // Length codes 286 and 287.
    for symbol in [0b1100_0110, 0b1100_0111] {
      var writer = BitWriter()
      writer.bits(3, 3)
      writer.code(symbol, 8)
      writer.bits(0, 64)
      fails(writer.bytes, "inflate.symbol")
    }
  }

  /// The start of a dynamic block: counts and the lengths of the code length code.
  private func dynamic(_ literals: Int, _ distances: Int, _ lengths: [Int]) -> BitWriter {
    var writer = BitWriter()
    writer.bits(5, 3)
    writer.bits(literals - 257, 5)
    writer.bits(distances - 1, 5)
    writer.bits(lengths.count - 4, 4)
    for length in lengths { writer.bits(length, 3) }
    return writer
  }

  @Test("Code lengths that are not a code")
  func badCodes() {
    let padding = [Int](repeating: 0, count: 15)
    fails(dynamic(287, 1, [1, 1, 0, 0]).bytes + [0, 0], "inflate.too-many-codes")
    fails(dynamic(257, 31, [1, 1, 0, 0]).bytes + [0, 0], "inflate.too-many-codes")
    fails(dynamic(257, 1, [0, 0, 0, 0]).bytes + [0, 0], "inflate.code-lengths")
    fails(dynamic(257, 1, [1, 1, 1, 0]).bytes + [0, 0], "inflate.code-lengths")
    fails(dynamic(257, 1, [1, 0, 0, 0]).bytes + [0, 0], "inflate.code-lengths")
    // A repeat (16) before any length.
    var writer = dynamic(257, 1, [1, 0, 0, 1] + padding)
    writer.code(1, 1)
    fails(writer.bytes + [0, 0, 0], "inflate.code-lengths")
    // 138 zeros (18) three times: more than there are symbols.
    writer = dynamic(257, 1, [0, 0, 1, 1])
    for _ in 0..<3 {
      writer.code(1, 1)
      writer.bits(127, 7)
    }
    fails(writer.bytes + [0, 0, 0], "inflate.code-lengths")
    // All zero: no end of block.
    writer = dynamic(257, 1, [0, 0, 1, 1])
    writer.code(1, 1)
    writer.bits(127, 7)
    writer.code(1, 1)
    writer.bits(109, 7)
    fails(writer.bytes + [0, 0, 0], "inflate.code-lengths")
  }

  @Test("A bomb stops at the limit")
  func bomb() throws {
    let bytes = try Fixtures.bytes("inflate/zeros.zlib")
    #expect(throws: InflateError.outputLimit(limit: 100_000)) {
      try expand(bytes, .zlib, limit: 100_000)
    }
    #expect(try expand(bytes, .zlib).count == 10_000_000)
  }

  @Test("A hundred thousand empty stored blocks are read in a moment")
  func emptyBlocks() throws {
    var bytes: [UInt8] = []
    for _ in 0..<100_000 { bytes += [0, 0, 0, 0xFF, 0xFF] }
    #expect(try expand(bytes + [1, 1, 0, 0xFE, 0xFF, 9]) == [9])
  }

  @Test("Damaged streams end in an error or in bytes")
  func damaged() throws {
    var state: UInt64 = 3
    for name in ["text-6.zlib", "text-fixed.zlib", "mixed-9.zlib"] {
      let bytes = Array(try Fixtures.bytes("inflate/\(name)").dropFirst(2).prefix(3000))
      for _ in 0..<3000 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var bad = bytes
        bad[Int(state >> 33) % bad.count] ^= 1 << UInt8(state >> 24 & 7)
        _ = try? expand(bad, .raw, limit: 1 << 20)
      }
    }
  }

  @Test("Every valid stream, cut and flipped at sampled places")
  func everyStream() throws {
    var swept = 0
    for name in try Fixtures.files(in: "inflate") where name != "manifest.json" {
      let bytes = try Fixtures.bytes("inflate/\(name)")
      let wrapping: InflateWrapping =
        name.hasSuffix(".zlib") ? .zlib : name.hasSuffix(".gz") ? .gzip : .raw
      // 64 cuts (all of a short one) and 128 flipped bits of each.
      for step in 0..<64 {
        let cut = Array(bytes.prefix(step * bytes.count / 64))
        #expect((try? expand(cut, wrapping, limit: 1 << 20)) == nil, "\(name) cut to \(cut.count)")
      }
      for step in 0..<128 {
        var damaged = bytes
        damaged[step * bytes.count / 128] ^= 1 << UInt8(step % 8)
        do { _ = try expand(damaged, wrapping, limit: 1 << 20) } catch is InflateError {}
      }
      swept += 1
    }
    #expect(swept >= 30)
  }

  /// A dynamic block of "A" and its end, with these code lengths; zlib's answers are in `dynamic`.
  private func dynamicBlock(
    _ literals: [Int: Int], distances: [Int], codes: [(value: Int, bits: Int)]
  ) -> [UInt8] {
    var writer = BitWriter()
    writer.bits(1, 1)
    writer.bits(2, 2)
    writer.bits(0, 5)  // 257 literals
    writer.bits(distances.count - 1, 5)
    writer.bits(15, 4)
    // All lengths from 0 to 15 have codes of four bits; 16, 17 and 18 come first and have none.
    for place in 0..<19 { writer.bits(place < 3 ? 0 : 4, 3) }
    for symbol in 0..<257 { writer.code(literals[symbol] ?? 0, 4) }
    for length in distances { writer.code(length, 4) }
    for code in codes { writer.code(code.value, code.bits) }
    return writer.bytes + [0, 0, 0, 0]
  }

  @Test("Codes that leave room are refused as zlib refuses them; a single one-bit code is not")
  func dynamic() throws {
    // Each was given to zlib 1.2: "invalid literal/lengths set", the same, "invalid distances set".
    fails(
      dynamicBlock([65: 2, 66: 2, 256: 2], distances: [0], codes: [(0, 2), (2, 2)]),
      "inflate.code-lengths")
    fails(
      dynamicBlock([65: 1, 256: 2], distances: [0], codes: [(0, 1), (2, 2)]),
      "inflate.code-lengths")
    fails(
      dynamicBlock([65: 1, 256: 1], distances: [2, 2], codes: [(0, 1), (1, 1)]),
      "inflate.code-lengths")
    // And these it reads, as "A", "A" and nothing.
    for distances in [[1], [0]] {
      let block = dynamicBlock([65: 1, 256: 1], distances: distances, codes: [(0, 1), (1, 1)])
      #expect(try expand(block) == [65])
    }
    #expect(try expand(dynamicBlock([256: 1], distances: [0], codes: [(0, 1)])) == [])
  }

  @Test("A match may begin at the first byte of the output and not before, also in a long stream")
  func firstByte() throws {
    for (distance, isRead) in [(2, true), (3, false)] {  // codes of 3 and 4 bytes back
      var writer = BitWriter()
      writer.bits(1, 1)
      writer.bits(1, 2)
      for letter in "abc".utf8 { writer.code(0x30 + Int(letter), 8) }
      writer.code(5, 7)  // length 7
      writer.code(distance, 5)
      // Enough behind it for the loop that reads several bytes at once.
      for _ in 0..<2000 { writer.code(0x30 + 120, 8) }
      writer.code(0, 7)
      if isRead {
        let whole = Array("abcabcabca".utf8) + [UInt8](repeating: 120, count: 2000)
        #expect(try expand(writer.bytes) == whole)
      } else {
        fails(writer.bytes, "inflate.distance")
      }
    }
  }

  @Test(
    "Each hostile stream of the fixtures ends with its code in a moment",
    arguments: HostileFile.of("streams"))
  func hostileFiles(file: HostileFile) {
    file.expectCode(bytes: { _ = try inflate($0, wrapping: .zlib, limit: 1 << 20) })
  }
}
