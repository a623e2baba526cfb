// PNMDecoder - PBM, PGM and PPM, plain and raw: what tests and benchmarks pipe in.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What is wrong with a PNM file; offsets count from the start of the file.
public enum PNMError: DiagnosticError, Equatable {
  /// The file ends before the picture does.
  case truncated(offset: Int)
  /// Something other than a number where one has to be.
  case notANumber(offset: Int)
  /// A largest value outside 1...65535.
  case maximum(found: Int)
  /// A sample above the largest value.
  case sample(found: Int, maximum: Int, offset: Int)

  /// Stable identifier.
  public var code: String {
    switch self {
    case .truncated: "pnm.truncated"
    case .notANumber: "pnm.not-a-number"
    case .maximum: "pnm.maximum"
    case .sample: "pnm.sample"
    }
  }

  /// What is wrong and where.
  public var message: String {
    switch self {
    case .truncated(let offset): "the PNM data end early (offset \(offset))"
    case .notANumber(let offset): "a number is expected (offset \(offset))"
    case .maximum(let found): "the largest value is \(found), outside 1...65535"
    case .sample(let found, let maximum, let offset):
      "a sample is \(found), above the largest value \(maximum) (offset \(offset))"
    }
  }

  /// What to do.
  public var hint: String { "write the file again" }
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

/// Decodes a PNM file, by Pillow's rules.
///
/// Samples are scaled to 255, except in gray files above 8 bits: Pillow scales those to 65535 and
/// then clips at 255.
func decodePNM(
  _ bytes: UnsafeRawBufferPointer, _ limits: Limits, _ truncated: Truncation
) throws -> RGBImage {
  let kind = bytes[1] - 0x30
  var reader = PNMReader(bytes: bytes, offset: 2)
  let width = try reader.number()
  let height = try reader.number()
  try ImageError.check(width: width, height: height, limits)
  var maximum = 1
  if kind != 1, kind != 4 {
    maximum = try reader.number()
    guard (1...65535).contains(maximum) else { throw PNMError.maximum(found: maximum) }
  }
  let channels = kind == 3 || kind == 6 ? 3 : 1
  let isPlain = kind <= 3
  let size = maximum > 255 ? 2 : 1
  // One white-space byte ends the header of a raw file.
  if !isPlain { reader.offset += 1 }
  let rowBytes = kind == 4 ? (width + 7) / 8 : width * channels * size
  let needed = isPlain ? 0 : rowBytes * height
  let shortest = isPlain ? width * height * channels : needed
  guard truncated == .accept || shortest <= bytes.count - reader.offset else {
    throw PNMError.truncated(offset: bytes.count)
  }
  // Of a raw file that is cut off, only whole rows count.
  let rows = isPlain ? height : min(height, max(0, bytes.count - reader.offset) / rowBytes)
  var samples = [UInt8](repeating: 0, count: width * height * channels)
  func scaled(_ value: Int) -> UInt8 {
    // Gray above 8 bits: to 65535 first, then clipped.
    let full = channels == 1 && maximum > 255 ? 65535 : 255
    let exact = Double(value) / Double(maximum) * Double(full)
    return UInt8(min(255, Int(exact.rounded(.toNearestOrEven))))
  }
  func decode() throws {
    switch kind {
    case 1:
      for index in samples.indices { samples[index] = try reader.bit() == 0 ? 255 : 0 }
    case 4:
      for y in 0..<rows {
        for x in 0..<width {
          let place = reader.offset + y * rowBytes + x / 8
          samples[y * width + x] = bytes[place] >> (7 - UInt8(x % 8)) & 1 == 0 ? 255 : 0
        }
      }
    case 2, 3:
      for index in samples.indices {
        let start = reader.offset
        let value = try reader.number()
        guard value <= maximum else {
          throw PNMError.sample(found: value, maximum: maximum, offset: start)
        }
        samples[index] = scaled(value)
      }
    default:
      for index in 0..<rows * width * channels {
        let place = reader.offset + index * size
        let value =
          size == 1 ? Int(bytes[place]) : Int(bytes[place]) << 8 | Int(bytes[place + 1])
        samples[index] = maximum == 255 ? UInt8(value) : scaled(value)
      }
    }
  }
  do {
    try decode()
  } catch PNMError.truncated where truncated == .accept {
    // The samples that are missing stay zero.
  }
  if channels == 3 { return RGBImage(width: width, height: height, pixels: samples) }
  return RGBImage(
    width: width, height: height, pixels: samples.flatMap { [$0, $0, $0] })
}
