// JPEGHuffman - Huffman tables (T.81, Annex C and F.2.2.3).
// SPDX-License-Identifier: Apache-2.0

/// A table as a DHT segment defines it.
struct JPEGHuffmanSpecification {
  /// Codes of length 1...16 at index 0...15.
  let counts: [UInt8]
  /// Symbols in order of code length.
  let symbols: [UInt8]
}

/// Pointers into a derived table, for the hot loops; the table that owns them must be alive.
struct JPEGHuffmanCode {
  /// For the next 8 bits: code length << 8 | symbol; length 9 means "longer".
  let lookup: UnsafePointer<UInt16>
  /// For the next 10 bits: value << 16 | run << 8 | bits, where code and value fit; 0 elsewhere.
  let combined: UnsafePointer<Int32>
  /// Largest code of each length (index 1...17), -1 where there is none.
  let maxCode: UnsafePointer<Int32>
  /// Index of the first symbol of each length less its first code.
  let symbolOffset: UnsafePointer<Int32>
  /// 256 symbols, zero-padded.
  let symbols: UnsafePointer<UInt8>
}

/// The decoding tables of one Huffman code.
final class JPEGHuffmanTable {
  private let storage: UnsafeMutableRawPointer
  let code: JPEGHuffmanCode

  /// Width of the combined table's index.
  static let combinedBits = 10
  /// The run that marks the end of a block: it carries any index past 63.
  static let endOfBlockRun = 64

  /// Derives the tables, checking that the counts form a prefix code without an all-ones word.
  init(_ specification: JPEGHuffmanSpecification, isDC: Bool, index: Int) throws(JPEGError) {
    let symbols = specification.symbols
    if isDC, symbols.contains(where: { $0 > 15 }) { throw .huffmanTable(index: index) }
    let bytes = 256 * 2 + 1024 * 4 + 18 * 4 + 18 * 4 + 256
    let storage = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
    storage.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    // safety: five regions of the sizes above, each written only at checked indices below.
    let combined = storage.assumingMemoryBound(to: Int32.self)
    let maxCode = combined + 1024
    let symbolOffset = maxCode + 18
    let lookup = UnsafeMutableRawPointer(symbolOffset + 18).assumingMemoryBound(to: UInt16.self)
    let values = UnsafeMutableRawPointer(lookup + 256).assumingMemoryBound(to: UInt8.self)
    self.storage = storage
    code = JPEGHuffmanCode(
      lookup: lookup, combined: combined, maxCode: maxCode, symbolOffset: symbolOffset,
      symbols: values)

    for (position, symbol) in symbols.prefix(256).enumerated() { values[position] = symbol }
    for entry in 0..<256 { lookup[entry] = 9 << 8 }
    var next = 0
    var position = 0
    for length in 1...16 {
      let count = Int(specification.counts[length - 1])
      maxCode[length] = count == 0 ? -1 : Int32(next + count - 1)
      symbolOffset[length] = Int32(position - next)
      guard position + count <= 256 else { throw .huffmanTable(index: index) }
      for _ in 0..<count {
        // No code of a length may be all ones.
        guard next < 1 << length - 1 else { throw .huffmanTable(index: index) }
        if length <= 8 {
          let first = next << (8 - length)
          for entry in first..<first + 1 << (8 - length) {
            lookup[entry] = UInt16(length) << 8 | UInt16(values[position])
          }
        }
        if length <= JPEGHuffmanTable.combinedBits {
          fillCombined(combined, code: next, length: length, symbol: values[position], isDC: isDC)
        }
        next += 1
        position += 1
      }
      next <<= 1
    }
    maxCode[17] = 0xFFFFF
  }

  deinit { storage.deallocate() }

  /// Enters a code whose value bits also fit the index, or which ends the block.
  private func fillCombined(
    _ combined: UnsafeMutablePointer<Int32>, code: Int, length: Int, symbol: UInt8, isDC: Bool
  ) {
    let size = Int(symbol & 15)
    let run = isDC ? 0 : Int(symbol >> 4)
    let free = JPEGHuffmanTable.combinedBits - length - size
    guard free >= 0 else { return }
    if size == 0, !isDC, run != 0 { return }
    let first = code << (JPEGHuffmanTable.combinedBits - length)
    for tail in 0..<1 << (JPEGHuffmanTable.combinedBits - length) {
      let magnitude = tail >> free
      let value = size == 0 ? 0 : JPEGHuffmanTable.extend(magnitude, size)
      let advance = size == 0 && !isDC ? JPEGHuffmanTable.endOfBlockRun : run
      combined[first + tail] = Int32(value << 16 | advance << 8 | (length + size))
    }
  }

  /// T.81, F.12: the value that `size` additional bits stand for.
  @inline(__always)
  static func extend(_ bits: Int, _ size: Int) -> Int {
    bits < 1 &<< (size &- 1) ? bits &- (1 &<< size) &+ 1 : bits
  }
}

extension JPEGHuffmanSpecification {
  /// The tables of T.81, K.3, which decoders assume where a file (Motion JPEG) defines none.
  static func standard(isDC: Bool, index: Int) -> JPEGHuffmanSpecification? {
    switch (isDC, index) {
    case (true, 0):
      JPEGHuffmanSpecification(
        counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], symbols: Array(0...11))
    case (true, 1):
      JPEGHuffmanSpecification(
        counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], symbols: Array(0...11))
    case (false, 0):
      JPEGHuffmanSpecification(
        counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125], symbols: luminanceAC)
    case (false, 1):
      JPEGHuffmanSpecification(
        counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119], symbols: chrominanceAC)
    default:
      nil
    }
  }

  private static let luminanceAC: [UInt8] =
    [
      0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61,
      0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52,
      0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25,
    ] + tail([6, 4, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1])

  private static let chrominanceAC: [UInt8] =
    [
      0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61,
      0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33,
      0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18,
      0x19, 0x1A,
    ] + tail([6, 5, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2])

  /// The end of both tables: for runs 2...15 every size from the given smallest one to 10, in order.
  private static func tail(_ smallest: [UInt8]) -> [UInt8] {
    zip(UInt8(2)...15, smallest).flatMap { run, size in (size...10).map { run << 4 | $0 } }
  }
}
