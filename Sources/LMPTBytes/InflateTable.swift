// InflateTable - a prefix code's decoding table (RFC 1951, 3.2.2).
// SPDX-License-Identifier: Apache-2.0

/// A two-level decoding table: a root indexed by the next bits of the stream, and below it one
/// subtable for each group of longer codes that share those bits.
///
/// An entry packs, from the low end: bits to drop (4), extra bits or subtable bits (4), kind (8),
/// value (16). Codes are bit-reversed, since deflate sends their first bit in the lowest position.
struct InflateTable {
  /// What an entry stands for.
  enum Kind {
    static let literal: UInt32 = 0
    static let base: UInt32 = 1 << 8
    static let endOfBlock: UInt32 = 2 << 8
    static let subtable: UInt32 = 3 << 8
    static let invalid: UInt32 = 4 << 8
    static let mask: UInt32 = 0xFF << 8
  }

  /// Which alphabet a table decodes, and so what a symbol means.
  enum Alphabet { case codeLengths, literals, distances }

  let rootBits: Int
  private(set) var entries: [UInt32]

  /// Builds the table from one code length per symbol, 0 meaning unused.
  ///
  /// An over-subscribed set is refused; so is an incomplete one, except the single one-bit code
  /// that the format allows (and the empty distance code of blocks without matches).
  init?(_ lengths: ArraySlice<UInt8>, alphabet: Alphabet, rootBits: Int) {
    self.rootBits = rootBits
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths { counts[Int(length)] += 1 }
    counts[0] = 0
    var space = 1
    for length in 1...15 {
      space = space << 1 - counts[length]
      if space < 0 { return nil }
    }
    let longest = (1...15).last { counts[$0] > 0 } ?? 0
    if space > 0, alphabet == .codeLengths || longest > 1 { return nil }

    entries = [UInt32](repeating: Kind.invalid | 1, count: 1 << rootBits)
    var nextCode = [Int](repeating: 0, count: 17)
    for length in 1...15 { nextCode[length + 1] = (nextCode[length] + counts[length]) << 1 }
    // Symbols in order of code length, so that a subtable is created by its longest prefix group.
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let bits = Int(length)
      let code = nextCode[bits]
      nextCode[bits] += 1
      let reversed = InflateTable.reverse(code, bits)
      let meaning = InflateTable.meaning(of: symbol, alphabet)
      if bits <= rootBits {
        var index = reversed
        while index < 1 << rootBits {
          entries[index] = meaning | UInt32(bits)
          index += 1 << bits
        }
      } else {
        addLong(reversed, bits, meaning, subtableBits: longest - rootBits)
      }
    }
  }

  private mutating func addLong(_ reversed: Int, _ bits: Int, _ meaning: UInt32, subtableBits: Int)
  {
    let root = reversed & (1 << rootBits - 1)
    if entries[root] & Kind.mask != Kind.subtable {
      let start = UInt32(entries.count)
      entries[root] = Kind.subtable | UInt32(subtableBits) << 4 | UInt32(rootBits) | start << 16
      entries.append(contentsOf: repeatElement(Kind.invalid | 1, count: 1 << subtableBits))
    }
    let start = Int(entries[root] >> 16)
    var index = reversed >> rootBits
    while index < 1 << subtableBits {
      entries[start + index] = meaning | UInt32(bits - rootBits)
      index += 1 << (bits - rootBits)
    }
  }

  private static func reverse(_ code: Int, _ bits: Int) -> Int {
    var result = 0
    for bit in 0..<bits where code >> bit & 1 == 1 { result |= 1 << (bits - 1 - bit) }
    return result
  }

  private static func meaning(of symbol: Int, _ alphabet: Alphabet) -> UInt32 {
    func base(_ value: Int, extra: Int) -> UInt32 {
      Kind.base | UInt32(extra) << 4 | UInt32(value) << 16
    }
    switch alphabet {
    case .codeLengths:
      return Kind.literal | UInt32(symbol) << 16
    case .literals:
      if symbol < 256 { return Kind.literal | UInt32(symbol) << 16 }
      if symbol == 256 { return Kind.endOfBlock }
      if symbol == 285 { return base(258, extra: 0) }
      if symbol > 285 { return Kind.invalid }
      let index = symbol - 257
      if index < 8 { return base(3 + index, extra: 0) }
      // Four lengths share each count of extra bits: 11, 13, 15, 17, 19, 23 ...
      let extra = index / 4 - 1
      return base(3 + (4 + index % 4) << extra, extra: extra)
    case .distances:
      if symbol > 29 { return Kind.invalid }
      if symbol < 4 { return base(1 + symbol, extra: 0) }
      let extra = symbol / 2 - 1
      return base(1 + (2 + symbol % 2) << extra, extra: extra)
    }
  }
}
