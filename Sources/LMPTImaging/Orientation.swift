// Orientation - the EXIF orientation tag, applied only on request.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// How the stored rows and columns relate to the picture as it should be seen (EXIF tag 0x0112).
package enum ExifOrientation: Int, Sendable {
  case upright = 1
  case mirrored = 2
  case rotated180 = 3
  case flipped = 4
  case transposed = 5
  case rotated90 = 6
  case transversed = 7
  case rotated270 = 8
}

extension ExifOrientation {
  /// Reads the EXIF orientation of a JPEG or PNG file.
  ///
  /// - Parameter bytes: the whole file; without an orientation that can be read it is upright.
  package init(_ bytes: UnsafeRawBufferPointer) {
    var value: Int?
    switch try? ImageFormat(bytes) {
    case .jpeg: value = try? jpegExif(bytes).flatMap(orientation)
    case .png: value = try? pngExif(bytes).flatMap(orientation)
    case .pnm, nil: value = nil
    }
    self = value.flatMap(ExifOrientation.init(rawValue:)) ?? .upright
  }
}

extension RGBImage {
  /// The picture as it should be seen, as Pillow's `ImageOps.exif_transpose`.
  ///
  /// - Parameter orientation: how it is stored.
  /// - Returns: the same picture, turned and mirrored.
  package func oriented(_ orientation: ExifOrientation) -> RGBImage {
    let image = self
    if orientation == .upright { return image }
    let swaps = orientation.rawValue >= 5
    let width = swaps ? image.height : image.width
    let height = swaps ? image.width : image.height
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        let (column, row): (Int, Int) =
          switch orientation {
          case .upright: (x, y)
          case .mirrored: (width - 1 - x, y)
          case .rotated180: (width - 1 - x, height - 1 - y)
          case .flipped: (x, height - 1 - y)
          case .transposed: (y, x)
          case .rotated90: (y, width - 1 - x)
          case .transversed: (height - 1 - y, width - 1 - x)
          case .rotated270: (height - 1 - y, x)
          }
        let start = (row * image.width + column) * 3
        pixels.append(contentsOf: image.pixels[start..<start + 3])
      }
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }
}

/// The TIFF part of the first EXIF segment.
private func jpegExif(_ bytes: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer? {
  var reader = ByteReader(bytes, offset: 2)
  while true {
    while try reader.u8() != 0xFF {}
    var marker = try reader.u8()
    while marker == 0xFF { marker = try reader.u8() }
    if marker == 0xDA || marker == 0xD9 { return nil }
    if marker == 0 || (0xD0...0xD8).contains(marker) || marker == 0x01 { continue }
    let payload = try reader.take(max(Int(try reader.u16BE()) - 2, 0))
    if marker == 0xE1, payload.starts(with: "Exif\0\0".utf8) {
      return UnsafeRawBufferPointer(rebasing: payload[6...])
    }
  }
}

/// The contents of a PNG's eXIf chunk.
private func pngExif(_ bytes: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer? {
  var reader = PNGChunkReader(bytes, .accept)
  while true {
    let chunk = try reader.next()
    if chunk.name == "eXIf" { return chunk.payload }
    if chunk.name == "IEND" { return nil }
  }
}

/// The orientation in the first directory of a TIFF structure.
private func orientation(_ tiff: UnsafeRawBufferPointer) throws -> Int? {
  var reader = ByteReader(tiff)
  let order = try reader.u16BE()
  guard order == 0x4949 || order == 0x4D4D else { return nil }
  let isLittle = order == 0x4949
  func short() throws -> Int { Int(isLittle ? try reader.u16LE() : try reader.u16BE()) }
  func long() throws -> Int { Int(isLittle ? try reader.u32LE() : try reader.u32BE()) }
  guard try short() == 42 else { return nil }
  try reader.seek(to: try long())
  for _ in 0..<(try short()) {
    let tag = try short()
    let type = try short()
    let count = try long()
    if tag == 0x0112, type == 3, count == 1 { return try short() }
    try reader.skip(4)
  }
  return nil
}
