// PNGDecoder - chunks and header (PNG, third edition, 5 and 11).
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What is shown of the pixels of a PNG file.
enum PNGPlane {
  case color
  /// Alpha, as gray.
  case alpha
}

/// IHDR.
struct PNGHeader {
  enum ColorType: UInt8 {
    case gray = 0
    case rgb = 2
    case indexed = 3
    case grayAlpha = 4
    case rgba = 6

    var hasAlpha: Bool { self == .grayAlpha || self == .rgba }

    var channels: Int {
      switch self {
      case .gray, .indexed: 1
      case .grayAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }
  }

  let width: Int
  let height: Int
  let depth: Int
  let colorType: ColorType
  let isInterlaced: Bool
  /// What is shown of each pixel.
  var plane = PNGPlane.color

  var bitsPerPixel: Int { depth * colorType.channels }
  /// Distance to the pixel on the left that filters use.
  var filterDistance: Int { (bitsPerPixel + 7) / 8 }

  func rowBytes(_ width: Int) -> Int { (width * bitsPerPixel + 7) / 8 }

  init(_ payload: UnsafeRawBufferPointer, offset: Int, limits: Limits) throws {
    guard payload.count == 13 else {
      throw PNGError.chunkLength(
        chunk: "IHDR", declared: payload.count, expected: "13", offset: offset)
    }
    var reader = ByteReader(payload)
    width = Int(try reader.u32BE())
    height = Int(try reader.u32BE())
    let depth = try reader.u8()
    let type = try reader.u8()
    let allowed: [UInt8]
    switch type {
    case 0: allowed = [1, 2, 4, 8, 16]
    case 3: allowed = [1, 2, 4, 8]
    case 2, 4, 6: allowed = [8, 16]
    default: allowed = []
    }
    guard let colorType = ColorType(rawValue: type), allowed.contains(depth) else {
      throw PNGError.colorType(type: type, depth: depth)
    }
    self.depth = Int(depth)
    self.colorType = colorType
    let compression = try reader.u8()
    let filter = try reader.u8()
    let interlace = try reader.u8()
    if compression != 0 { throw PNGError.method(name: "compression", found: compression) }
    if filter != 0 { throw PNGError.method(name: "filter", found: filter) }
    if interlace > 1 { throw PNGError.method(name: "interlace", found: interlace) }
    isInterlaced = interlace == 1
    try ImageError.check(width: width, height: height, limits)
  }
}

/// Decodes a PNG file.
///
/// Alpha, tRNS, gamma and all other ancillary chunks are skipped (never inflated). Checksums of all
/// chunks up to the last IDAT must be right; what follows must merely be complete.
func decodePNG(
  _ bytes: UnsafeRawBufferPointer, _ limits: Limits, _ truncated: Truncation
) throws -> RGBImage {
  var reader = PNGChunkReader(bytes, truncated)
  return try decodePNG(try readHeader(&reader, limits), &reader, truncated)
}

/// Decodes the alpha of a PNG file as gray; nil when its colour type has none.
func decodePNGAlpha(_ bytes: UnsafeRawBufferPointer, _ limits: Limits) throws -> RGBImage? {
  var reader = PNGChunkReader(bytes, .refuse)
  var header = try readHeader(&reader, limits)
  guard header.colorType.hasAlpha else { return nil }
  header.plane = .alpha
  return try decodePNG(header, &reader, .refuse)
}

private func readHeader(_ reader: inout PNGChunkReader, _ limits: Limits) throws -> PNGHeader {
  let first = try reader.next()
  guard first.name == "IHDR" else { throw PNGError.noHeader(found: first.name) }
  return try PNGHeader(first.payload, offset: first.offset, limits: limits)
}

private func decodePNG(
  _ header: PNGHeader, _ reader: inout PNGChunkReader, _ truncated: Truncation
) throws -> RGBImage {
  var palette: [UInt8]?
  var parts: [UnsafeRawBufferPointer] = []
  // APNG: an animation has several pictures, or another than the one of IDAT, which has no fcTL then.
  var (pictures, isFirstPicture) = (0, false)
  while parts.isEmpty {
    let chunk = try reader.next()
    switch chunk.name {
    case "IDAT":
      parts.append(chunk.payload)
    case "IHDR":
      throw PNGError.unexpectedChunk(chunk: "IHDR", offset: chunk.offset)
    case "PLTE":
      if header.colorType == .indexed { palette = try readPalette(chunk) }
    case "IEND":
      throw PNGError.noImageData
    case "acTL" where chunk.payload.count >= 4:
      let count = chunk.payload.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      pictures = count <= 1 << 31 ? count : 0
    case "fcTL":
      isFirstPicture = true
    default:
      if !chunk.isAncillary {
        throw PNGError.unknownCriticalChunk(chunk: chunk.name, offset: chunk.offset)
      }
    }
  }
  if header.colorType == .indexed, palette == nil { throw PNGError.noPalette }
  while reader.nextName() == "IDAT" { parts.append(try reader.next().payload) }
  reader.isAnimation = pictures > (isFirstPicture ? 1 : 0)
  guard parts.count > 1 else {
    return try expand(parts[0], header, palette ?? [], &reader, truncated)
  }
  var joined: [UInt8] = []
  joined.reserveCapacity(parts.reduce(0) { $0 + $1.count })
  for part in parts { joined.append(contentsOf: part) }
  parts = []
  return try joined.withUnsafeBytes { try expand($0, header, palette ?? [], &reader, truncated) }
}

private func readPalette(_ chunk: PNGChunk) throws(PNGError) -> [UInt8] {
  guard chunk.payload.count % 3 == 0, (3...768).contains(chunk.payload.count) else {
    throw .chunkLength(
      chunk: "PLTE", declared: chunk.payload.count, expected: "a multiple of 3 up to 768",
      offset: chunk.offset)
  }
  // Indices beyond the palette are black.
  return Array(chunk.payload) + [UInt8](repeating: 0, count: 768 - chunk.payload.count)
}

/// Expands the image data to what the header promises, or to less in a truncated file, and converts
/// each row as soon as it is there, so that no more than a few rows of it are kept.
private func expand(
  _ input: UnsafeRawBufferPointer, _ header: PNGHeader, _ palette: [UInt8],
  _ reader: inout PNGChunkReader, _ truncated: Truncation
) throws -> RGBImage {
  // Deflate expands at most 1032 times: a short file never gets a large buffer.
  let possible = input.count.multipliedReportingOverflow(by: 1032).partialValue + 65_536
  let expected = header.expandedBytes
  guard truncated == .accept || expected <= possible else {
    throw PNGError.tooLittleData(expected: expected, found: possible)
  }
  var failure: InflateError?
  var found = 0
  var rowFailure: PNGError?
  let count = header.width * header.height * 3
  try requireMemory(count)
  let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
    guard let output = buffer.baseAddress else { return }
    initialised = count
    // The rest of a truncated picture is what zeros stand for.
    if truncated == .accept { header.fillWithZeros(palette, buffer) }
    var window = InflateWindow(input, total: min(expected, possible))
    let rows = PNGRowSink(header, palette, output)
    while let piece = window.next() { rows.take(piece) }
    (failure, found, rowFailure) = (window.failure, window.count, rows.failure)
    if rowFailure != nil || found < expected, truncated == .refuse { initialised = 0 }
  }
  if truncated == .refuse {
    if case .truncated = failure, found == expected {
      // What is missing may be the checksum behind complete data, which Pillow does not miss.
    } else if case .truncated = failure {
      throw PNGError.tooLittleData(expected: expected, found: found)
    } else if let failure {
      throw failure
    }
    guard found == expected else {
      throw PNGError.tooLittleData(expected: expected, found: found)
    }
    try reader.skipTail()
  }
  if let rowFailure { throw rowFailure }
  return RGBImage(width: header.width, height: header.height, pixels: pixels)
}
