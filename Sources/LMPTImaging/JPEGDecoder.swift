// JPEGDecoder - marker segments (T.81, Annex B) and the order of the decoding steps.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Decodes a JPEG file.
func decodeJPEG(
  _ bytes: UnsafeRawBufferPointer, _ limits: Limits, _ truncated: Truncation
) throws -> RGBImage {
  switch truncated {
  case .refuse:
    return try JPEGDecoder(bytes, limits).decode()
  case .accept:
    // As Pillow does: the decoder gets an end marker where the data stop.
    var extended = [UInt8](bytes)
    extended += [0xFF, 0xD9]
    return try extended.withUnsafeBytes { try JPEGDecoder($0, limits, isPatched: true).decode() }
  }
}

/// The state of one decoding.
final class JPEGDecoder {
  /// What ended a run of marker segments.
  private enum Stop { case scan(JPEGScan), endOfImage }

  let bytes: UnsafeRawBufferPointer
  let limits: Limits
  /// Whether an end marker was appended to a file that may be truncated.
  let isPatched: Bool
  var position = 2
  /// A marker that the entropy-coded data ran into, 0 when there is none.
  var pendingMarker: UInt8 = 0
  var frame: JPEGFrame?
  var quantization = [[UInt16]?](repeating: nil, count: 4)
  var dcTables = [JPEGHuffmanSpecification?](repeating: nil, count: 4)
  var acTables = [JPEGHuffmanSpecification?](repeating: nil, count: 4)
  var restartInterval = 0
  var hasJFIF = false
  var adobeTransform: UInt8?
  var scanCount = 0
  /// Last unit row that the latest scan reached with real data.
  var lastGoodUnitRow = 0

  init(_ bytes: UnsafeRawBufferPointer, _ limits: Limits, isPatched: Bool = false) {
    self.bytes = bytes
    self.limits = limits
    self.isPatched = isPatched
  }

  func decode() throws -> RGBImage {
    guard case .scan(let first) = try segments() else { throw JPEGError.noScan(offset: position) }
    guard
      let (width, height, components) = frame.map({ ($0.width, $0.height, $0.components.count) })
    else { throw JPEGError.noFrame(offset: position) }
    let isProgressive = frame?.isProgressive ?? false
    let isSinglePass = !isProgressive && first.components.count == components
    if !isProgressive {
      // Motion JPEG leaves out the tables that everybody has.
      for index in 0..<2 {
        dcTables[index] = dcTables[index] ?? .standard(isDC: true, index: index)
        acTables[index] = acTables[index] ?? .standard(isDC: false, index: index)
      }
    }
    // In place: a copy of the frame would keep what it holds for longer than it is needed.
    try frame?.allocate(coefficients: !isSinglePass)
    if isSinglePass {
      try decodeScan(first, intoPlanes: true)
      try finishSinglePass()
    } else {
      do {
        try decodeAllScans(startingWith: first)
      } catch let error as JPEGError where isCut(error) {
        // Cut off in a segment between scans: Pillow's lenient mode has no rows to show at that
        // point and leaves its picture at 0, which is black, or no ink.
        return RGBImage(
          width: width, height: height,
          pixels: [UInt8](repeating: components == 4 ? 255 : 0, count: width * height * 3))
      }
      transformCoefficients()
    }
    return try assemble()
  }

  /// Whether an error comes from the place where a file was cut off.
  private func isCut(_ error: JPEGError) -> Bool {
    if case .truncated = error { return isPatched }
    return isPatched && position >= bytes.count - 2
  }

  private func decodeAllScans(startingWith first: JPEGScan) throws {
    var scan = first
    while true {
      try decodeScan(scan, intoPlanes: false)
      guard case .scan(let next) = try segments() else { return }
      scan = next
    }
  }

  /// Reads what follows the only scan: nothing of it is needed, but a second scan is an error.
  private func finishSinglePass() throws {
    do {
      if case .scan = try segments() {
        throw JPEGError.unexpectedMarker(marker: 0xDA, offset: position)
      }
    } catch JPEGError.truncated {
      // All rows are there; Pillow accepts such a file too.
    }
  }

  /// Reads segments up to a scan header or the end marker.
  private func segments() throws -> Stop {
    while true {
      let marker = try nextMarker()
      let start = position
      switch marker {
      case 0xD9:
        return .endOfImage
      case 0xDA:
        return .scan(try scanHeader())
      case 0xC0, 0xC1, 0xC2:
        if frame != nil { throw JPEGError.secondFrame(offset: start) }
        frame = try JPEGFrame(
          try segment(marker), marker: marker, offset: start, limits: limits)
      case 0xC3: throw JPEGError.unsupportedProcess("lossless")
      case 0xC5, 0xC6, 0xC7, 0xDE, 0xDF: throw JPEGError.unsupportedProcess("hierarchical")
      case 0xC9, 0xCA, 0xCC: throw JPEGError.unsupportedProcess("arithmetic-coded")
      case 0xCB: throw JPEGError.unsupportedProcess("arithmetic-coded lossless")
      case 0xCD, 0xCE, 0xCF:
        throw JPEGError.unsupportedProcess("arithmetic-coded hierarchical")
      case 0xC4: try huffmanTables(try segment(marker), offset: start)
      case 0xDB: try quantizationTables(try segment(marker), offset: start)
      case 0xDD: try restartInterval(try segment(marker), offset: start)
      case 0xE0:
        let payload = try segment(marker)
        if payload.count >= 14, payload.starts(with: "JFIF\0".utf8) { hasJFIF = true }
      case 0xEE:
        let payload = try segment(marker)
        if payload.count >= 12, payload.starts(with: "Adobe".utf8) { adobeTransform = payload[11] }
      case 0xDC, 0xE1...0xEF, 0xFE:
        _ = try segment(marker)
      case 0xD0...0xD7,
        0x01 where scanCount > 0:
        continue
      default:
        throw JPEGError.unexpectedMarker(marker: marker, offset: start)
      }
    }
  }

