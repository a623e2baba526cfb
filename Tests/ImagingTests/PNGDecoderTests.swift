// PNGDecoderTests - a PNG written by hand.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import Testing

@Suite struct PNGDecoderTests {
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
}
