// Vocabulary - CLIP's 49,408 tokens and the 48,894 merges that make them.
// SPDX-License-Identifier: Apache-2.0

/// The tokens of a byte pair encoding.
///
/// Ids 0 to 255 are the single bytes, in the order of `ByteAlphabet`; 256 to 511 the
/// same bytes at the end of a word; then one token a merge, in rank order, so that a merge's rank
/// is its token's id less 512 and "the lowest rank" is "the smallest id".
///
/// Source: `bpe_simple_vocab_16e6.txt` of github.com/openai/CLIP, embedded as `VocabularyMerges`.
struct Vocabulary: Sendable {
  /// Merges of the published vocabulary; the file has more lines, which the original ignores.
  static let publishedMerges = 48_894
  /// Single bytes, inside a word and at its end.
  static let byteSymbols = 512
  /// Returned by ``merged(_:_:_:)`` for a pair that is never merged.
  static let noMerge = UInt16.max

  /// Id of each byte inside a word.
  let symbolOfByte: [UInt16]
  /// Open-addressed table of `pair << 16 | merged id`; empty slots are all ones.
  let pairs: [UInt64]
  /// The tokens' bytes.
  private let symbols: SymbolTable

  /// Number of tokens without the two special ones.
  var count: Int { symbols.count }

  /// The bytes of a token and whether it ends a word.
  func token(_ id: Int) -> (bytes: ArraySlice<UInt8>, endsWord: Bool) {
    (symbols.bytes[symbols.range(of: id)], symbols.endsWord[id])
  }

  /// The token as the published list writes it: printable stand-ins for bytes, `</w>` at the end.
  func name(_ id: Int) -> String {
    symbols.name(symbols.range(of: id), endsWord: symbols.endsWord[id])
  }

  /// The token that two neighbours merge into, or ``noMerge``.
  ///
  /// A static function over a buffer taken once, because it is the tokenizer's innermost loop.
  @inline(__always)
  static func merged(_ table: UnsafeBufferPointer<UInt64>, _ left: UInt16, _ right: UInt16)
    -> UInt16
  {
    let key = UInt32(left) << 16 | UInt32(right)
    let mask = table.count &- 1
    var slot = hash(key) & mask
    while true {
      // safety: slot is masked with the table's size, a power of two; the table is never full.
      let entry = table[slot]
      if UInt32(truncatingIfNeeded: entry >> 16) == key { return UInt16(truncatingIfNeeded: entry) }
      if entry == .max { return noMerge }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(__always)
  private static func hash(_ key: UInt32) -> Int {
    Int(truncatingIfNeeded: (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 40)
  }

  /// Reads a merge list: symbols separated by white space, two a merge, in rank order.
  ///
  /// - Parameters:
  ///   - text: the list as UTF-8, with the original's stand-ins for bytes (``ByteAlphabet``).
  ///   - expected: the number of merges it must have.
  /// - Throws: `TokenizerError` when a symbol is unknown or made twice, or merges are missing.
  init(
    merges text: UnsafeBufferPointer<UInt8>, expected: Int = publishedMerges
  ) throws(TokenizerError) {
    var symbols = SymbolTable(capacity: Self.byteSymbols + expected)
    for endsWord in [false, true] {
      for byte in ByteAlphabet.order {
        symbols.bytes.append(byte)
        symbols.append(endsWord: endsWord)
      }
    }
    var symbolOfByte = [UInt16](repeating: 0, count: 256)
    for (id, byte) in ByteAlphabet.order.enumerated() { symbolOfByte[Int(byte)] = UInt16(id) }

    var capacity = 1024
    while capacity < 2 * (Self.byteSymbols + expected) { capacity *= 2 }
    var pairs = [UInt64](repeating: .max, count: capacity)

    var words = MergeWords(text: text)
    for merge in 0..<expected {
      // Both halves are written to the end of the byte store, where they already spell the merge.
      let start = symbols.bytes.count
      guard try words.read(into: &symbols.bytes, merge: merge) != nil else {
        throw .mergeCount(found: merge, expected: expected)
      }
      let middle = symbols.bytes.count
      guard let endsWord = try words.read(into: &symbols.bytes, merge: merge) else {
        throw .mergeCount(found: merge, expected: expected)
      }
      let end = symbols.bytes.count
      guard let left = symbols.id(of: start..<middle, endsWord: false) else {
        throw .unknownSymbol(symbols.name(start..<middle, endsWord: false), merge: merge)
      }
      guard let right = symbols.id(of: middle..<end, endsWord: endsWord) else {
        throw .unknownSymbol(symbols.name(middle..<end, endsWord: endsWord), merge: merge)
      }
      // A symbol made twice would make the result depend on the order of equal strings.
      guard symbols.id(of: start..<end, endsWord: endsWord) == nil else {
        throw .duplicateSymbol(symbols.name(start..<end, endsWord: endsWord), merge: merge)
      }
      let key = UInt32(left) << 16 | UInt32(right)
      var slot = Self.hash(key) & (capacity - 1)
      while pairs[slot] != .max { slot = (slot + 1) & (capacity - 1) }
      pairs[slot] = UInt64(key) << 16 | UInt64(symbols.append(endsWord: endsWord))
    }
    guard words.isAtEnd else { throw .mergeCount(found: expected + 1, expected: expected) }
    self.symbolOfByte = symbolOfByte
    self.pairs = pairs
    self.symbols = symbols
  }
}
