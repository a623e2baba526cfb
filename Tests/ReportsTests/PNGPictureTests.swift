// PNGPictureTests - a picture's bytes, by hand and read back by the decoder of this project.
// SPDX-License-Identifier: Apache-2.0

import Imaging
import Reports
import Testing

@Suite struct PNGPictureTests {
  @Test func `one red pixel has the bytes of the specification`() {
    // Checksums from zlib: crc32 of each chunk, adler32 of 00 FF 00 00.
    let expected: [UInt8] = [
      0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
      1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xDE, 0, 0, 0, 15, 0x49, 0x44, 0x41, 0x54,
      0x78, 0x01, 1, 4, 0, 0xFB, 0xFF, 0, 0xFF, 0, 0, 0x03, 0x01, 0x01, 0x00, 0x8D, 0x1D, 0xE5,
      0x82, 0, 0, 0, 0,
      0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ]
    #expect(PNGPicture.encode([255, 0, 0], width: 1, height: 1) == expected)
  }

  @Test(arguments: [(1, 1), (7, 3), (300, 200)])
  func `every pixel comes back`(width: Int, height: Int) throws {
    let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 5) }
    let file = PNGPicture.encode(pixels, width: width, height: height)
    let image = try file.withUnsafeBytes { try decodeImage($0) }
    #expect(image.width == width && image.height == height && image.pixels == pixels)
  }
}
