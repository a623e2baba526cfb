// OrientationTests - EXIF orientation against Pillow's exif_transpose.
// SPDX-License-Identifier: Apache-2.0

import LMPTImaging
import LMPTSupport
import Testing

@Suite("EXIF orientation")
struct OrientationTests {
  @Test("Six means: turn a quarter clockwise")
  func workedExample() {
    let image = RGBImage(width: 2, height: 1, pixels: [1, 1, 1, 2, 2, 2])
    let turned = image.oriented(.rotated90)
    #expect(turned == RGBImage(width: 1, height: 2, pixels: [1, 1, 1, 2, 2, 2]))
    #expect(image.oriented(.rotated270).pixels == [2, 2, 2, 1, 1, 1])
  }

  @Test(
    "All eight values in JPEG and PNG turn as Pillow turns them",
    arguments: ImageFixtures.derived("orientations"))
  func matchesPillow(fixture: DerivedFixture) throws {
    let bytes = try Fixtures.bytes(fixture.source)
    let orientation = bytes.withUnsafeBytes { ExifOrientation($0) }
    #expect(orientation.rawValue == fixture.json["value"]?.int)
    try expectSamePixels(
      decode(bytes).oriented(orientation), Stored(fixture.json), fixture.source)
    let read = try RGBImage(path: Fixtures.path(fixture.source), orient: true)
    try expectSamePixels(read, Stored(fixture.json), fixture.source)
  }

  @Test("Files without the tag, damaged ones and other formats are upright")
  func absent() throws {
    let files = [
      "images/jpeg/exif-junk.jpg", "images/jpeg/dot-0.jpg", "images/pnm/p6.ppm",
      "images/invalid/x-empty.png", "images/png/type2-8bit-plain.png",
    ]
    for file in files {
      #expect(
        try Fixtures.bytes(file).withUnsafeBytes { ExifOrientation($0) } == .upright, "\(file)")
    }
  }

  @Test("an orientation is one 16-bit number, and no other tag is believed")
  func otherTypes() {
    func found(type: UInt8, count: UInt8) -> ExifOrientation {
      // TIFF 6.0: big-endian, one directory with one entry: tag, type, count, value.
      let tiff: [UInt8] =
        [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1] + [0x01, 0x12, 0, type, 0, 0, 0, count, 0, 6, 0, 0]
        + [0, 0, 0, 0]
      let exif = Array("Exif\0\0".utf8) + tiff
      let jpeg =
        [0xFF, 0xD8, 0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + [0xFF, 0xDA, 0, 2, 0xFF, 0xD9]
      return jpeg.withUnsafeBytes { ExifOrientation($0) }
    }
    #expect(found(type: 3, count: 1) == .rotated90)
    #expect(found(type: 4, count: 1) == .upright)
    #expect(found(type: 1, count: 1) == .upright)
    #expect(found(type: 3, count: 2) == .upright)
  }
}
