// PNGError - what can be wrong with a PNG file.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What is wrong with a PNG file; offsets count from the start of the file.
package enum PNGError: DiagnosticError, Equatable {
  /// The file ends inside a chunk, or before the picture is complete.
  case truncated(offset: Int)
  /// A chunk's checksum does not match its contents.
  case checksum(chunk: String, declared: UInt32, computed: UInt32, offset: Int)
  /// A chunk type that is not four letters.
  case chunkType(bytes: [UInt8], offset: Int)
  /// A chunk in a place where it must not stand.
  case unexpectedChunk(chunk: String, offset: Int)
  /// A critical chunk that this decoder does not know.
  case unknownCriticalChunk(chunk: String, offset: Int)
  /// A chunk of the wrong length.
  case chunkLength(chunk: String, declared: Int, expected: String, offset: Int)
  /// The first chunk is not IHDR.
  case noHeader(found: String)
  /// A bit depth that the colour type does not allow, or no colour type at all.
  case colorType(type: UInt8, depth: UInt8)
  /// A compression, filter or interlace method that does not exist.
  case method(name: String, found: UInt8)
  /// No PLTE in an indexed image.
  case noPalette
  /// No IDAT.
  case noImageData
  /// The image data expand to less than the header promises.
  case tooLittleData(expected: Int, found: Int)
  /// A row with a filter type above 4.
  case filter(row: Int, found: UInt8)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .truncated: "png.truncated"
    case .checksum: "png.crc-mismatch"
    case .chunkType: "png.chunk-type"
    case .unexpectedChunk: "png.unexpected-chunk"
    case .unknownCriticalChunk: "png.unknown-critical-chunk"
    case .chunkLength: "png.chunk-length"
    case .noHeader: "png.no-header"
    case .colorType: "png.color-type"
    case .method: "png.method"
    case .noPalette: "png.no-palette"
    case .noImageData: "png.no-image-data"
    case .tooLittleData: "png.too-little-data"
    case .filter: "png.filter"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .truncated(let offset):
      return "the PNG data end early (offset \(offset))"
    case .checksum(let chunk, let declared, let computed, let offset):
      return "chunk \(chunk) has checksum 0x\(String(computed, radix: 16)), "
        + "0x\(String(declared, radix: 16)) is declared (offset \(offset))"
    case .chunkType(let bytes, let offset):
      let text = bytes.map { String($0, radix: 16) }.joined(separator: " ")
      return "a chunk type is not four letters (bytes \(text), offset \(offset))"
    case .unexpectedChunk(let chunk, let offset):
      return "chunk \(chunk) must not stand here (offset \(offset))"
    case .unknownCriticalChunk(let chunk, let offset):
      return "critical chunk \(chunk) is not known (offset \(offset))"
    case .chunkLength(let chunk, let declared, let expected, let offset):
      return "chunk \(chunk) has \(declared) bytes, expected \(expected) (offset \(offset))"
    case .noHeader(let found):
      return "the first chunk is \(found), not IHDR"
    case .colorType(let type, let depth):
      return "colour type \(type) with bit depth \(depth) does not exist"
    case .method(let name, let found):
      return "\(name) method \(found) does not exist"
    case .noPalette:
      return "an indexed image without PLTE"
    case .noImageData:
      return "no IDAT chunk"
    case .tooLittleData(let expected, let found):
      return "the image data have \(found) bytes, the header promises \(expected)"
    case .filter(let row, let found):
      return "row \(row) has filter type \(found), outside 0...4"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .truncated, .tooLittleData:
      "copy or download it again; 'lmpt pixels --allow-truncated' shows what is there"
    default:
      "the file is damaged; copy or download it again"
    }
  }
}
