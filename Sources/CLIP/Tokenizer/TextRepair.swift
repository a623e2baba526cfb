// TextRepair - ftfy's fix_text with its default configuration.
// SPDX-License-Identifier: Apache-2.0

/// Repairs a text the way ftfy 6.3.1 does.
///
/// A text is repaired line by line, and each line again and again until nothing changes.
/// Source: github.com/rspeer/python-ftfy (Apache-2.0); the rules and their data are ftfy's.
enum TextRepair {
  /// Longest segment in code points; a longer line is repaired in parts.
  static let longestSegment = 1_000_000
  /// Code points that the repetitions of one segment may visit in all.
  ///
  /// Reached only by thousands of nested references (`&amp;amp;amp;...`), where ftfy's time grows
  /// with the square of the length; from there on the segment stays as it is.
  static let visitLimit = 1 << 27

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
    var visits = 0
    while visits <= visitLimit {
      visits += text.count
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
