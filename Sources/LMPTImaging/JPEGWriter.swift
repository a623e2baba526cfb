// JPEGWriter - the segments and the bits of a JPEG file.
// SPDX-License-Identifier: Apache-2.0

/// The code words of a Huffman table (T.81, C.2).
struct JPEGCode {
  /// Code and length of each symbol; length 0 where there is none.
  private(set) var words = [(code: UInt32, length: Int)](repeating: (0, 0), count: 256)

  /// A table of T.81, K.3: 0 for luma, 1 for chroma.
  init(isDC: Bool, _ index: Int) {
    guard let table = JPEGHuffmanSpecification.standard(isDC: isDC, index: index) else {
      fatalError("the standard has two tables of each kind")
    }
    var (code, place) = (UInt32(0), 0)
    for length in 1...16 {
      for _ in 0..<Int(table.counts[length - 1]) {
        words[Int(table.symbols[place])] = (code, length)
        (code, place) = (code + 1, place + 1)
      }
      code <<= 1
    }
  }
}

/// A file under construction.
struct JPEGWriter {
  private var out: [UInt8] = [0xFF, 0xD8]
  private var bits: UInt64 = 0
  private var held = 0

  private mutating func segment(_ marker: UInt8, _ payload: [UInt8]) {
    out += [0xFF, marker] + JPEGWriter.word(payload.count + 2) + payload
  }

  private static func word(_ value: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
  }

  /// Everything before the first scan's data.
  mutating func header(width: Int, height: Int, _ steps: JPEGSteps) {
    // JFIF 1.1 with square pixels of no known size.
    segment(0xE0, Array("JFIF".utf8) + [0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
    for (index, table) in [steps.luma, steps.chroma].enumerated() {
      segment(
        0xDB, [UInt8(index)] + naturalOrder.prefix(64).map { UInt8(table[Int($0)]) })
    }
    // Luma has two samples where chroma has one, in each direction.
    segment(
      0xC0,
      [8] + JPEGWriter.word(height) + JPEGWriter.word(width)
        + [3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
    for index in 0..<2 {
      for isDC in [true, false] {
        guard let table = JPEGHuffmanSpecification.standard(isDC: isDC, index: index) else {
          continue
        }
        segment(0xC4, [UInt8(index) + (isDC ? 0 : 0x10)] + table.counts + table.symbols)
      }
    }
    segment(0xDA, [3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0])
  }

  /// A value after `run` zeros: the symbol of its size, then its bits (T.81, F.1.2.1 and F.1.2.2).
  mutating func write(_ value: Int32, run: Int, _ code: JPEGCode) {
    let size = 32 - value.magnitude.leadingZeroBitCount
    write(symbol: run << 4 | size, code)
    // A negative value is written as what is one less, without its leading ones.
    let low = UInt32(bitPattern: value < 0 ? value - 1 : value) & (1 << UInt32(size) - 1)
    append(low, size)
  }

  mutating func write(symbol: Int, _ code: JPEGCode) {
    let word = code.words[symbol]
    append(word.code, word.length)
  }

  private mutating func append(_ value: UInt32, _ count: Int) {
    bits = bits << UInt64(count) | UInt64(value)
    held += count
    while held >= 8 {
      held -= 8
      let byte = UInt8(truncatingIfNeeded: bits >> UInt64(held))
      out.append(byte)
      if byte == 0xFF { out.append(0) }  // so that it is no marker
    }
  }

  /// The file: the last byte is filled with ones.
  mutating func finished() -> [UInt8] {
    if held > 0 { append(1 << UInt32(8 - held) - 1, 8 - held) }
    return out + [0xFF, 0xD9]
  }
}
