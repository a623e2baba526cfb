// JPEGFrame - the frame header: size, components and their sampling (T.81, A.1 and B.2.2).
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory that reads as zero and costs nothing until it is written (hostile headers declare big
/// pictures and bring no data).
final class ZeroedMemory {
  let base: UnsafeMutableRawPointer
  let byteCount: Int

  init?(byteCount: Int) {
    guard let base = calloc(max(byteCount, 1), 1) else { return nil }
    self.base = base
    self.byteCount = byteCount
  }

  deinit { free(base) }
}

/// One component of a frame.
struct JPEGComponent {
  /// Identifier, by which scans name the component.
  let id: Int
  /// Sampling factors H and V.
  let horizontal: Int
  let vertical: Int
  /// Index of the quantisation table.
  let quantizer: Int
  /// Samples that carry picture.
  var width = 0
  var height = 0
  /// Blocks that carry picture: a scan of this component alone has just these.
  var blocksWide = 0
  var blocksHigh = 0
  /// Blocks with the padding that interleaved scans code.
  var paddedBlocksWide = 0
  var paddedBlocksHigh = 0
  /// The quantisation steps in natural order, kept when the component's first scan begins.
  var steps: [UInt16]?
  /// Decoded samples, `stride` bytes a row.
  var plane: ZeroedMemory?
  /// Coefficients of all blocks, natural order, for frames with several scans.
  var coefficients: ZeroedMemory?
  /// Per zigzag index, how many low bits the progressive scans have not sent yet; -1 before any.
  var missingBits = [Int](repeating: -1, count: 64)
  /// The same before the scan that last touched it.
  var previousMissingBits = [Int](repeating: -1, count: 64)

  var stride: Int { paddedBlocksWide * 8 }

  /// The quantisation steps as the transform wants them: 64 values of 16 bits, zeros for a
  /// component that no scan brought.
  func scales() -> ZeroedMemory? {
    let memory = ZeroedMemory(byteCount: 128)
    for (index, step) in (steps ?? []).enumerated() {
      memory?.base.storeBytes(of: step, toByteOffset: 2 * index, as: UInt16.self)
    }
    return memory
  }

  /// First sample of a row of the decoded plane.
  func row(_ y: Int) -> UnsafeMutablePointer<UInt8>? {
    plane.map { $0.base.assumingMemoryBound(to: UInt8.self) + y * stride }
  }

  /// The coefficients of one block.
  func block(_ column: Int, _ row: Int) -> UnsafeMutablePointer<Int16>? {
    coefficients.map {
      $0.base.assumingMemoryBound(to: Int16.self) + (row * paddedBlocksWide + column) * 64
    }
  }
}

/// The frame header with everything that follows from it.
struct JPEGFrame {
  let isProgressive: Bool
  let width: Int
  let height: Int
  var components: [JPEGComponent]
  /// Largest sampling factors.
  let maxHorizontal: Int
  let maxVertical: Int
  /// Interleaved units (MCUs).
  let unitsWide: Int
  let unitsHigh: Int

  /// Reads the payload of a SOF segment, after its length.
  init(_ payload: UnsafeRawBufferPointer, marker: UInt8, offset: Int, limits: Limits) throws {
    guard payload.count >= 6 else {
      throw JPEGError.segmentLength(marker: marker, declared: payload.count + 2, offset: offset)
    }
    let precision = Int(payload[0])
    let height = Int(payload[1]) << 8 | Int(payload[2])
    let width = Int(payload[3]) << 8 | Int(payload[4])
    let count = Int(payload[5])
    guard precision == 8 else { throw JPEGError.unsupportedPrecision(bits: precision) }
    try ImageError.check(width: width, height: height, limits)
    // 65,500 is libjpeg's own limit on a side.
    guard max(width, height) <= 65_500 else {
      throw ImageError.sideTooLong(width: width, height: height, limit: 65_500)
    }
    guard count == 1 || count == 3 || count == 4 else {
      throw JPEGError.unsupportedComponents(count: count)
    }
    guard payload.count == 6 + 3 * count else {
      throw JPEGError.segmentLength(marker: marker, declared: payload.count + 2, offset: offset)
    }
    var components: [JPEGComponent] = []
    for index in 0..<count {
      let at = 6 + 3 * index
      let component = JPEGComponent(
        id: Int(payload[at]), horizontal: Int(payload[at + 1] >> 4),
        vertical: Int(payload[at + 1] & 15), quantizer: Int(payload[at + 2]))
      guard (1...4).contains(component.horizontal), (1...4).contains(component.vertical) else {
        throw JPEGError.samplingFactors(
          component: component.id, horizontal: component.horizontal, vertical: component.vertical)
      }
      components.append(component)
    }
    let maxHorizontal = components.map(\.horizontal).max() ?? 1
    let maxVertical = components.map(\.vertical).max() ?? 1
    func ceiling(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }
    unitsWide = ceiling(width, maxHorizontal * 8)
    unitsHigh = ceiling(height, maxVertical * 8)
    for index in components.indices {
      let (h, v) = (components[index].horizontal, components[index].vertical)
      guard maxHorizontal % h == 0, maxVertical % v == 0 else {
        throw JPEGError.fractionalSampling(
          component: components[index].id, horizontal: h, vertical: v)
      }
      components[index].width = ceiling(width * h, maxHorizontal)
      components[index].height = ceiling(height * v, maxVertical)
      components[index].blocksWide = ceiling(width * h, maxHorizontal * 8)
      components[index].blocksHigh = ceiling(height * v, maxVertical * 8)
      components[index].paddedBlocksWide = unitsWide * h
      components[index].paddedBlocksHigh = unitsHigh * v
    }
    isProgressive = marker == 0xC2
    self.width = width
    self.height = height
    self.components = components
    self.maxHorizontal = maxHorizontal
    self.maxVertical = maxVertical
  }

  /// Allocates the planes, and the coefficients where several scans have to meet.
  mutating func allocate(coefficients: Bool) throws {
    for index in components.indices {
      let blocks = components[index].paddedBlocksWide * components[index].paddedBlocksHigh
      components[index].plane = ZeroedMemory(byteCount: blocks * 64)
      if coefficients { components[index].coefficients = ZeroedMemory(byteCount: blocks * 128) }
      guard components[index].plane != nil,
        !coefficients || components[index].coefficients != nil
      else { throw MemoryError.short(bytes: blocks * (coefficients ? 192 : 64)) }
    }
  }
}
