// TextRepair - ftfy's fix_text with its default configuration.
// SPDX-License-Identifier: Apache-2.0

/// Repairs a text the way ftfy 6.3.1 does.
///
/// A text is repaired line by line, and each line again and again until nothing changes.
/// Source: github.com/rspeer/python-ftfy (Apache-2.0); the rules and their data are ftfy's.
enum TextRepair {
  /// Longest segment in code points; a longer line is repaired in parts.
  static let longestSegment = 1_000_000
  /// How often a segment is repaired at most.
  ///
  /// Reached only by references nested deeper (`&amp;amp;amp;...`) beside characters that are not
  /// ASCII, where ftfy's time grows with the square of the length; from there on the segment stays
  /// as it is.
  static let passLimit = 64

  /// The repaired text.
  static func repair(_ text: [UInt32]) -> [UInt32] {
    var repaired: [UInt32] = []
    repaired.reserveCapacity(text.count)
    // A literal "<" says that this is HTML, whose references should stay: from its line on.
    var referencesAreMistakes = true
    var start = 0
    while start < text.count {
      let line = text[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
      let end = min(line, start + longestSegment)
      let segment = Array(text[start..<end])
      if segment.contains(UInt32(UInt8(ascii: "<"))) { referencesAreMistakes = false }
      repaired += repairSegment(segment, unescaping: referencesAreMistakes)
      start = end
    }
    return repaired
  }

  private static func repairSegment(_ segment: [UInt32], unescaping: Bool) -> [UInt32] {
    var text = segment
    // Of plain ASCII nothing but references changes, so ampersands can be followed at once.
    if unescaping, text.allSatisfy({ (0x20..<0x7F).contains($0) }) {
      text = TextEntities.unescapeTerminated(text, nested: true)
    }
    for _ in 0..<passLimit {
      var next = unescaping ? TextEntities.unescapeTerminated(text) : text
      next = Mojibake.repair(next)
      next = Mojibake.replaceC1Controls(next)
      next = TextCharacters.repair(next)
      next = UnicodeNormalization.composed(next)
      if next == text { break }
      text = next
    }
    return text
  }
}
