// DecodeImageTests - whole files against Pillow, files that must be refused, and damage of every kind.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import LMPTSupport
import Testing

/// Small numbers from a fixed seed (a linear congruential generator; quality does not matter here).
private struct Dice {
  var state: UInt64

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}

@Suite("Decoding image files")
struct DecodeImageTests {
  @Test("The fixtures cover what they promise")
  func coverage() {
    #expect(ImageFixtures.valid(in: "jpeg").count >= 150)
    #expect(ImageFixtures.valid(in: "png").count >= 80)
    #expect(ImageFixtures.invalid.count >= 100)
  }

  @Test("A raw 2 x 1 PPM decodes to its bytes")
  func workedExample() throws {
    let image = try decode(Array("P6 2 1 255\n".utf8) + [1, 2, 3, 250, 251, 252])
    #expect(image == RGBImage(width: 2, height: 1, pixels: [1, 2, 3, 250, 251, 252]))
  }

  @Test("Bytes are decoded where they lie")
  func span() throws {
    let bytes = Array("P6 2 1 255\n".utf8) + [1, 2, 3, 250, 251, 252]
    #expect(try RGBImage(decoding: bytes.span.bytes).pixels == [1, 2, 3, 250, 251, 252])
    #expect(throws: (any Error).self) {
      try RGBImage(decoding: bytes.span.bytes.extracting(first: 9))
    }
  }

  @Test("Every valid file gives Pillow's pixels", arguments: ImageFixtures.valid)
  func matchesPillow(fixture: ImageFixture) throws {
    let image = try RGBImage(path: Fixtures.path(fixture.path))
    try expectSamePixels(image, #require(fixture.decoded), fixture.path)
  }

  @Test("Photographs have the checksum of Pillow's pixels", arguments: ImageFixtures.photographs)
  func photographs(fixture: ImageFixture) throws {
    let image = try RGBImage(path: Fixtures.path(fixture.path))
    #expect(image.pixels.withUnsafeBytes { SHA256.hexDigest($0) } == fixture.checksum)
  }

  @Test("Every invalid file is refused with its code", arguments: ImageFixtures.invalid)
  func refuses(fixture: ImageFixture) throws {
    let found = errorCode { _ = try RGBImage(path: Fixtures.path(fixture.path)) }
    #expect(found == fixture.error)
  }

  @Test(
    "Truncated files show the rows that Pillow shows",
    arguments: ImageFixtures.derived("truncations"))
  func truncated(fixture: DerivedFixture) throws {
    let cut = try #require(fixture.json["cut"]?.int)
    let bytes = Array(try Fixtures.bytes(fixture.source).prefix(cut))
    let label = "\(fixture.source) cut at \(cut)"
    try expectSamePixels(decode(bytes, truncated: .accept), Stored(fixture.json), label)
    #expect(
      errorCode { _ = try decode(bytes) } != nil, "\(label) is complete enough to be accepted")
  }

  @Test("no Huffman code is all ones (T.81, annex C)")
  func allOnes() throws {
    let file = try Fixtures.bytes("images/jpeg/dot-0.jpg")
    let scan = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xDA]) })
    // A table of DC codes with these numbers of codes of one and two bits, before the scan.
    func code(_ counts: [UInt8]) -> String? {
      let symbols = (0..<counts.reduce(0, +)).map { $0 }
      let rest = [UInt8](repeating: 0, count: 16 - counts.count)
      let table = [0xFF, 0xC4, 0, UInt8(19 + symbols.count), 0] + counts + rest + symbols
      return errorCode { _ = try decode(Array(file[..<scan]) + table + file[scan...]) }
    }
    #expect(code([2]) == "jpeg.huffman-table")  // 0 and 1
    #expect(code([1, 2]) == "jpeg.huffman-table")  // 0, 10 and 11
    #expect(code([1, 1]) != "jpeg.huffman-table")
  }

  @Test("The file's name does not matter, and errors carry it")
  func nameIsIgnored() throws {
    let path = Fixtures.path("images/invalid/x-other.txt")
    #expect {
      _ = try RGBImage(path: path)
    } throws: { error in
      (error as? FileError)?.file == path && (error as? FileError)?.code == "image.unknown-format"
    }
    for (path, code) in [
      ("/no/such/file.png", "file.missing"), (Fixtures.path("images"), "file.is-folder"),
      ("/dev/zero", "file.not-regular"),
    ] {
      #expect(errorCode { _ = try RGBImage(path: path) } == code)
    }
  }

  @Test("Limits are checked from the header")
  func limits() throws {
    var limits = Limits()
    limits.pixels = 47 * 35 - 1
    for name in ["png/pillow-china-rgb.png", "jpeg/china-q75-420-baseline.jpg"] {
      let path = Fixtures.path("images/\(name)")
      #expect(
        errorCode { _ = try RGBImage(path: path, limits: limits) } == "image.too-many-pixels")
    }
    limits = Limits()
    limits.imageSide = 46
    let path = Fixtures.path("images/png/pillow-china-rgb.png")
    #expect(
      errorCode { _ = try RGBImage(path: path, limits: limits) } == "image.side-too-long")
  }

  @Test("the scans of a JPEG together have the pixels of its limit, and not one more")
  func scanPixels() throws {
    #expect(Limits.default.jpegScanPixels == 4_294_967_296)
    let bytes = try Fixtures.bytes("images/jpeg/sampling-1x2-progressive.jpg")
    // Inside coded data FF is followed by 0 or by a restart marker.
    let scans = zip(bytes, bytes.dropFirst()).count { $0 == 0xFF && $1 == 0xDA }
    let whole = try RGBImage(decoding: bytes)
    #expect(scans > 2)
    var limits = Limits()
    limits.jpegScanPixels = scans * whole.width * whole.height
    #expect(try RGBImage(decoding: bytes, limits: limits) == whole)
    limits.jpegScanPixels -= 1
    let code = errorCode { _ = try RGBImage(decoding: bytes, limits: limits) }
    #expect(code == "jpeg.too-many-scans")
  }

  /// One file of each kind: what a mutation does depends on the code path more than on the picture.
  static let victims = [
    "jpeg/sampling-2x2.jpg", "jpeg/sampling-1x2-progressive.jpg", "jpeg/restart-1.jpg",
    "jpeg/scans-sparse.jpg", "jpeg/scans-separate.jpg", "jpeg/cmyk-progressive.jpg",
    "png/type2-8bit-plain.png", "png/type3-4bit-adam7.png", "png/deflate-fixed.png",
    "png/type6-16bit-adam7.png", "png/idat-split-7.png", "pnm/p3.ppm", "pnm/p6-max-1000.ppm",
  ]

  /// Decodes, accepting any diagnostic.
  private func survive(_ bytes: [UInt8], _ label: @autoclosure () -> String) {
    var limits = Limits()
    limits.pixels = 1 << 22
    for truncated in [Truncation.refuse, .accept] {
      let code = errorCode {
        let image = try bytes.withUnsafeBytes {
          try RGBImage(decoding: $0, limits: limits, truncated: truncated)
        }
        #expect(image.pixels.count == image.width * image.height * 3)
      }
      if let code { #expect(!code.hasPrefix("not a diagnostic"), "\(label()): \(code)") }
    }
    _ = bytes.withUnsafeBytes { ExifOrientation($0) }
  }

  /// PNG with its checksums made right again, so that damage gets past them.
  private func repaired(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    guard bytes.starts(with: [0x89, 0x50]) else { return bytes }
    var at = 8
    while at + 12 <= result.count {
      let length = result[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= result.count - at - 12 else { break }
      let crc = Array(result[at + 4..<at + 8 + length]).withUnsafeBytes { crc32($0) }
      for index in 0..<4 {
        result[at + 8 + length + index] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * index))
      }
      at += 12 + length
    }
    return result
  }

  @Test("Truncation at every byte", arguments: victims)
  func truncation(path: String) throws {
    let bytes = try Fixtures.bytes("images/\(path)")
    let step = max(1, bytes.count / 4096)
    for count in Swift.stride(from: 0, to: bytes.count, by: step) {
      survive(Array(bytes.prefix(count)), "\(path) cut at \(count)")
    }
  }

  @Test("Single bits flipped", arguments: victims)
  func bitFlips(path: String) throws {
    let bytes = try Fixtures.bytes("images/\(path)")
    var dice = Dice(state: 1)
    for _ in 0..<512 {
      var damaged = bytes
      let at = dice.next(bytes.count)
      damaged[at] ^= 1 << UInt8(dice.next(8))
      survive(repaired(damaged), "\(path) bit flipped at \(at)")
    }
  }

  @Test("Words set to extremes", arguments: victims)
  func extremeWords(path: String) throws {
    let bytes = try Fixtures.bytes("images/\(path)")
    let step = max(1, bytes.count / 256)
    for at in Swift.stride(from: 0, to: bytes.count - 4, by: step) {
      for word: [UInt8] in [[0, 0, 0, 0], [255, 255, 255, 255], [127, 255, 255, 255]] {
        var damaged = bytes
        damaged.replaceSubrange(at..<at + 4, with: word)
        survive(repaired(damaged), "\(path) word \(word) at \(at)")
      }
    }
  }

  @Test("Pieces cut out and doubled", arguments: victims)
  func shuffled(path: String) throws {
    let bytes = try Fixtures.bytes("images/\(path)")
    var dice = Dice(state: 2)
    for _ in 0..<256 {
      var damaged = bytes
      let at = dice.next(bytes.count)
      let piece = bytes[at..<min(bytes.count, at + 1 + dice.next(40))]
      if dice.next(2) == 0 {
        damaged.removeSubrange(piece.indices)
      } else {
        damaged.insert(contentsOf: piece, at: dice.next(bytes.count))
      }
      survive(repaired(damaged), "\(path) piece at \(at)")
    }
  }

  @Test("Every valid file, at sampled places", arguments: ImageFixtures.valid)
  func everyFile(fixture: ImageFixture) throws {
    let bytes = try Fixtures.bytes(fixture.path)
    var dice = Dice(state: 3)
    // 16 cuts, 32 flipped bits, 12 extreme words; `victims` above get every place.
    for step in 0..<16 {
      let count = step * bytes.count / 16
      survive(Array(bytes.prefix(count)), "\(fixture.path) cut at \(count)")
    }
    for _ in 0..<32 {
      var damaged = bytes
      let at = dice.next(bytes.count)
      damaged[at] ^= 1 << UInt8(dice.next(8))
      survive(repaired(damaged), "\(fixture.path) bit flipped at \(at)")
    }
    for step in 0..<12 where bytes.count > 4 {
      let word: [UInt8] = [[0, 0, 0, 0], [255, 255, 255, 255], [127, 255, 255, 255]][step % 3]
      var damaged = bytes
      let at = dice.next(bytes.count - 4)
      damaged.replaceSubrange(at..<at + 4, with: word)
      survive(repaired(damaged), "\(fixture.path) word \(word) at \(at)")
    }
  }
}
