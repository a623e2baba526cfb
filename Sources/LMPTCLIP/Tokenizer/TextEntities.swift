// TextEntities - HTML character references, as Python's html module and as ftfy decode them.
// SPDX-License-Identifier: Apache-2.0

/// Character references.
enum TextEntities {
  private static let named = TableText.names(EntityData.named)
  private static let capitals = TableText.names(EntityData.capitals)
  private static let bare: [String: [UInt32]] = {
    var bare: [String: [UInt32]] = [:]
    TableText.forEachWord(EntityData.bare) { word in
      let name = String(decoding: word, as: UTF8.self)
      bare[name] = named[name]
    }
    return bare
  }()
  private static let renumbered = TableText.mappings(EntityData.numbers)
  private static let removed = Set(TableText.points(EntityData.removed))

  private static let ampersand = UInt32(UInt8(ascii: "&"))
  private static let semicolon = UInt32(UInt8(ascii: ";"))
  private static let hash = UInt32(UInt8(ascii: "#"))

  /// Decodes all references, also without a semicolon where HTML 5 allows that.
  ///
  /// Source: Python's `html.unescape` (HTML 5, 13.2.5.72 to 13.2.5.84).
  static func unescape(_ text: [UInt32]) -> [UInt32] {
    replace(text) { text, start in
      if start + 1 < text.count, text[start + 1] == hash { return number(text, at: start) }
      var end = start + 1
      while end < text.count, end - start <= 32, !endsName(text[end]) { end += 1 }
      let name = text[start + 1..<end]
      if name.isEmpty { return nil }
      if end < text.count, text[end] == semicolon, let value = lookUp(name, in: named) {
        return (value, end + 1)
      }
      // The longest name that needs no semicolon; they have two to six characters.
      var length = min(name.count, 6)
      while length >= 2 {
        if let value = lookUp(name.prefix(length), in: bare) { return (value, start + 1 + length) }
        length -= 1
      }
      return nil
    }
  }

  /// Decodes the references that ftfy takes for unambiguous: those with a semicolon.
  ///
  /// Names in capitals count too where no other name is meant (`&EACUTE;`). A reference that
  /// itself means a semicolon stays.
  ///
  /// With `nested` an ampersand that a reference means is decoded again with what follows it, as
  /// the next pass would, as long as that is an ampersand.
  static func unescapeTerminated(_ text: [UInt32], nested: Bool = false) -> [UInt32] {
    replace(text) { text, start in
      guard let (value, first) = terminated(text, start) else { return nil }
      var end = first
      guard nested, value == [ampersand] else { return (value, end) }
      // safety: end - 1 is the reference's semicolon, which is read as the ampersand it means.
      while let (next, after) = terminated(text, end - 1), next == [ampersand] { end = after }
      return (value, end)
    }
  }

  /// The reference with a semicolon whose ampersand stands at `start`, or is thought to.
  private static func terminated(
    _ text: [UInt32], _ start: Int
  ) -> (value: [UInt32], end: Int)? {
    let isNumber = start + 1 < text.count && text[start + 1] == hash
    let first = start + (isNumber ? 2 : 1)
    var end = first
    while end < text.count, end - first <= 24, isAlphanumeric(text[end]) { end += 1 }
    guard (1...24).contains(end - first), end < text.count, text[end] == semicolon
    else { return nil }
    if !isNumber {
      let name = text[first..<end]
      guard let value = lookUp(name, in: named) ?? lookUp(name, in: capitals) else { return nil }
      return (value, end + 1)
    }
    guard let (value, after) = number(text, at: start), after == end + 1, value != [semicolon]
    else { return nil }
    return (value, after)
  }

  /// Replaces references; `decode` gets the offset of an ampersand and returns the text meant and
  /// the end of the reference.
  private static func replace(
    _ text: [UInt32], decode: (_ text: [UInt32], _ start: Int) -> (value: [UInt32], end: Int)?
  ) -> [UInt32] {
    guard var next = text.firstIndex(of: ampersand) else { return text }
    var replaced = Array(text[..<next])
    replaced.reserveCapacity(text.count)
    while next < text.count {
      if text[next] == ampersand, let (value, end) = decode(text, next) {
        replaced += value
        next = end
      } else {
        replaced.append(text[next])
        next += 1
      }
    }
    return replaced
  }

  /// A numeric reference, with or without semicolon.
  private static func number(_ text: [UInt32], at start: Int) -> (value: [UInt32], end: Int)? {
    var position = start + 2
    var base: UInt32 = 10
    if position < text.count, text[position] | 0x20 == UInt32(UInt8(ascii: "x")) {
      base = 16
      position += 1
    }
    let first = position
    var value: UInt32 = 0
    while position < text.count, let digit = hexadecimalDigit(text[position]), digit < base {
      value = min(value * base + digit, 0x110000)
      position += 1
    }
    if position == first { return nil }
    if position < text.count, text[position] == semicolon { position += 1 }
    if let renumbered = renumbered[value] { return (renumbered, position) }
    if value >= 0x110000 || (0xD800..<0xE000).contains(value) { return ([0xFFFD], position) }
    return (removed.contains(value) ? [] : [value], position)
  }

  private static func hexadecimalDigit(_ scalar: UInt32) -> UInt32? {
    if scalar &- 0x30 < 10 { return scalar - 0x30 }
    let letter = scalar | 0x20
    return letter &- 0x61 < 6 ? letter - 0x57 : nil
  }

  private static func isAlphanumeric(_ scalar: UInt32) -> Bool {
    scalar &- 0x30 < 10 || scalar | 0x20 &- 0x61 < 26
  }

  private static func endsName(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x09, 0x0A, 0x0C, 0x20, UInt32(UInt8(ascii: "<")), ampersand, hash, semicolon: true
    default: false
    }
  }

  private static func lookUp(
    _ name: ArraySlice<UInt32>, in table: [String: [UInt32]]
  ) -> [UInt32]? {
    var key = ""
    for scalar in name {
      guard isAlphanumeric(scalar) else { return nil }
      key.unicodeScalars.append(Unicode.Scalar(UInt8(scalar)))
    }
    return table[key]
  }
}
