// PictureShapes - PNG, JPEG and PNM files.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import LMPTShapes

@Sendable private func decoded(_ input: [UInt8]) { _ = try? RGBImage(decoding: input) }

@Sendable private func big(_ value: Int, _ count: Int = 4) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
}

@Sendable private func chunk(_ name: String, _ payload: [UInt8] = []) -> [UInt8] {
  let body = Array(name.utf8) + payload
  return big(payload.count) + body + big(Int(body.withUnsafeBytes { crc32($0) }))
}

private let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

@Sendable private func header(
  _ width: Int, _ height: Int, depth: UInt8, type: UInt8, interlaced: Bool = false
)
  -> [UInt8]
{
  chunk("IHDR", big(width) + big(height) + [depth, type, 0, 0, interlaced ? 1 : 0])
}

/// A picture all of whose expanded bytes are `byte`, which is also the filter type of each row.
@Sendable private func flatPNG(
  _ width: Int, _ height: Int, depth: Int = 8, type: UInt8 = 0, of byte: UInt8 = 0
) -> [UInt8] {
  let channels = [0: 1, 2: 3, 4: 2, 6: 4][type] ?? 1
  let count = height * (1 + (width * channels * depth + 7) / 8)
  return signature + header(width, height, depth: UInt8(depth), type: type)
    + chunk(
      "IDAT", zlib(deflatedRun(of: byte, count: count), adler: adlerOfRun(of: byte, count: count)))
    + chunk("IEND")
}

@Sendable private func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
  [0xFF, marker] + big(payload.count + 2, 2) + payload
}

/// The head of a JPEG of one component: steps of 1, and codes of one bit, 0, for one symbol each.
@Sendable private func jpegHead(_ width: Int, _ height: Int, progressive: Bool, ac: UInt8)
  -> [UInt8]
{
  let one: [UInt8] = [1] + [UInt8](repeating: 0, count: 15)
  return [0xFF, 0xD8] + segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
    + segment(progressive ? 0xC2 : 0xC0, [8] + big(height, 2) + big(width, 2) + [1, 1, 0x11, 0])
    + segment(0xC4, [0x00] + one + [0]) + segment(0xC4, [0x10] + one + [ac])
}

@Sendable private func scan(_ start: UInt8, _ end: UInt8, _ bits: UInt8, _ data: [UInt8]) -> [UInt8]
{
  segment(0xDA, [1, 1, 0, start, end, bits]) + data
}

/// A progressive picture of n x n with as many scans as its size may have; those of AC say in
/// every 15 bits that 16,384 blocks have nothing.
@Sendable private func manyScans(_ side: Int, refining: Bool) -> [UInt8] {
  let blocks = ((side + 7) / 8) * ((side + 7) / 8)
  let dc = [UInt8](repeating: 0, count: blocks / 8 + 1)
  let ac = [UInt8](repeating: 0, count: (blocks / 16_384 + 1) * 2 + 2)
  let first = scan(0, 0, 0x00, dc) + scan(1, 63, 0x01, ac)
  return jpegHead(side, side, progressive: true, ac: 0xE0) + first
    + times(20, scan(1, 63, refining ? 0x10 : 0x01, ac)) + [0xFF, 0xD9]
}

