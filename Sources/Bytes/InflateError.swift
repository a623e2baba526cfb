// InflateError - what can be wrong with compressed data.
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a deflate, zlib or gzip stream.
package enum InflateError: DiagnosticError, Equatable {
  /// The stream ends before its last block does.
  case truncated(offset: Int)
  /// The two zlib header bytes, or the gzip header, are not valid.
  case badHeader(found: UInt16)
  /// A zlib stream asks for a preset dictionary.
  case presetDictionary
  /// Block type 3, which the format reserves.
  case badBlockType(offset: Int)
  /// A stored block's length and its complement disagree.
  case storedLength(offset: Int, length: UInt16, complement: UInt16)
  /// More literal/length or distance codes than the format has.
  case tooManyCodes(offset: Int, lengths: Int, distances: Int)
  /// Code lengths that do not form a prefix code.
  case badCodeLengths(offset: Int)
  /// A code word that the block's table does not have.
  case badSymbol(offset: Int)
  /// A match that starts before the first byte.
  case distanceTooFar(offset: Int, distance: Int, produced: Int)
  /// More output than the caller allows.
  case outputLimit(limit: Int)
  /// The data do not have the checksum that the stream declares.
  case checksum(declared: UInt32, computed: UInt32)
  /// A gzip member does not have the length that it declares.
  case length(declared: Int, found: Int)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .truncated: "inflate.truncated"
    case .badHeader: "inflate.header"
    case .presetDictionary: "inflate.preset-dictionary"
    case .badBlockType: "inflate.block-type"
    case .storedLength: "inflate.stored-length"
    case .tooManyCodes: "inflate.too-many-codes"
    case .badCodeLengths: "inflate.code-lengths"
    case .badSymbol: "inflate.symbol"
    case .distanceTooFar: "inflate.distance"
    case .outputLimit: "inflate.output-limit"
    case .checksum: "inflate.checksum"
    case .length: "inflate.length"
    }
  }

  /// What is wrong and where (offsets count from the start of the compressed data).
  package var message: String {
    switch self {
    case .truncated(let offset):
      "the compressed data end early (offset \(offset))"
    case .badHeader(let found):
      "the compressed data do not start with a valid header (found 0x\(String(found, radix: 16)))"
    case .presetDictionary:
      "the compressed data need a preset dictionary"
    case .badBlockType(let offset):
      "a compressed block has the reserved type 3 (offset \(offset))"
    case .storedLength(let offset, let length, let complement):
      "a stored block declares length \(length) but its complement says \(~complement) "
        + "(offset \(offset))"
    case .tooManyCodes(let offset, let lengths, let distances):
      "a compressed block declares \(lengths) literal and \(distances) distance codes, at most 286 "
        + "and 30 exist (offset \(offset))"
    case .badCodeLengths(let offset):
      "a compressed block's code lengths do not form a prefix code (offset \(offset))"
    case .badSymbol(let offset):
      "the compressed data contain a code that the block does not define (offset \(offset))"
    case .distanceTooFar(let offset, let distance, let produced):
      "a match reaches \(distance) bytes back but only \(produced) exist (offset \(offset))"
    case .outputLimit(let limit):
      "the data expand to more than \(limit) bytes"
    case .checksum(let declared, let computed):
      "the expanded data have checksum 0x\(String(computed, radix: 16)), "
        + "0x\(String(declared, radix: 16)) is declared"
    case .length(let declared, let found):
      "the data expand to \(found) bytes, \(declared) are declared"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .outputLimit: "this looks like a decompression bomb; raise the limit only if you trust it"
    default: "the file is damaged; copy or download it again"
    }
  }
}
