// PNMDecoder - PBM, PGM and PPM, plain and raw: what tests and benchmarks pipe in.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What is wrong with a PNM file; offsets count from the start of the file.
package enum PNMError: DiagnosticError, Equatable {
  /// The file ends before the picture does.
  case truncated(offset: Int)
  /// The file ends inside the header, so that not even the size of the picture is known.
  case truncatedHeader(offset: Int)
  /// Something other than a number where one has to be.
  case notANumber(offset: Int)
  /// A largest value outside 1...65535.
  case maximum(found: Int)
  /// A sample above the largest value.
  case sample(found: Int, maximum: Int, offset: Int)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .truncated(let offset):
      Diagnostic(
        "pnm.truncated", "the PNM data end early (offset \(offset))",
        hint: "copy or download it again; `truncated: .accept` shows what is there")
    case .truncatedHeader(let offset):
      Diagnostic(
        "pnm.truncated", "the PNM data end early (offset \(offset))",
        hint: "copy or download it again")
    case .notANumber(let offset):
      Diagnostic(
        "pnm.not-a-number", "a number is expected (offset \(offset))", hint: "write the file again")
    case .maximum(let found):
      Diagnostic(
        "pnm.maximum", "the largest value is \(found), outside 1...65535",
        hint: "write the file again")
    case .sample(let found, let maximum, let offset):
      Diagnostic(
        "pnm.sample", "a sample is \(found), above the largest value \(maximum) (offset \(offset))",
        hint: "write the file again")
    }
  }
}

/// Reads the text parts of a PNM file.
struct PNMReader {
  let bytes: UnsafeRawBufferPointer
  var offset: Int

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private mutating func skipSpace() {
    while offset < bytes.count {
      if bytes[offset] == 0x23 {
        while offset < bytes.count, bytes[offset] != 0x0A, bytes[offset] != 0x0D { offset += 1 }
      } else if !PNMReader.isSpace(bytes[offset]) {
        return
      } else {
        offset += 1
      }
    }
  }

  /// Reads a number of at most ten digits after white space and comments.
  mutating func number() throws(PNMError) -> Int {
    skipSpace()
    guard offset < bytes.count else { throw .truncated(offset: bytes.count) }
    var value = 0
    let start = offset
    while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) {
      value = value * 10 + Int(bytes[offset] - 0x30)
      offset += 1
      guard offset - start <= 10 else { throw .notANumber(offset: start) }
    }
    guard offset > start,
      offset == bytes.count || PNMReader.isSpace(bytes[offset])
        || bytes[offset] == 0x23
    else { throw .notANumber(offset: offset) }
    return value
  }

  /// Reads one digit of a plain bitmap, where white space is optional.
  mutating func bit() throws(PNMError) -> Int {
    skipSpace()
    guard offset < bytes.count else { throw .truncated(offset: bytes.count) }
    guard bytes[offset] == 0x30 || bytes[offset] == 0x31 else {
      throw .notANumber(offset: offset)
    }
    offset += 1
    return Int(bytes[offset - 1] - 0x30)
  }
}

/// What stands before the samples.
private struct PNMHeader {
  /// 1 to 3 plain, 4 to 6 raw; bitmap, gray, colour.
  let kind: UInt8
  let width: Int
  let height: Int
  /// The sample that stands for full brightness.
  let maximum: Int

  var channels: Int { kind == 3 || kind == 6 ? 3 : 1 }
  var isPlain: Bool { kind <= 3 }
  /// Samples of all channels.
  var count: Int { width * height * channels }
  /// Bytes of a sample of a raw file.
  var sampleBytes: Int { maximum > 255 ? 2 : 1 }
  /// Bytes of a row of a raw file.
  var rowBytes: Int { kind == 4 ? (width + 7) / 8 : width * channels * sampleBytes }

  /// Reads the header and leaves the reader at the first sample.
  init(_ reader: inout PNMReader, _ limits: Limits) throws {
    kind = reader.bytes[1] - 0x30
    width = try reader.number()
    height = try reader.number()
    try ImageError.check(width: width, height: height, limits)
    maximum = kind == 1 || kind == 4 ? 1 : try reader.number()
    guard (1...65535).contains(maximum) else { throw PNMError.maximum(found: maximum) }
    // One white-space byte ends the header of a raw file.
    if !isPlain { reader.offset += 1 }
  }

