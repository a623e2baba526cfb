// ImagingEdgeTests - the smallest palette, and tags whose type is not that of an orientation.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Imaging
import Testing

@Suite struct ImagingEdgeTests {
  private func big(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }

  private func chunk(_ name: String, _ payload: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + payload
    return big(UInt32(payload.count)) + body + big(body.withUnsafeBytes { crc32($0) })
  }

  @Test("a palette of one colour is one")
  func palette() throws {
    let row: [UInt8] = [0, 0]  // no filter, index 0
    let zlib: [UInt8] =
      [0x78, 0x01, 0x01, 2, 0, 0xFD, 0xFF] + row + big(row.withUnsafeBytes { adler32($0) })
    let header: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, 0]
    let png =
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + chunk("PLTE", [10, 20, 30]) + chunk("IDAT", zlib) + chunk("IEND", [])
    #expect(try decode(png) == RGBImage(width: 1, height: 1, pixels: [10, 20, 30]))
  }

  @Test("an orientation is one 16-bit number, and no other tag is believed")
  func orientationType() {
    func found(type: UInt8, count: UInt8) -> ExifOrientation {
      // TIFF 6.0: big-endian, one directory with one entry: tag, type, count, value.
      let tiff: [UInt8] =
        [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1] + [0x01, 0x12, 0, type, 0, 0, 0, count, 0, 6, 0, 0]
        + [0, 0, 0, 0]
      let exif = Array("Exif\0\0".utf8) + tiff
      let jpeg =
        [0xFF, 0xD8, 0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + [0xFF, 0xDA, 0, 2, 0xFF, 0xD9]
      return jpeg.withUnsafeBytes { exifOrientation($0) }
    }
    #expect(found(type: 3, count: 1) == .rotated90)
    #expect(found(type: 4, count: 1) == .upright)
    #expect(found(type: 1, count: 1) == .upright)
    #expect(found(type: 3, count: 2) == .upright)
  }
}
