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

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .truncated(let offset):
      Diagnostic(
        "inflate.truncated", "the compressed data end early (offset \(offset))", hint: damaged)
    case .badHeader(let found):
      Diagnostic(
        "inflate.header",
        "the compressed data do not start with a valid header (found 0x\(String(found, radix: 16)))",
        hint: damaged)
    case .presetDictionary:
      Diagnostic(
        "inflate.preset-dictionary", "the compressed data need a preset dictionary", hint: damaged)
    case .badBlockType(let offset):
      Diagnostic(
        "inflate.block-type", "a compressed block has the reserved type 3 (offset \(offset))",
        hint: damaged)
    case .storedLength(let offset, let length, let complement):
      Diagnostic(
        "inflate.stored-length",
        "a stored block declares length \(length) but its complement says \(~complement) "
          + "(offset \(offset))", hint: damaged)
    case .tooManyCodes(let offset, let lengths, let distances):
      Diagnostic(
        "inflate.too-many-codes",
        "a compressed block declares \(lengths) literal and \(distances) distance codes, at most 286 "
          + "and 30 exist (offset \(offset))", hint: damaged)
    case .badCodeLengths(let offset):
      Diagnostic(
        "inflate.code-lengths",
        "a compressed block's code lengths do not form a prefix code (offset \(offset))",
        hint: damaged)
    case .badSymbol(let offset):
      Diagnostic(
        "inflate.symbol",
        "the compressed data contain a code that the block does not define (offset \(offset))",
        hint: damaged)
    case .distanceTooFar(let offset, let distance, let produced):
      Diagnostic(
        "inflate.distance",
        "a match reaches \(distance) bytes back but only \(produced) exist (offset \(offset))",
        hint: damaged)
    case .outputLimit(let limit):
      Diagnostic(
        "inflate.output-limit", "the data expand to more than \(limit) bytes",
        hint: "this looks like a decompression bomb; raise the limit only if you trust it")
    case .checksum(let declared, let computed):
      Diagnostic(
        "inflate.checksum",
        "the expanded data have checksum 0x\(String(computed, radix: 16)), "
          + "0x\(String(declared, radix: 16)) is declared", hint: damaged)
    case .length(let declared, let found):
      Diagnostic(
        "inflate.length", "the data expand to \(found) bytes, \(declared) are declared",
        hint: damaged)
    }
  }
}

private let damaged = "the file is damaged; copy or download it again"
