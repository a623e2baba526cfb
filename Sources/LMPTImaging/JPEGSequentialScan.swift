// JPEGSequentialScan - Huffman-coded blocks of baseline and extended scans (T.81, F.2.2).
// SPDX-License-Identifier: Apache-2.0

extension JPEGBitReader {
  /// Decodes one block, checking every refill: the careful twin of `fastBlock`.
  ///
  /// - Parameters:
  ///   - block: 64 coefficients in natural order, zero before.
  ///   - dc: code of the DC categories.
  ///   - ac: code of the AC run/size pairs.
  ///   - prediction: the component's last DC value, updated.
  ///   - order: `naturalOrder`.
  /// - Throws: `JPEGError.truncated` where the file ends.
  mutating func carefulBlock(
    _ block: UnsafeMutablePointer<Int16>, _ dc: JPEGHuffmanCode, _ ac: JPEGHuffmanCode,
    _ prediction: inout Int32, _ order: UnsafePointer<UInt8>
  ) throws(JPEGError) {
    let category = try symbol(dc)
    if category > 0 {
      prediction &+= Int32(
        truncatingIfNeeded: JPEGHuffmanTable.extend(try take(category), category))
    }
    block[0] = Int16(truncatingIfNeeded: prediction)
    var index = 1
    while index < 64 {
      let pair = try symbol(ac)
      let run = pair &>> 4
      let size = pair & 15
      if size > 0 {
        index &+= run
        // safety: index < 64 + 15, inside the extended order.
        let value = JPEGHuffmanTable.extend(try take(size), size)
        block[Int(order[index])] = Int16(truncatingIfNeeded: value)
        index &+= 1
      } else {
        if run != 15 { break }
        index &+= 16
      }
    }
  }

  /// Decodes one block where the input certainly suffices; false when a marker got in the way.
  @inline(__always)
  mutating func fastBlock(
    _ block: UnsafeMutablePointer<Int16>, _ dc: JPEGHuffmanCode, _ ac: JPEGHuffmanCode,
    _ prediction: inout Int32, _ order: UnsafePointer<UInt8>
  ) -> Bool {
    guard refillFast() else { return false }
    var entry = Int(dc.combined[peek(JPEGHuffmanTable.combinedBits)])
    if entry != 0 {
      drop(entry & 0xFF)
      prediction &+= Int32(truncatingIfNeeded: entry &>> 16)
    } else {
      let category = fastSymbol(dc)
      if category > 0 {
        guard refillFast() else { return false }
        let bits = peek(category)
        drop(category)
        prediction &+= Int32(truncatingIfNeeded: JPEGHuffmanTable.extend(bits, category))
      }
    }
    block[0] = Int16(truncatingIfNeeded: prediction)
    var index = 1
    while index < 64 {
      guard refillFast() else { return false }
      entry = Int(ac.combined[peek(JPEGHuffmanTable.combinedBits)])
      if entry != 0 {
        drop(entry & 0xFF)
        index &+= entry &>> 8 & 0xFF
        if index >= 64 {
          // The end of the block, or damaged data running past it: libjpeg's place for those.
          if entry &>> 16 != 0 { block[63] = Int16(truncatingIfNeeded: entry &>> 16) }
          break
        }
        block[Int(order[index])] = Int16(truncatingIfNeeded: entry &>> 16)
        index &+= 1
        continue
      }
      let pair = fastSymbol(ac)
      let run = pair &>> 4
      let size = pair & 15
      if size > 0 {
        index &+= run
        guard refillFast() else { return false }
        let bits = peek(size)
        drop(size)
        // safety: index < 64 + 15, inside the extended order.
        block[Int(order[index])] = Int16(truncatingIfNeeded: JPEGHuffmanTable.extend(bits, size))
        index &+= 1
      } else {
        if run != 15 { break }
        index &+= 16
      }
    }
    return true
  }

  /// Loads 6 bytes when 16 bits or fewer are left; false at a marker or the end of the input.
  @inline(__always)
  private mutating func refillFast() -> Bool {
    if count > 16 { return true }
    // safety: 8 bytes are read only where 8 are left.
    guard position &+ 8 <= end else { return false }
    let word = UInt64(
      bigEndian: UnsafeRawPointer(base).loadUnaligned(fromByteOffset: position, as: UInt64.self))
    if !JPEGBitReader.containsFF(word & ~0xFFFF) {
      buffer = buffer &<< 48 | word &>> 16
      count &+= 48
      position &+= 6
      return true
    }
    for _ in 0..<6 {
      guard position &+ 1 < end else { return false }
      let byte = base[position]
      position &+= 1
      if byte == 0xFF {
        if base[position] != 0 { return false }
        position &+= 1
      }
      buffer = buffer &<< 8 | UInt64(byte)
      count &+= 8
    }
    return true
  }

  /// Decodes one symbol from bits that are there (17 at least).
  @inline(__always)
  private mutating func fastSymbol(_ code: JPEGHuffmanCode) -> Int {
    let entry = Int(code.lookup[peek(8)])
    var length = entry &>> 8
    drop(length)
    if length <= 8 { return entry & 0xFF }
    var word = Int(truncatingIfNeeded: buffer &>> UInt64(truncatingIfNeeded: count)) & 0x1FF
    while word > Int(code.maxCode[length]) {
      word = word &<< 1 | peek(1)
      drop(1)
      length &+= 1
    }
    if length > 16 { return 0 }
    return Int(code.symbols[(word &+ Int(code.symbolOffset[length])) & 0xFF])
  }
}
