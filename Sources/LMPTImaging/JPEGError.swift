// JPEGError - what can be wrong with a JPEG file.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What is wrong with a JPEG file (ITU-T T.81); offsets count from the start of the file.
package enum JPEGError: DiagnosticError, Equatable {
  /// The file ends before the picture does.
  case truncated(offset: Int)
  /// A coding process of T.81 that is recognised but not decoded.
  case unsupportedProcess(String)
  /// Samples of another size than 8 bits.
  case unsupportedPrecision(bits: Int)
  /// A number of components other than 1, 3 and 4.
  case unsupportedComponents(count: Int)
  /// A segment's length does not fit its contents.
  case segmentLength(marker: UInt8, declared: Int, offset: Int)
  /// A marker that has no meaning here.
  case unexpectedMarker(marker: UInt8, offset: Int)
  /// A frame header where one was read before.
  case secondFrame(offset: Int)
  /// A scan, or the end, before the frame header.
  case noFrame(offset: Int)
  /// No scan before the end.
  case noScan(offset: Int)
  /// Sampling factors outside 1...4.
  case samplingFactors(component: Int, horizontal: Int, vertical: Int)
  /// Sampling factors that do not divide the largest ones.
  case fractionalSampling(component: Int, horizontal: Int, vertical: Int)
  /// More than ten blocks in an interleaved unit.
  case unitTooLarge(blocks: Int)
  /// A scan over a component that the frame does not have, or over one twice.
  case unknownComponent(id: Int, offset: Int)
  /// Spectral selection or successive approximation outside what progressive mode allows.
  case progression(start: Int, end: Int, high: Int, low: Int)
  /// More scans than `Limits.jpegScans`, or more pixels in all of them than `Limits.jpegScanPixels`.
  case tooManyScans(limit: Int)
  /// A table index outside 0...3.
  case tableIndex(marker: UInt8, index: Int, offset: Int)
  /// Huffman code counts that do not form a prefix code, or DC categories above 15.
  case huffmanTable(index: Int)
  /// A scan uses a Huffman table that was not defined.
  case noHuffmanTable(index: Int)
  /// A scan uses a quantisation table that was not defined.
  case noQuantization(index: Int)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    func name(_ marker: UInt8) -> String { "FF" + String(marker, radix: 16, uppercase: true) }
    return switch self {
    case .truncated(let offset):
      Diagnostic(
        "jpeg.truncated", "the JPEG data end early (offset \(offset))",
        hint: "copy or download it again; `truncated: .accept` shows what is there")
    case .unsupportedProcess(let process):
      Diagnostic(
        "jpeg.unsupported-process", "\(process) JPEG is not supported",
        hint: "save it again as an ordinary 8-bit JPEG or as PNG")
    case .unsupportedPrecision(let bits):
      Diagnostic(
        "jpeg.unsupported-precision", "JPEG with \(bits)-bit samples is not supported (8 are)",
        hint: "save it again as an ordinary 8-bit JPEG or as PNG")
    case .unsupportedComponents(let count):
      Diagnostic(
        "jpeg.unsupported-components",
        "JPEG with \(count) components is not supported (1, 3 and 4 are)",
        hint: "save it again as an ordinary 8-bit JPEG or as PNG")
    case .segmentLength(let marker, let declared, let offset):
      Diagnostic(
        "jpeg.segment-length",
        "segment \(name(marker)) declares a length of \(declared), which does not fit its "
          + "contents (offset \(offset))", hint: damaged)
    case .unexpectedMarker(let marker, let offset):
      Diagnostic(
        "jpeg.unexpected-marker", "marker \(name(marker)) is not expected here (offset \(offset))",
        hint: damaged)
    case .secondFrame(let offset):
      Diagnostic("jpeg.second-frame", "a second frame header (offset \(offset))", hint: damaged)
    case .noFrame(let offset):
      Diagnostic(
        "jpeg.no-frame", "no frame header before the first scan (offset \(offset))", hint: damaged)
    case .noScan(let offset):
      Diagnostic(
        "jpeg.no-scan", "no scan before the end of the image (offset \(offset))", hint: damaged)
    case .samplingFactors(let component, let horizontal, let vertical):
      Diagnostic(
        "jpeg.sampling-factors",
        "component \(component) has sampling factors \(horizontal) x \(vertical), outside 1...4",
        hint: damaged)
    case .fractionalSampling(let component, let horizontal, let vertical):
      Diagnostic(
        "jpeg.fractional-sampling",
        "component \(component) has sampling factors \(horizontal) x \(vertical), which do not "
          + "divide the largest ones", hint: "save it again as an ordinary 8-bit JPEG or as PNG")
    case .unitTooLarge(let blocks):
      Diagnostic(
        "jpeg.unit-too-large",
        "an interleaved scan has \(blocks) blocks in a unit, at most 10 are allowed", hint: damaged)
    case .unknownComponent(let id, let offset):
      Diagnostic(
        "jpeg.unknown-component",
        "a scan names component \(id), which the frame does not have or the scan has twice "
          + "(offset \(offset))", hint: damaged)
    case .progression(let start, let end, let high, let low):
      Diagnostic(
        "jpeg.progression",
        "a scan has an impossible progression (coefficients \(start)...\(end), bits \(high) to "
          + "\(low))", hint: damaged)
    case .tooManyScans(let limit):
      Diagnostic(
        "jpeg.too-many-scans", "more than \(limit) scans",
        hint: "this looks like a decoding bomb; save the picture again if you trust it")
    case .tableIndex(let marker, let index, let offset):
      Diagnostic(
        "jpeg.table-index",
        "segment \(name(marker)) defines table \(index), outside 0...3 (offset \(offset))",
        hint: damaged)
    case .huffmanTable(let index):
      Diagnostic("jpeg.huffman-table", "Huffman table \(index) is not a prefix code", hint: damaged)
    case .noHuffmanTable(let index):
      Diagnostic(
        "jpeg.no-huffman-table", "a scan uses Huffman table \(index), which is not defined",
        hint: damaged)
    case .noQuantization(let index):
      Diagnostic(
        "jpeg.no-quantization",
        "a component uses quantisation table \(index), which is not defined", hint: damaged)
    }
  }
}

private let damaged = "the file is damaged; copy or download it again"
