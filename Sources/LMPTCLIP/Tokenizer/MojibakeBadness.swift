// MojibakeBadness - the test whether a text looks like mojibake.
// SPDX-License-Identifier: Apache-2.0

/// Sequences of characters that are far more often a wrong decoding than meant.
///
/// Source: ftfy 6.3.1, `ftfy.badness`; a pattern below is one alternative of its expression.
enum MojibakeBadness {
  /// Groups of the few hundred characters that occur in mojibake.
  struct Category: OptionSet {
    /// The bits.
    let rawValue: UInt32
    static let common = Category(rawValue: 1 << 0)
    static let c1 = Category(rawValue: 1 << 1)
    static let bad = Category(rawValue: 1 << 2)
    static let law = Category(rawValue: 1 << 3)
    static let currency = Category(rawValue: 1 << 4)
    static let start = Category(rawValue: 1 << 5)
    static let end = Category(rawValue: 1 << 6)
    static let numeric = Category(rawValue: 1 << 7)
    static let kaomoji = Category(rawValue: 1 << 8)
    static let upper = Category(rawValue: 1 << 9)
    static let lower = Category(rawValue: 1 << 10)
    static let upperCommon = Category(rawValue: 1 << 11)
    static let lowerCommon = Category(rawValue: 1 << 12)
    static let box = Category(rawValue: 1 << 13)
    /// a to z.
    static let smallLetter = Category(rawValue: 1 << 14)
    /// A to Z.
    static let capitalLetter = Category(rawValue: 1 << 15)

    static let accented: Category = [.upper, .lower]
    static let latinLetter: Category = [.smallLetter, .capitalLetter]
  }

  /// One place of a sequence.
  private enum Step {
    case of(Category, also: String = "")
    case space, word, notLatinLetter, notLineFeed

    func matches(_ scalar: UInt32, _ category: Category) -> Bool {
      switch self {
      case .of(let categories, let also):
        return !category.isDisjoint(with: categories)
          || !also.isEmpty && also.unicodeScalars.contains { $0.value == scalar }
      case .space: return UnicodeTables.has(scalar, .stripped)
      case .word: return UnicodeTables.has(scalar, .word)
      case .notLatinLetter: return category.isDisjoint(with: .latinLetter)
      case .notLineFeed: return scalar != 0x0A
      }
    }
  }

  private struct Pattern {
    var steps: [Step]
    var onlyAtStart = false
  }

  private static func any(_ scalars: String) -> Step { .of([], also: scalars) }

  private static let ordinary: Category = [
    .lower, .upper, .box, .start, .end, .currency, .numeric, .law,
  ]
  private static let afterArabicLead: Step = .of(
    [.common, .currency, .bad, .numeric, .start],
    also: "\u{178}\u{160}\u{AE}\u{B0}\u{B5}\u{BB}")

  private static let patterns: [Pattern] =
    [
      [.of(.c1)],
      [.of([.bad, ordinary]), .of(.bad)],
      [.of(.latinLetter), .of([.lowerCommon, .upperCommon]), .of(.bad)],
      [.of(.bad), .of(ordinary)],
      [.of([.lower, .lowerCommon, .box, .end, .currency, .numeric]), .of(.upper)],
      [.of([.box, .end, .currency, .numeric]), .of(.lower)],
      [.of([.lower, .box, .end]), .of(.currency)],
      [.space, .of(.upper), .of(.currency)],
      [.of([.upper, .box]), .of([.numeric, .law])],
      [.of([.accented, .box, .currency, .end]), .of(.start), .of(.numeric)],
      [.of([.accented, .currency, .numeric, .box, .law]), .of(.end), .of(.start)],
      [.of([.currency, .numeric, .box]), .of(.start)],
      [.of(.smallLetter), .of(.upper), .of([.start, .currency])],
      [.of(.box), .of(.kaomoji)],
      [.of([.accented, .currency, .numeric, .start, .end, .law]), .of(.box)],
      [.of(.box), .of(.end)],
      [.of(.accented), .of([.start, .end]), .word],
      // The ligature oe, not before a Latin letter; a degree sign after a capital letter.
      [any("\u{152}\u{153}"), .notLatinLetter],
      [.of(.upper), any("\u{B0}")],
      // Windows-1252 pairs that the rules above miss.
      [
        any("\u{C2}\u{C3}\u{CE}\u{D0}"),
        .of(
          [.start, .end],
          also: "\u{20AC}\u{153}\u{160}\u{161}\u{A2}\u{A3}\u{178}\u{17E}\u{A0}\u{AD}\u{AE}\u{A9}"
            + "\u{B0}\u{B7}\u{BB}\u{2013}\u{2014}\u{B4}"),
      ],
      [any("\u{D7}"), any("\u{B2}\u{B3}")],
      // Arabic in Windows-1252: two pairs, because each may be meant.
      [any("\u{D8}\u{D9}"), afterArabicLead, any("\u{D8}\u{D9}"), afterArabicLead],
      // South Asian alphabets in Windows-1252.
      [any("\u{E0}"), any("\u{B2}\u{B5}\u{B9}\u{BC}\u{BD}\u{BE}")],
      // MacRoman.
      [
        any("\u{221A}"),
        any("\u{B1}\u{2202}\u{2020}\u{2260}\u{AE}\u{2122}\u{B4}\u{2264}\u{2265}\u{A5}\u{B5}\u{F8}"),
      ],
      [any("\u{2248}"), any("\u{B0}\u{A2}")],
      [
        any("\u{201A}"), any("\u{C4}"),
        any("\u{EC}\u{EE}\u{EF}\u{F2}\u{F4}\u{FA}\u{F9}\u{FB}\u{2020}\u{B0}\u{A2}\u{3C0}"),
      ],
      [any("\u{201A}"), any("\u{E2}\u{F3}"), any("\u{E0}\u{E4}\u{B0}\u{EA}")],
      // Windows-1251: U+2000 to U+203F, Latin-1 and Cyrillic, and a double mistake.
      [any("\u{432}"), any("\u{402}")],
      [
        any("\u{412}\u{413}\u{420}\u{421}"),
        .of([.c1, .bad, .start, .end, .currency], also: "\u{B0}\u{B5}"),
        any("\u{412}\u{413}\u{420}\u{421}"),
      ],
      [
        any("\u{413}"), any("\u{45E}"), any("\u{412}"), any("\u{402}"), any("\u{412}"),
        .notLineFeed, .of(.latinLetter, also: " "),
      ],
      // A with grave or acute, or a no-break space, that lost its second byte to a space.
      [any("\u{C3}"), any("\u{A0}\u{A1}")],
      [.of(.smallLetter), any("\u{C3}\u{C2}"), any(" ")],
      [.of(.smallLetter), .space, any("\u{C3}\u{C2}"), any(" ")],
      [
        .of([.smallLetter, .end], also: ".,?!"), any("\u{C2}"), .of([.start, .end], also: " "),
      ],
      // Windows-1253: U+2000 to U+203F, Latin-1 and Greek.
      [any("\u{3B2}"), any("\u{20AC}"), any("\u{2122}\u{A0}\u{386}\u{AD}\u{AE}\u{B0}")],
      [
        any("\u{392}\u{393}\u{39E}\u{39F}"),
        .of([.c1, .bad, .start, .end, .currency], also: "\u{B0}"),
        any("\u{392}\u{393}\u{39E}\u{39F}"),
      ],
      // Windows-1257: U+2000 to U+203F.
      [any("\u{101}"), any("\u{20AC}")],
    ].map { Pattern(steps: $0) } + [
      Pattern(steps: [any("\u{C3}\u{C2}"), any(" ")], onlyAtStart: true)
    ]