let pictureShapes: [Shape] = [
  Shape("PNG", "empty chunks of image data", 20_000, read: decoded) {
    signature + header(1, 1, depth: 8, type: 0) + times($0, chunk("IDAT"))
      + chunk("IDAT", zlib(deflatedRun(of: 0, count: 2), adler: adlerOfRun(of: 0, count: 2)))
      + chunk("IEND")
  },
  Shape("PNG", "chunks of text", 20_000, read: decoded) {
    signature + header(1, 1, depth: 8, type: 0) + times($0, chunk("tEXt"))
      + chunk("IDAT", zlib(deflatedRun(of: 0, count: 2), adler: adlerOfRun(of: 0, count: 2)))
      + chunk("IEND")
  },
  Shape(
    "PNG", "16-bit colour with alpha", 600_000,
    make: { (flatPNG(1000, $0 / 1000, depth: 16, type: 6), 3 * $0) }, read: decoded),
  Shape(
    "PNG", "8-bit gray, all rows filtered by Paeth's", 600_000,
    make: { (flatPNG(1000, $0 / 1000, of: 4), 3 * $0) }, read: decoded),
  Shape(
    "PNG", "1-bit gray", 600_000, make: { (flatPNG(1000, $0 / 1000, depth: 1), 3 * $0) },
    read: decoded),
  Shape(
    "PNG", "rows of one pixel", 8000, make: { (flatPNG(1, $0), 3 * $0) }, read: decoded),
  Shape("PNG", "blocks with codes of their own", 4000, read: decoded) {
    signature + header($0 - 1, 1, depth: 8, type: 0)
      + chunk("IDAT", zlib(deflatedBlocks($0), adler: adlerOfRun(of: 0, count: $0))) + chunk("IEND")
  },
  Shape(
    "PNG", "chunks before the orientation", 20_000,
    read: { $0.withUnsafeBytes { _ = ExifOrientation($0) } }
  ) {
    signature + times($0, chunk("tEXt"))
  },
  Shape("JPEG", "comments", 100_000, read: decoded) {
    [0xFF, 0xD8] + times($0, segment(0xFE, []))
  },
  Shape("JPEG", "fill bytes", 500_000, read: decoded) { [0xFF, 0xD8] + times($0, [0xFF]) },
  Shape("JPEG", "code tables", 20_000, read: decoded) {
    [0xFF, 0xD8] + times($0, segment(0xC4, [0] + [UInt8](repeating: 0, count: 16)))
  },
  Shape(
    "JPEG", "a restart for each block", 20_000,
    make: { count in
      var data: [UInt8] = []
      for index in 0..<count { data += [0x3F, 0xFF, 0xD0 + UInt8(index & 7)] }
      let file =
        jpegHead(8 * 100, 8 * count / 100, progressive: false, ac: 0)
        + segment(0xDD, [0, 1]) + scan(0, 63, 0, data) + [0xFF, 0xD9]
      return (file, 3 * 64 * count)
    }, read: decoded),
  Shape(
    "JPEG", "wrong restarts", 20_000,
    make: { count in
      let file =
        jpegHead(8 * 100, 8 * count / 100, progressive: false, ac: 0)
        + segment(0xDD, [0, 1]) + scan(0, 63, 0, times(count, [0x3F, 0xFF, 0xD4]))
      return (file + [0xFF, 0xD9], 3 * 64 * count)
    }, read: decoded),
  Shape(
    "JPEG", "a flat picture", 1_000_000,
    make: { count in
      let data = [UInt8](repeating: 0, count: count / 64 / 4 + 100)
      return (
        jpegHead(1000, count / 1000, progressive: false, ac: 0) + scan(0, 63, 0, data) + [
          0xFF, 0xD9,
        ],
        3 * count
      )
    }, read: decoded),
  Shape(
    "JPEG", "many scans over nothing", 300,
    make: { (manyScans($0, refining: false), 3 * $0 * $0) }, read: decoded),
  Shape(
    "JPEG", "many scans that refine nothing", 300,
    make: { (manyScans($0, refining: true), 3 * $0 * $0) }, read: decoded),
  Shape("PNM", "a long comment", 500_000, read: decoded) { Array("P6 #".utf8) + times($0, "a") },
  Shape(
    "PNM", "plain numbers", 100_000,
    make: { (Array("P2\n\($0 / 100) 100\n9\n".utf8) + times($0, "1 "), 3 * $0) }, read: decoded),
  Shape(
    "PNM", "raw 16-bit gray", 500_000,
    make: {
      (Array("P5\n\($0 / 100) 100\n65535\n".utf8) + [UInt8](repeating: 7, count: 2 * $0), 3 * $0)
    }, read: decoded),
  Shape(
    "PNM", "a bitmap", 1_000_000,
    make: {
      (Array("P4\n8 \($0 / 8)\n".utf8) + [UInt8](repeating: 7, count: $0 / 8), 3 * $0)
    }, read: decoded),
]
