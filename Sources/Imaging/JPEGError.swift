// JPEGError - what can be wrong with a JPEG file.
// SPDX-License-Identifier: Apache-2.0

import Bytes

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

  /// Stable identifier.
  package var code: String {
    switch self {
    case .truncated: "jpeg.truncated"
    case .unsupportedProcess: "jpeg.unsupported-process"
    case .unsupportedPrecision: "jpeg.unsupported-precision"
    case .unsupportedComponents: "jpeg.unsupported-components"
    case .segmentLength: "jpeg.segment-length"
    case .unexpectedMarker: "jpeg.unexpected-marker"
    case .secondFrame: "jpeg.second-frame"
    case .noFrame: "jpeg.no-frame"
    case .noScan: "jpeg.no-scan"
    case .samplingFactors: "jpeg.sampling-factors"
    case .fractionalSampling: "jpeg.fractional-sampling"
    case .unitTooLarge: "jpeg.unit-too-large"
    case .unknownComponent: "jpeg.unknown-component"
    case .progression: "jpeg.progression"
    case .tooManyScans: "jpeg.too-many-scans"
    case .tableIndex: "jpeg.table-index"
    case .huffmanTable: "jpeg.huffman-table"
    case .noHuffmanTable: "jpeg.no-huffman-table"
    case .noQuantization: "jpeg.no-quantization"
    }
  }

  /// What is wrong and where.
  package var message: String {
    func name(_ marker: UInt8) -> String { "FF" + String(marker, radix: 16, uppercase: true) }
    switch self {
    case .truncated(let offset):
      return "the JPEG data end early (offset \(offset))"
    case .unsupportedProcess(let process):
      return "\(process) JPEG is not supported"
    case .unsupportedPrecision(let bits):
      return "JPEG with \(bits)-bit samples is not supported (8 are)"
    case .unsupportedComponents(let count):
      return "JPEG with \(count) components is not supported (1, 3 and 4 are)"
    case .segmentLength(let marker, let declared, let offset):
      return "segment \(name(marker)) declares a length of \(declared), which does not fit its "
        + "contents (offset \(offset))"
    case .unexpectedMarker(let marker, let offset):
      return "marker \(name(marker)) is not expected here (offset \(offset))"
    case .secondFrame(let offset):
      return "a second frame header (offset \(offset))"
    case .noFrame(let offset):
      return "no frame header before the first scan (offset \(offset))"
    case .noScan(let offset):
      return "no scan before the end of the image (offset \(offset))"
    case .samplingFactors(let component, let horizontal, let vertical):
      return
        "component \(component) has sampling factors \(horizontal) x \(vertical), outside 1...4"
    case .fractionalSampling(let component, let horizontal, let vertical):
      return
        "component \(component) has sampling factors \(horizontal) x \(vertical), which do not "
        + "divide the largest ones"
    case .unitTooLarge(let blocks):
      return "an interleaved scan has \(blocks) blocks in a unit, at most 10 are allowed"
    case .unknownComponent(let id, let offset):
      return "a scan names component \(id), which the frame does not have or the scan has twice "
        + "(offset \(offset))"
    case .progression(let start, let end, let high, let low):
      return
        "a scan has an impossible progression (coefficients \(start)...\(end), bits \(high) to "
        + "\(low))"
    case .tooManyScans(let limit):
      return "more than \(limit) scans"
    case .tableIndex(let marker, let index, let offset):
      return "segment \(name(marker)) defines table \(index), outside 0...3 (offset \(offset))"
    case .huffmanTable(let index):
      return "Huffman table \(index) is not a prefix code"
    case .noHuffmanTable(let index):
      return "a scan uses Huffman table \(index), which is not defined"
    case .noQuantization(let index):
      return "a component uses quantisation table \(index), which is not defined"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .unsupportedProcess, .unsupportedPrecision, .unsupportedComponents, .fractionalSampling:
      "save it again as an ordinary 8-bit JPEG or as PNG"
    case .truncated:
      "copy or download it again; 'lmpt pixels --allow-truncated' shows what is there"
    case .tooManyScans:
      "this looks like a decoding bomb; save the picture again if you trust it"
    default:
      "the file is damaged; copy or download it again"
    }
  }
}