  private static let categories: [UInt32: Category] = {
    var categories: [UInt32: Category] = [:]
    typealias Data = TextCleaningData
    let lists: [(StaticString, Category)] = [
      (Data.common, .common), (Data.c1, .c1), (Data.bad, .bad), (Data.law, .law),
      (Data.currency, .currency), (Data.startPunctuation, .start), (Data.endPunctuation, .end),
      (Data.numeric, .numeric), (Data.kaomoji, .kaomoji), (Data.upperAccented, .upper),
      (Data.lowerAccented, .lower), (Data.upperCommon, .upperCommon),
      (Data.lowerCommon, .lowerCommon), (Data.box, .box),
    ]
    for (list, category) in lists {
      for scalar in TableText.points(list) { categories[scalar, default: []].insert(category) }
    }
    return categories
  }()

  /// What the search has to know about a code point.
  private struct Entry {
    var category: Category
    /// The patterns that may begin with it, one bit each.
    var beginnings: UInt64
  }

  private static func entry(_ scalar: UInt32, _ category: Category) -> Entry {
    var beginnings: UInt64 = 0
    for (index, pattern) in patterns.enumerated()
    where pattern.steps[0].matches(scalar, category) {
      beginnings |= 1 << UInt64(index)
    }
    return Entry(category: category, beginnings: beginnings)
  }

  private static let ascii: [Entry] = (UInt32(0)..<0x80).map { scalar in
    let isLetter = (scalar | 0x20) &- 0x61 < 26 && scalar >= 0x41
    return entry(scalar, !isLetter ? [] : scalar >= 0x61 ? .smallLetter : .capitalLetter)
  }

  private static let others: [UInt32: Entry] = {
    var others: [UInt32: Entry] = [:]
    for (scalar, category) in categories { others[scalar] = entry(scalar, category) }
    for pattern in patterns {
      guard case .of(_, let also) = pattern.steps[0] else { continue }
      for scalar in also.unicodeScalars {
        others[scalar.value] = entry(scalar.value, categories[scalar.value] ?? [])
      }
    }
    for scalar in TableText.points(UnicodeData.stripped) where others[scalar] == nil {
      others[scalar] = entry(scalar, [])
    }
    return others
  }()

  /// Whether any part of a text looks like mojibake.
  static func isBad(_ text: [UInt32]) -> Bool {
    guard text.contains(where: { $0 >= 0x80 }) else { return false }
    let none = Entry(category: [], beginnings: 0)
    let entries = text.map { $0 < 0x80 ? ascii[Int($0)] : others[$0] ?? none }
    for index in text.indices where entries[index].beginnings != 0 {
      // Every pattern has a character beyond ASCII in one of its first three places.
      guard text[index..<min(index + 3, text.count)].contains(where: { $0 >= 0x80 }) else {
        continue
      }
      var left = entries[index].beginnings
      while left != 0 {
        let pattern = patterns[left.trailingZeroBitCount]
        left &= left - 1
        if pattern.onlyAtStart, index > 0 { continue }
        if matches(pattern, text, entries, at: index) { return true }
      }
    }
    return false
  }

  private static func matches(
    _ pattern: Pattern, _ text: [UInt32], _ entries: [Entry], at index: Int
  ) -> Bool {
    guard index + pattern.steps.count <= text.count else { return false }
    for (offset, step) in pattern.steps.enumerated()
    where !step.matches(text[index + offset], entries[index + offset].category) {
      return false
    }
    return true
  }
}
