// PNGPicture - pixels as a PNG file, for pictures that a page cannot embed as they are.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Writes 8-bit RGB as PNG: unfiltered rows in stored blocks, larger than it need be but simple.
package enum PNGPicture {
  /// The file's bytes.
  ///
  /// - Parameters:
  ///   - pixels: row-major, interleaved, `height * width * 3` samples.
  ///   - width: columns, at least 1.
  ///   - height: rows, at least 1.
  /// - Returns: a PNG file.
  package static func encode(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
    precondition(width > 0 && height > 0 && pixels.count == width * height * 3)
    var rows: [UInt8] = []
    rows.reserveCapacity(pixels.count + height)
    for y in 0..<height {
      rows.append(0)  // no filter
      rows += pixels[y * width * 3..<(y + 1) * width * 3]
    }
    var data: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: rows.count, by: 65_535) {
      let end = min(start + 65_535, rows.count)
      let length = UInt16(end - start)
      data.append(end == rows.count ? 1 : 0)  // the last block says so
      data += [length, ~length].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
      data += rows[start..<end]
    }
    data += bigEndian(rows.withUnsafeBytes { adler32($0) })
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 2, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", header) + chunk("IDAT", data) + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(body.withUnsafeBytes { crc32($0) })
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }
}
