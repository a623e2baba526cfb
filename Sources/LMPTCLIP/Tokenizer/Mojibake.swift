// Mojibake - undoes UTF-8 that was read in another encoding.
// SPDX-License-Identifier: Apache-2.0

/// The encoding repairs of ftfy.
///
/// A text that looks bad is written in each candidate encoding in turn; the first whose bytes are
/// UTF-8 wins. Failing that, the parts that look like UTF-8 are repaired one by one, and C1
/// controls are read as Windows-1252.
///
/// Source: ftfy 6.3.1, `fix_encoding_and_explain` and `ftfy.fixes`.
enum Mojibake {
  /// Deepest nesting of repairs inside repairs; each level needs a text shortened by the last.
  private static let deepest = 64

  /// The text with its encoding repaired as often as it looks bad.
  static func repair(_ text: [UInt32], depth: Int = 0) -> [UInt32] {
    var text = text
    while let next = step(text, depth: depth), next != text { text = next }
    return text
  }

  /// One repair; nil if there is nothing to do.
  private static func step(_ text: [UInt32], depth: Int) -> [UInt32]? {
    guard MojibakeBadness.isBad(text) else { return nil }
    var fitsLatin1 = false
    for (index, encoding) in SingleByteEncoding.tried.enumerated() {
      guard var bytes = encoding.encode(text) else { continue }
      if index == 0 { fitsLatin1 = true }
      if index != SingleByteEncoding.macRoman { bytes = restoreByteA0(bytes) }
      if encoding.isSloppy { bytes = replaceLossySequences(bytes) }
      if let decoded = UTF8Variants.decode(bytes) { return decoded }
    }
    let repaired = repairInconsistent(text, depth: depth)
    if repaired != text { return repaired }
    if fitsLatin1, let decoded = readAsWindows1252(text), decoded != text { return decoded }
    return replaceC1Controls(text)
  }

  /// Latin-1 text read as Windows-1252; nil if a byte is unassigned there.
  private static func readAsWindows1252(_ text: [UInt32]) -> [UInt32]? {
    let unassigned: Set<UInt32> = [0x81, 0x8D, 0x8F, 0x90, 0x9D]
    if text.contains(where: unassigned.contains) { return nil }
    return text.map { SingleByteEncoding.windows1252.decode(UInt8($0)) }
  }

  /// C1 control characters as the Windows-1252 characters of the same bytes.
  static func replaceC1Controls(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(where: { (0x80..<0xA0).contains($0) }) else { return text }
    return text.map {
      (0x80..<0xA0).contains($0) ? SingleByteEncoding.windows1252.decode(UInt8($0)) : $0
    }
  }

  private static let firstOf2 = Set(TableText.points(TextCleaningData.utf8FirstOf2))
  private static let firstOf3 = Set(TableText.points(TextCleaningData.utf8FirstOf3))
  private static let firstOf4 = Set(TableText.points(TextCleaningData.utf8FirstOf4))
  private static let continuation = Set(TableText.points(TextCleaningData.utf8Continuation))
  private static let strict = Set(TableText.points(TextCleaningData.utf8ContinuationStrict))

  /// Repairs each run that looks like UTF-8 by itself, if it looks bad.
  private static func repairInconsistent(_ text: [UInt32], depth: Int) -> [UInt32] {
    guard depth < deepest else { return text }
    var repaired: [UInt32] = []
    repaired.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let end = index > 0 && strict.contains(text[index - 1]) ? index : endOfRun(text, from: index)
      guard end > index else {
        repaired.append(text[index])
        index += 1
        continue
      }
      let run = Array(text[index..<end])
      // Only a shorter text is repaired here, so that this ends.
      let isMojibake = run.count < text.count && MojibakeBadness.isBad(run)
      repaired += isMojibake ? repair(run, depth: depth + 1) : run
      index = end
    }
    return repaired
  }

  /// The end of the longest run of sequences that look like UTF-8, `start` if there is none.
  private static func endOfRun(_ text: [UInt32], from start: Int) -> Int {
    var end = start
    func continues(_ count: Int) -> Bool {
      end + count < text.count
        && text[end + 1...end + count].allSatisfy { continuation.contains($0) }
    }
    while end < text.count {
      let lead = text[end]
      if firstOf2.contains(lead), continues(1) {
        end += 2
      } else if firstOf3.contains(lead), continues(2) {
        end += 3
      } else if firstOf4.contains(lead), continues(3) {
        end += 4
      } else {
        break
      }
    }
    return end
  }
}
