// PNGError - what can be wrong with a PNG file.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

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

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .truncated(let offset):
      Diagnostic(
        "png.truncated", "the PNG data end early (offset \(offset))",
        hint: "copy or download it again; `truncated: .accept` shows what is there")
    case .checksum(let chunk, let declared, let computed, let offset):
      Diagnostic(
        "png.crc-mismatch",
        "chunk \(chunk) has checksum 0x\(String(computed, radix: 16)), "
          + "0x\(String(declared, radix: 16)) is declared (offset \(offset))", hint: damaged)
    case .chunkType(let bytes, let offset):
      Diagnostic(
        "png.chunk-type",
        "a chunk type is not four letters (bytes "
          + bytes.map { String($0, radix: 16) }.joined(separator: " ") + ", offset \(offset))",
        hint: damaged)
    case .unexpectedChunk(let chunk, let offset):
      Diagnostic(
        "png.unexpected-chunk", "chunk \(chunk) must not stand here (offset \(offset))",
        hint: damaged)
    case .unknownCriticalChunk(let chunk, let offset):
      Diagnostic(
        "png.unknown-critical-chunk", "critical chunk \(chunk) is not known (offset \(offset))",
        hint: damaged)
    case .chunkLength(let chunk, let declared, let expected, let offset):
      Diagnostic(
        "png.chunk-length",
        "chunk \(chunk) has \(declared) bytes, expected \(expected) (offset \(offset))",
        hint: damaged)
    case .noHeader(let found):
      Diagnostic("png.no-header", "the first chunk is \(found), not IHDR", hint: damaged)
    case .colorType(let type, let depth):
      Diagnostic(
        "png.color-type", "colour type \(type) with bit depth \(depth) does not exist",
        hint: damaged)
    case .method(let name, let found):
      Diagnostic("png.method", "\(name) method \(found) does not exist", hint: damaged)
    case .noPalette:
      Diagnostic("png.no-palette", "an indexed image without PLTE", hint: damaged)
    case .noImageData:
      Diagnostic("png.no-image-data", "no IDAT chunk", hint: damaged)
    case .tooLittleData(let expected, let found):
      Diagnostic(
        "png.too-little-data",
        "the image data have \(found) bytes, the header promises \(expected)",
        hint: "copy or download it again; `truncated: .accept` shows what is there")
    case .filter(let row, let found):
      Diagnostic("png.filter", "row \(row) has filter type \(found), outside 0...4", hint: damaged)
    }
  }
}

private let damaged = "the file is damaged; copy or download it again"
