// DeflatedRun - the smallest deflate stream for many equal bytes.
// SPDX-License-Identifier: Apache-2.0

/// Raw deflate data of `count` equal bytes, 1032 times shorter, as near as the format allows.
package func deflatedRun(of byte: UInt8, count: Int) -> [UInt8] {
  guard count > 0 else { return [0x03, 0x00] }
  var bits = BitWriter()
  bits.putRun(of: byte, count: count, isLast: true)
  return bits.finish()
}

/// Raw deflate data of `count` zeros, each in a block with codes of its own: the most work a byte.
package func deflatedBlocks(_ count: Int) -> [UInt8] {
  var bits = BitWriter()
  for index in 0..<count { bits.putRun(of: 0, count: 1, isLast: index == count - 1) }
  return bits.finish()
}

/// A zlib stream around raw deflate data.
package func zlib(_ raw: [UInt8], adler: UInt32) -> [UInt8] {
  [0x78, 0x9C] + raw + (0..<4).map { UInt8(truncatingIfNeeded: adler >> (24 - 8 * $0)) }
}

/// Adler-32 of `count` equal bytes, without making them.
package func adlerOfRun(of byte: UInt8, count: Int) -> UInt32 {
  // a = 1 + count * byte; b = count + byte * count (count + 1) / 2.
  let modulus = 65_521
  let (n, v) = (count % (2 * modulus), Int(byte))
  let low = (1 + n * v) % modulus
  let high = (n + v * (n * (n + 1) / 2 % modulus)) % modulus
  return UInt32(high << 16 | low)
}

extension BitWriter {
  /// One block with its own codes (RFC 1951, 3.2.7), in which a copy of 258 bytes takes two bits.
  mutating func putRun(of byte: UInt8, count: Int, isLast: Bool) {
    // Dynamic codes; 286 lengths, 1 distance, 18 lengths of lengths.
    put(isLast ? 1 : 0, 1)
    put(2, 2)
    put(29, 5)
    put(0, 5)
    put(14, 4)
    // Of the lengths' alphabet 1, 2, 17 and 18 (short and long runs of zeros) occur, with 2 bits each.
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1] {
      put([1, 2, 17, 18].contains(symbol) ? 2 : 0, 3)
    }
    // Codes in the order of their symbols: 00, 01, 10, 11; they go out from the first bit on.
    let (one, two, short, long) = (0b00, 0b10, 0b01, 0b11)
    func zeros(_ bits: inout BitWriter, _ count: Int) {
      var left = count
      while left > 0 {
        // A short run has 3 to 10 zeros, a long one 11 to 138.
        let run = left <= 138 ? left : min(138, left - 3)
        precondition(run >= 3, "\(count) zeros")
        bits.put(run < 11 ? short : long, 2)
        bits.put(run < 11 ? run - 3 : run - 11, run < 11 ? 3 : 7)
        left -= run
      }
    }
    // The literal and the end of the block have 2 bits, the copy of 258 bytes has 1.
    let literal = Int(byte)
    zeros(&self, literal)
    put(two, 2)
    zeros(&self, 255 - literal)
    put(two, 2)
    zeros(&self, 28)
    put(one, 2)
    // The one distance, 1.
    put(one, 2)
    // Of the codes, copy is "0", the literal "10", the end "11"; the distance is "0".
    let copies = (count - 1) / 258
    let literals = count - 258 * copies
    for _ in 0..<literals { put(0b01, 2) }
    putZeros(2 * copies)
    put(0b11, 2)
  }

}

/// Bits, lowest first, as deflate has them.
struct BitWriter {
  private var bytes: [UInt8] = []
  private var filled = 0
  private var current: UInt8 = 0

  mutating func put(_ value: Int, _ count: Int) {
    for bit in 0..<count {
      current |= UInt8(value >> bit & 1) << UInt8(filled)
      filled += 1
      if filled == 8 { flush() }
    }
  }

  mutating func putZeros(_ count: Int) {
    var left = count
    while left > 0, filled > 0 {
      put(0, 1)
      left -= 1
    }
    bytes.append(contentsOf: repeatElement(0, count: left / 8))
    put(0, left % 8)
  }

  private mutating func flush() {
    bytes.append(current)
    (current, filled) = (0, 0)
  }

  mutating func finish() -> [UInt8] {
    if filled > 0 { flush() }
    return bytes
  }
}