  /// Finds the next marker, skipping anything else and fill bytes.
  func nextMarker() throws(JPEGError) -> UInt8 {
    if pendingMarker != 0 {
      defer { pendingMarker = 0 }
      return pendingMarker
    }
    while true {
      while try byte() != 0xFF {}
      var code = try byte()
      while code == 0xFF { code = try byte() }
      if code != 0 { return code }
    }
  }

  private func byte() throws(JPEGError) -> UInt8 {
    guard position < bytes.count else { throw .truncated(offset: bytes.count) }
    defer { position += 1 }
    return bytes[position]
  }

  /// The payload of a segment.
  ///
  /// Lengths below 2 mean an empty one where the contents do not matter, as in libjpeg.
  private func segment(_ marker: UInt8) throws(JPEGError) -> UnsafeRawBufferPointer {
    let declared = Int(try byte()) << 8 | Int(try byte())
    guard declared >= 2 || marker >= 0xE0 || marker == 0xDC else {
      throw .segmentLength(marker: marker, declared: declared, offset: position)
    }
    let count = max(declared - 2, 0)
    guard count <= bytes.count - position else { throw .truncated(offset: bytes.count) }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  private func huffmanTables(_ payload: UnsafeRawBufferPointer, offset: Int) throws(JPEGError) {
    var at = 0
    while payload.count - at > 16 {
      let selector = Int(payload[at])
      let counts = [UInt8](payload[at + 1..<at + 17])
      let total = counts.reduce(0) { $0 + Int($1) }
      let index = selector & ~0x10
      guard index < 4 else { throw .tableIndex(marker: 0xC4, index: index, offset: offset) }
      guard total <= 256, total <= payload.count - at - 17 else {
        throw .huffmanTable(index: index)
      }
      let table = JPEGHuffmanSpecification(
        counts: counts, symbols: [UInt8](payload[at + 17..<at + 17 + total]))
      if selector & 0x10 != 0 { acTables[index] = table } else { dcTables[index] = table }
      at += 17 + total
    }
    guard at == payload.count else {
      throw .segmentLength(marker: 0xC4, declared: payload.count + 2, offset: offset)
    }
  }

  private func quantizationTables(
    _ payload: UnsafeRawBufferPointer, offset: Int
  ) throws(JPEGError) {
    var at = 0
    while at < payload.count {
      let index = Int(payload[at] & 15)
      let width = payload[at] >> 4 == 0 ? 1 : 2
      guard index < 4 else { throw .tableIndex(marker: 0xDB, index: index, offset: offset) }
      guard payload.count - at > 64 * width else {
        throw .segmentLength(marker: 0xDB, declared: payload.count + 2, offset: offset)
      }
      var steps = [UInt16](repeating: 0, count: 64)
      for zigzag in 0..<64 {
        let place = at + 1 + zigzag * width
        steps[Int(naturalOrder[zigzag])] =
          width == 1
          ? UInt16(payload[place]) : UInt16(payload[place]) << 8 | UInt16(payload[place + 1])
      }
      quantization[index] = steps
      at += 1 + 64 * width
    }
  }

  private func restartInterval(_ payload: UnsafeRawBufferPointer, offset: Int) throws(JPEGError) {
    guard payload.count == 2 else {
      throw .segmentLength(marker: 0xDD, declared: payload.count + 2, offset: offset)
    }
    restartInterval = Int(payload[0]) << 8 | Int(payload[1])
  }

  private func scanHeader() throws -> JPEGScan {
    let start = position
    guard var frame else { throw JPEGError.noFrame(offset: start) }
    scanCount += 1
    // A scan of a few hundred bytes can pass over all coefficients of the largest picture.
    let allowed = min(limits.jpegScans, limits.jpegScanPixels / (frame.width * frame.height))
    guard scanCount <= max(1, allowed) else { throw JPEGError.tooManyScans(limit: allowed) }
    let scan = try JPEGScan(try segment(0xDA), frame: frame, offset: start)
    // The steps that a component is coded with are those at its first scan.
    for component in scan.components where frame.components[component.index].steps == nil {
      let index = frame.components[component.index].quantizer
      guard index < 4, let steps = quantization[index] else {
        throw JPEGError.noQuantization(index: index)
      }
      frame.components[component.index].steps = steps
    }
    self.frame = frame
    return scan
  }
}