  /// A sample in 8 bits.
  func scaled(_ value: Int) -> UInt8 {
    if maximum == 255 { return UInt8(min(255, value)) }
    // Gray above 8 bits: to 65535 first, then clipped.
    let full = channels == 1 && maximum > 255 ? 65535 : 255
    let exact = Double(value) / Double(maximum) * Double(full)
    return UInt8(min(255, Int(exact.rounded(.toNearestOrEven))))
  }
}

/// Decodes a PNM file, by Pillow's rules.
///
/// Samples are scaled to 255, except in gray files above 8 bits: Pillow scales those to 65535 and
/// then clips at 255.
func decodePNM(
  _ bytes: UnsafeRawBufferPointer, _ limits: Limits, _ truncated: Truncation
) throws -> RGBImage {
  var reader = PNMReader(bytes: bytes, offset: 2)
  let header: PNMHeader
  do {
    header = try PNMHeader(&reader, limits)
  } catch PNMError.truncated(let offset) {
    throw PNMError.truncatedHeader(offset: offset)
  }
  // A plain sample takes a byte at the least.
  let shortest = header.isPlain ? header.count : header.rowBytes * header.height
  guard truncated == .accept || shortest <= bytes.count - reader.offset else {
    throw PNMError.truncated(offset: bytes.count)
  }
  // Three bytes a pixel, whatever the file has: what is read goes to its place at once.
  var failure: (any Error)?
  try requireMemory(header.width * header.height * 3)
  let pixels = [UInt8](unsafeUninitializedCapacity: header.width * header.height * 3) {
    buffer, count in
    count = header.width * header.height * 3
    buffer.update(repeating: 0)
    do {
      if header.isPlain {
        try readPlain(buffer, &reader, header)
      } else {
        readRaw(buffer, reader, header)
      }
    } catch PNMError.truncated where truncated == .accept {
      // The samples that are missing stay zero.
    } catch {
      failure = error
    }
  }
  if let failure { throw failure }
  return RGBImage(width: header.width, height: header.height, pixels: pixels)
}

/// Puts a sample in its place: a gray one is all three of its pixel.
@inline(__always)
private func put(
  _ sample: UInt8, _ index: Int, _ header: PNMHeader, _ pixels: UnsafeMutableBufferPointer<UInt8>
) {
  if header.channels == 3 {
    pixels[index] = sample
  } else {
    for channel in 0..<3 { pixels[3 * index + channel] = sample }
  }
}

/// Samples as decimal text.
private func readPlain(
  _ pixels: UnsafeMutableBufferPointer<UInt8>, _ reader: inout PNMReader, _ header: PNMHeader
) throws {
  for index in 0..<header.count {
    if header.kind == 1 {
      put(try reader.bit() == 0 ? 255 : 0, index, header, pixels)
      continue
    }
    let start = reader.offset
    let value = try reader.number()
    guard value <= header.maximum else {
      throw PNMError.sample(found: value, maximum: header.maximum, offset: start)
    }
    put(header.scaled(value), index, header, pixels)
  }
}

/// Samples as bytes, pairs of bytes or bits; of a file that is cut off, whole rows only.
private func readRaw(
  _ pixels: UnsafeMutableBufferPointer<UInt8>, _ reader: PNMReader, _ header: PNMHeader
) {
  let bytes = UnsafeRawBufferPointer(rebasing: reader.bytes.dropFirst(reader.offset))
  let rows = min(header.height, bytes.count / header.rowBytes)
  if header.kind == 4 {
    for index in 0..<rows * header.width {
      let (y, x) = index.quotientAndRemainder(dividingBy: header.width)
      let bit = bytes[y * header.rowBytes + x / 8] >> (7 - UInt8(x % 8)) & 1
      put(bit == 0 ? 255 : 0, index, header, pixels)
    }
    return
  }
  for index in 0..<rows * header.width * header.channels {
    let value =
      header.sampleBytes == 1
      ? Int(bytes[index]) : Int(bytes[2 * index]) << 8 | Int(bytes[2 * index + 1])
    put(header.scaled(value), index, header, pixels)
  }
}
