// UnicodeNormalization - canonical composition (NFC) with the original's Unicode version.
// SPDX-License-Identifier: Apache-2.0

/// NFC as Python's `unicodedata.normalize` does it.
///
/// Source: Unicode Standard Annex 15; Hangul by arithmetic (The Unicode Standard, 3.12).
enum UnicodeNormalization {
  private static let composing = TableText.mappings(UnicodeData.composing)
  private static let decomposing = TableText.mappings(UnicodeData.decomposing)

  private static let composites: [UInt64: UInt32] = {
    var composites: [UInt64: UInt32] = [:]
    for (composite, parts) in composing { composites[pair(parts[0], parts[1])] = composite }
    return composites
  }()

  /// Canonical combining class of each code point; 255 marks class 0 that may change all the same.
  private static let combining: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 0x110000)
    for scalar in decomposing.keys { table[Int(scalar)] = changes }
    for parts in composing.values { table[Int(parts[1])] = changes }
    for scalar in Hangul.vowels.lowerBound..<Hangul.trailing.upperBound {
      table[Int(scalar)] = changes
    }
    TableText.forEachRange(UnicodeData.combining) { points, value in
      for point in points { table[Int(point)] = UInt8(value[0]) }
    }
    return table
  }()
  private static let changes: UInt8 = 255

  private enum Hangul {
    static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
    static let leading: Range<UInt32> = 0x1100..<0x1113
    static let vowels: Range<UInt32> = 0x1161..<0x1176
    /// Trailing consonants; the first place means "none".
    static let trailing: Range<UInt32> = 0x11A7..<0x11C3
  }

  private static func pair(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first) << 32 | UInt64(second)
  }

  private static func combiningClass(_ scalar: UInt32) -> UInt8 {
    let value = combining[Int(scalar)]
    return value == changes ? 0 : value
  }

  /// The text in normalization form C.
  static func composed(_ text: [UInt32]) -> [UInt32] {
    // Nothing below U+0300 changes by itself or combines with what comes before it.
    guard text.contains(where: { $0 >= 0x300 && combining[Int($0)] != 0 }) else { return text }
    var decomposed: [UInt32] = []
    decomposed.reserveCapacity(text.count)
    for scalar in text { decompose(scalar, into: &decomposed) }
    reorder(&decomposed)
    return compose(decomposed)
  }

  private static func decompose(_ scalar: UInt32, into text: inout [UInt32]) {
    if scalar < 0xC0 {
      text.append(scalar)
    } else if Hangul.syllables.contains(scalar) {
      let index = scalar - Hangul.syllables.lowerBound
      text.append(Hangul.leading.lowerBound + index / 588)
      text.append(Hangul.vowels.lowerBound + index % 588 / 28)
      if index % 28 > 0 { text.append(Hangul.trailing.lowerBound + index % 28) }
    } else if let parts = composing[scalar] ?? decomposing[scalar] {
      for part in parts { decompose(part, into: &text) }
    } else {
      text.append(scalar)
    }
  }

  /// Sorts each run of combining marks by class, equal classes in place.
  private static func reorder(_ text: inout [UInt32]) {
    var start = 0
    while start < text.count {
      guard combiningClass(text[start]) != 0 else {
        start += 1
        continue
      }
      var end = start
      while end < text.count, combiningClass(text[end]) != 0 { end += 1 }
      let run = text[start..<end].enumerated().sorted {
        let (left, right) = (combiningClass($0.element), combiningClass($1.element))
        return left == right ? $0.offset < $1.offset : left < right
      }
      text.replaceSubrange(start..<end, with: run.map(\.element))
      start = end
    }
  }

  private static func compose(_ text: [UInt32]) -> [UInt32] {
    var composed: [UInt32] = []
    composed.reserveCapacity(text.count)
    var starter: Int?  // where the last code point of class 0 stands in `composed`
    var blockedBy: UInt8 = 0  // class of the last mark kept since the starter
    for scalar in text {
      let mark = combiningClass(scalar)
      if let starter {
        let adjacent = starter == composed.count - 1
        if adjacent || (blockedBy < mark && mark != 0),
          let composite = composite(composed[starter], scalar)
        {
          composed[starter] = composite
          continue
        }
      }
      if mark == 0 {
        starter = composed.count
        blockedBy = 0
      } else {
        blockedBy = mark
      }
      composed.append(scalar)
    }
    return composed
  }

  private static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if Hangul.leading.contains(first), Hangul.vowels.contains(second) {
      let (leading, vowel) = (first - Hangul.leading.lowerBound, second - Hangul.vowels.lowerBound)
      return Hangul.syllables.lowerBound + (leading * 21 + vowel) * 28
    }
    if Hangul.syllables.contains(first), (first - Hangul.syllables.lowerBound) % 28 == 0,
      Hangul.trailing.dropFirst().contains(second)
    {
      return first + second - Hangul.trailing.lowerBound
    }
    return composites[pair(first, second)]
  }
}
