// UnicodeTables - code point properties, from the generated lists.
// SPDX-License-Identifier: Apache-2.0

/// Properties as the original's libraries see them, not as this Swift's Unicode version does.
enum UnicodeTables {
  /// One byte a code point: the piece class in the low bits, a flag in each of the others.
  struct Properties: OptionSet {
    /// The bits.
    let rawValue: UInt8
    /// White space to `str.strip`, and `\s` of Python's `re`.
    static let stripped = Properties(rawValue: 8)
    /// `\w` of Python's `re`.
    static let word = Properties(rawValue: 16)
    /// `\d` of Python's `re`.
    static let digit = Properties(rawValue: 32)
    /// A cased letter.
    static let cased = Properties(rawValue: 64)
    /// Ignored between a cased letter and a final sigma.
    static let ignorable = Properties(rawValue: 128)
  }

  private static let properties: [UInt8] = {
    var table = [UInt8](repeating: PieceClass.other.rawValue, count: 0x110000)
    func mark(_ text: StaticString, _ bits: UInt8) {
      TableText.forEachRange(text) { points, _ in
        for point in points { table[Int(point)] |= bits }
      }
    }
    mark(UnicodeData.letters, PieceClass.letter.rawValue)
    mark(UnicodeData.numbers, PieceClass.number.rawValue)
    mark(UnicodeData.spaces, PieceClass.space.rawValue)
    table[0x345] = PieceClass.skipped.rawValue
    mark(UnicodeData.stripped, Properties.stripped.rawValue)
    mark(UnicodeData.words, Properties.word.rawValue)
    mark(UnicodeData.digits, Properties.digit.rawValue)
    mark(UnicodeData.cased, Properties.cased.rawValue)
    mark(UnicodeData.ignorable, Properties.ignorable.rawValue)
    return table
  }()

  /// What the splitting pattern takes a code point for.
  static func pieceClass(_ scalar: UInt32) -> PieceClass {
    PieceClass(rawValue: properties[Int(scalar)] & 7) ?? .other
  }

  /// Whether a code point has a property.
  static func has(_ scalar: UInt32, _ property: Properties) -> Bool {
    properties[Int(scalar)] & property.rawValue != 0
  }

  private static let lowercase = TableText.mappings(UnicodeData.lower)

  /// Lower case as Python's `str.lower`: full mapping, and the final sigma at the end of words.
  static func lowercased(_ text: [UInt32]) -> [UInt32] {
    var lower: [UInt32] = []
    lower.reserveCapacity(text.count)
    for (index, scalar) in text.enumerated() {
      if scalar < 0x80 {
        lower.append(scalar &- 0x41 < 26 ? scalar | 0x20 : scalar)
      } else if scalar == 0x3A3 {
        lower.append(isFinalSigma(text, at: index) ? 0x3C2 : 0x3C3)
      } else if has(scalar, .cased), let mapped = lowercase[scalar] {
        lower += mapped
      } else {
        lower.append(scalar)
      }
    }
    return lower
  }

  /// Whether a cased letter comes before and none after, ignorable ones left out.
  private static func isFinalSigma(_ text: [UInt32], at index: Int) -> Bool {
    var before = index - 1
    while before >= 0, has(text[before], .ignorable) { before -= 1 }
    guard before >= 0, has(text[before], .cased) else { return false }
    var after = index + 1
    while after < text.count, has(text[after], .ignorable) { after += 1 }
    return after == text.count || !has(text[after], .cased)
  }
}
