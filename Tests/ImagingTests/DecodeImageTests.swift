// DecodeImageTests - whole files against Pillow, and files that must be refused.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Imaging
import Support
import Testing

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

  @Test("Every valid file gives Pillow's pixels", arguments: ImageFixtures.valid)
  func matchesPillow(fixture: ImageFixture) throws {
    let image = try decodeImage(path: Fixtures.path(fixture.path))
    try expectSamePixels(image, #require(fixture.decoded), fixture.path)
  }

  @Test("Photographs have the checksum of Pillow's pixels", arguments: ImageFixtures.photographs)
  func photographs(fixture: ImageFixture) throws {
    let image = try decodeImage(path: Fixtures.path(fixture.path))
    #expect(image.pixels.withUnsafeBytes { SHA256.hexDigest($0) } == fixture.checksum)
  }

  @Test("Every invalid file is refused with its code", arguments: ImageFixtures.invalid)
  func refuses(fixture: ImageFixture) throws {
    let found = errorCode { _ = try decodeImage(path: Fixtures.path(fixture.path)) }
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

  @Test("The file's name does not matter, and errors carry it")
  func nameIsIgnored() throws {
    let path = Fixtures.path("images/invalid/x-other.txt")
    #expect {
      _ = try decodeImage(path: path)
    } throws: { error in
      (error as? FileError)?.file == path && (error as? FileError)?.code == "image.unknown-format"
    }
    for (path, code) in [
      ("/no/such/file.png", "file.missing"), (Fixtures.path("images"), "file.is-folder"),
      ("/dev/zero", "file.not-regular"),
    ] {
      #expect(errorCode { _ = try decodeImage(path: path) } == code)
    }
  }

  @Test("Limits are checked from the header")
  func limits() throws {
    var limits = Limits()
    limits.pixels = 47 * 35 - 1
    for name in ["png/pillow-china-rgb.png", "jpeg/china-q75-420-baseline.jpg"] {
      let path = Fixtures.path("images/\(name)")
      #expect(
        errorCode { _ = try decodeImage(path: path, limits: limits) } == "image.too-many-pixels")
    }
    limits = Limits()
    limits.imageSide = 46
    let path = Fixtures.path("images/png/pillow-china-rgb.png")
    #expect(
      errorCode { _ = try decodeImage(path: path, limits: limits) } == "image.side-too-long")
  }
}
