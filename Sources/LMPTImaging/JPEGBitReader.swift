// JPEGBitReader - bits of entropy-coded data (T.81, F.2.2.5).
// SPDX-License-Identifier: Apache-2.0

/// Reads entropy-coded bits, undoing byte stuffing and stopping at a marker.
///
/// After a marker the stream reads as zeros, so that a damaged scan still gives a picture, as it
/// does in libjpeg. The refill points are libjpeg's too: they decide whether a file without its
/// end marker counts as complete.
struct JPEGBitReader {
  let base: UnsafePointer<UInt8>
  let end: Int
  /// Next byte to load.
  var position: Int
  /// The bits loaded; the lowest `count` are unused, the next one being the highest of them.
  var buffer: UInt64 = 0
  var count = 0
  /// The marker that ended the data, 0 before it is met.
  var marker: UInt8 = 0
  /// Whether bits beyond the marker were asked for.
  var isExhausted = false

  /// Makes `needed` bits available (real ones, or zeros after a marker).
  @inline(__always)
  mutating func ensure(_ needed: Int) throws(JPEGError) {
    if count < needed { self = try JPEGBitReader.refilled(self, needed) }
  }

  @inline(__always)
  func peek(_ bits: Int) -> Int {
    Int(truncatingIfNeeded: buffer &>> UInt64(truncatingIfNeeded: count &- bits))
      & (1 &<< bits &- 1)
  }

  @inline(__always)
  mutating func drop(_ bits: Int) {
    count &-= bits
  }

  @inline(__always)
  mutating func take(_ bits: Int) throws(JPEGError) -> Int {
    try ensure(bits)
    count &-= bits
    return Int(truncatingIfNeeded: buffer &>> UInt64(truncatingIfNeeded: count))
      & (1 &<< bits &- 1)
  }

  /// Forgets the unused bits, at a restart or the start of a scan.
  mutating func discardBits() {
    buffer = 0
    count = 0
  }

  /// Loads whole bytes until at least 57 bits are there.
  ///
  /// By value, so that callers can keep their reader in registers.
  @inline(never)
  static func refilled(_ start: JPEGBitReader, _ needed: Int) throws(JPEGError) -> JPEGBitReader {
    var reader = start
    if reader.marker != 0 {
      reader.padWithZeros(needed)
      return reader
    }
    // safety: 8 bytes are read only where 8 are left.
    if reader.position &+ 8 <= reader.end {
      let word = UInt64(
        bigEndian: UnsafeRawPointer(reader.base).loadUnaligned(
          fromByteOffset: reader.position, as: UInt64.self))
      if !containsFF(word) {
        let bytes = (64 &- reader.count) &>> 3
        let bits = UInt64(truncatingIfNeeded: bytes &* 8)
        reader.buffer = bits == 64 ? word : reader.buffer &<< bits | word &>> (64 &- bits)
        reader.count &+= bytes &* 8
        reader.position &+= bytes
        return reader
      }
    }
    while reader.count < 57 {
      guard var byte = reader.nextByte() else { throw .truncated(offset: reader.end) }
      if byte == 0xFF {
        repeat {
          guard let next = reader.nextByte() else { throw .truncated(offset: reader.end) }
          byte = next
        } while byte == 0xFF
        if byte != 0 {
          reader.marker = byte
          reader.padWithZeros(needed)
          return reader
        }
        byte = 0xFF
      }
      reader.buffer = reader.buffer &<< 8 | UInt64(byte)
      reader.count &+= 8
    }
    return reader
  }

  @inline(__always)
  private mutating func nextByte() -> UInt8? {
    guard position < end else { return nil }
    defer { position &+= 1 }
    return base[position]
  }

  private mutating func padWithZeros(_ needed: Int) {
    guard needed > count else { return }
    isExhausted = true
    buffer = buffer &<< UInt64(57 - count)
    count = 57
  }

  /// Whether any byte of a word is 0xFF.
  @inline(__always)
  static func containsFF(_ word: UInt64) -> Bool {
    let inverted = ~word
    return (inverted &- 0x0101_0101_0101_0101) & ~inverted & 0x8080_8080_8080_8080 != 0
  }

  /// Decodes one symbol; 0 for a code that the table does not have.
  @inline(__always)
  mutating func symbol(_ code: JPEGHuffmanCode) throws(JPEGError) -> Int {
    if count < 8 { self = try JPEGBitReader.refilled(self, 0) }
    if count >= 8 {
      let entry = Int(code.lookup[peek(8)])
      let length = entry &>> 8
      if length <= 8 {
        count &-= length
        return entry & 0xFF
      }
      return try longSymbol(code, from: 9)
    }
    return try longSymbol(code, from: 1)
  }

  /// Collects a code bit by bit from `length` bits on.
  @inline(__always)
  mutating func longSymbol(_ code: JPEGHuffmanCode, from length: Int) throws(JPEGError) -> Int {
    let result = try JPEGBitReader.decodeLong(self, code, length)
    self = result.reader
    return result.symbol
  }

  @inline(never)
  private static func decodeLong(
    _ start: JPEGBitReader, _ code: JPEGHuffmanCode, _ shortest: Int
  ) throws(JPEGError) -> (reader: JPEGBitReader, symbol: Int) {
    var reader = start
    var length = shortest
    var word = try reader.take(length)
    while word > Int(code.maxCode[length]) {
      word = word &<< 1 | (try reader.take(1))
      length &+= 1
    }
    if length > 16 { return (reader, 0) }
    return (reader, Int(code.symbols[(word &+ Int(code.symbolOffset[length])) & 0xFF]))
  }
}

/// Natural (row-major) position of each zigzag index; beyond 63 all point at the last coefficient,
/// where damaged data that run past the block end up.
let naturalOrder: [UInt8] = {
  var order: [UInt8] = []
  for diagonal in 0..<15 {
    let rows = (0..<8).filter { (0..<8).contains(diagonal - $0) }
    for row in diagonal % 2 == 0 ? rows.reversed() : rows {
      order.append(UInt8(row * 8 + diagonal - row))
    }
  }
  return order + [UInt8](repeating: 63, count: 16)
}()
