// VocabularySymbols - the byte alphabet, the symbols met so far, and the words of a merge list.
// SPDX-License-Identifier: Apache-2.0

/// The printable stand-ins that the merge list writes for bytes.
///
/// A printable Latin-1 byte stands for itself; the other 68 bytes, in increasing order, are
/// written as the scalars from U+0100 on. As in GPT-2.
enum ByteAlphabet {
  /// All bytes in the vocabulary's order: those that stand for themselves first.
  static let order: [UInt8] = {
    let printable = (0...255).filter { isPrintable($0) }
    return (printable + (0...255).filter { !isPrintable($0) }).map(UInt8.init)
  }()

  /// The byte of each stand-in from U+0000 to U+0143; -1 where there is none.
  static let byteOfScalar: [Int16] = {
    var table = [Int16](repeating: -1, count: 0x144)
    for byte in order { table[Int(scalar(of: byte).value)] = Int16(byte) }
    return table
  }()

  private static let firstUnprintable = order.firstIndex { !isPrintable(Int($0)) } ?? 0

  /// The stand-in of a byte.
  static func scalar(of byte: UInt8) -> Unicode.Scalar {
    if isPrintable(Int(byte)) { return Unicode.Scalar(byte) }
    let rank = order[firstUnprintable...].firstIndex(of: byte) ?? firstUnprintable
    return Unicode.Scalar(UInt16(0x100 + rank - firstUnprintable)) ?? "?"
  }

  private static func isPrintable(_ byte: Int) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
  }
}

/// Symbols as byte strings, numbered in the order they were added, with a hash index.
struct SymbolTable: Sendable {
  /// The bytes of all symbols, one after the other; bytes beyond the last symbol are not yet one.
  var bytes: [UInt8] = []
  /// Whether each symbol ends a word.
  private(set) var endsWord: [Bool] = []
  private var starts: [Int32] = [0]
  private var slots: [Int32]

  /// Number of symbols.
  var count: Int { endsWord.count }

  /// An empty table with room for `capacity` symbols.
  init(capacity: Int) {
    var size = 1024
    while size < 2 * capacity { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    bytes.reserveCapacity(8 * capacity)
    endsWord.reserveCapacity(capacity)
    starts.reserveCapacity(capacity + 1)
  }

  /// Where a symbol's bytes stand.
  func range(of id: Int) -> Range<Int> { Int(starts[id])..<Int(starts[id + 1]) }

  /// Makes the bytes after the last symbol a symbol; returns its number.
  @discardableResult
  mutating func append(endsWord ends: Bool) -> Int {
    let id = count
    var slot = hash(Int(starts[id])..<bytes.count, ends)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(id)
    starts.append(Int32(bytes.count))
    endsWord.append(ends)
    return id
  }

  /// The symbol spelled by a range of `bytes`, if there is one.
  func id(of range: Range<Int>, endsWord ends: Bool) -> Int? {
    var slot = hash(range, ends)
    while slots[slot] >= 0 {
      let id = Int(slots[slot])
      if endsWord[id] == ends, bytes[self.range(of: id)].elementsEqual(bytes[range]) { return id }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// The symbol as the merge list writes it.
  func name(_ range: Range<Int>, endsWord ends: Bool) -> String {
    var name = ""
    for byte in bytes[range] { name.unicodeScalars.append(ByteAlphabet.scalar(of: byte)) }
    return ends ? name + "</w>" : name
  }

  private func hash(_ range: Range<Int>, _ ends: Bool) -> Int {
    var hash: UInt64 = ends ? 0x9E37_79B9_7F4A_7C15 : 0xCBF2_9CE4_8422_2325  // FNV-1a
    for byte in bytes[range] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: (hash ^ (hash >> 29)) & UInt64(slots.count - 1))
  }
}

/// Reads the white-space separated symbols of a merge list.
struct MergeWords {
  /// The list as UTF-8.
  let text: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// A reader at the start of a list.
  init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// Whether nothing but white space is left.
  var isAtEnd: Bool {
    mutating get {
      while position < text.count, text[position] <= 0x20 { position += 1 }
      return position == text.count
    }
  }

  /// Appends the next symbol's bytes; returns whether it ends a word, nil at the end of the list.
  ///
  /// - Throws: `TokenizerError.unknownSymbol` for a character that stands for no byte.
  mutating func read(into bytes: inout [UInt8], merge: Int) throws(TokenizerError) -> Bool? {
    if isAtEnd { return nil }
    let start = position
    while position < text.count, text[position] > 0x20 { position += 1 }
    var end = position
    let marker: StaticString = "</w>"
    let endsWord =
      end - start > 4 && (0..<4).allSatisfy { text[end - 4 + $0] == marker.utf8Start[$0] }
    if endsWord { end -= 4 }
    var index = start
    while index < end {
      var scalar = Int(text[index])
      index += 1
      if scalar >= 0xC0, index < end {  // the stand-ins end at U+0143, so two bytes at most
        scalar = (scalar & 0x1F) << 6 | Int(text[index] & 0x3F)
        index += 1
      }
      let byte = scalar < 0x144 ? ByteAlphabet.byteOfScalar[scalar] : -1
      guard byte >= 0 else {
        throw .unknownSymbol(String(decoding: text[start..<position], as: UTF8.self), merge: merge)
      }
      bytes.append(UInt8(byte))
    }
    return endsWord
  }
}
