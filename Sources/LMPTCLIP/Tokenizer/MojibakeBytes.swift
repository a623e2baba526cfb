// MojibakeBytes - repairs of bytes that were UTF-8 before something was lost.
// SPDX-License-Identifier: Apache-2.0

/// A byte set for each place of a sequence.
private typealias BytePattern = [[ClosedRange<UInt8>]]

extension Mojibake {
  private static let space: [ClosedRange<UInt8>] = [0x20...0x20]
  private static let tail: [ClosedRange<UInt8>] = [0x80...0xBF]
  /// Continuation bytes that do not make a space or an ellipsis likely.
  private static let letterTail: [ClosedRange<UInt8>] = [0x80...0x84, 0x86...0x9F, 0xA1...0xBF]
  private static let lost: [ClosedRange<UInt8>] = [0x1A...0x1A, 0x3F...0x3F]
  private static let lostOrTail: [ClosedRange<UInt8>] = [0x1A...0x1A, 0x80...0xBF]
  private static let lostAnyOrTail: [ClosedRange<UInt8>] = [0x1A...0x1A, 0x3F...0x3F, 0x80...0xBF]
  private static let high: [ClosedRange<UInt8>] = [0xA0...0xAF]
  private static let low: [ClosedRange<UInt8>] = [0xB0...0xBF]

  /// Sequences that would be UTF-8 with A0 instead of a space.
  private static let altered: [BytePattern] = [
    [[0xC2...0xC3, 0xC5...0xC5, 0xCE...0xCE, 0xD0...0xD0, 0xD9...0xD9], space],
    [[0xE2...0xE3], space, letterTail],
    [[0xE0...0xE3], letterTail, space],
    [[0xF0...0xF0], space, tail, tail],
    [[0xF0...0xF0], tail, space, tail],
    [[0xF0...0xF0], tail, tail, space],
  ]

  /// UTF-8 sequences, one surrogate pair in CESU-8 included, that lost continuation bytes.
  private static let lossy: [BytePattern] = [
    [[0xC2...0xDF], [0x1A...0x1A]],
    [[0xC2...0xC3], [0x3F...0x3F]],
    [[0xED...0xED], high, lost, [0xED...0xED], low, lostAnyOrTail],
    [[0xED...0xED], high, lostAnyOrTail, [0xED...0xED], low, lost],
    [[0xE0...0xEF], lost, lostOrTail],
    [[0xE0...0xEF], lostOrTail, lost],
    [[0xF0...0xF4], lost, lostOrTail, lostOrTail],
    [[0xF0...0xF4], lostOrTail, lost, lostOrTail],
    [[0xF0...0xF4], lostOrTail, lostOrTail, lost],
    [[0x1A...0x1A]],
  ]

  /// Puts A0 back where a space stands in what would otherwise be UTF-8.
  ///
  /// A lone "a grave" keeps its space too, except in four Portuguese words. Source: ftfy's
  /// `restore_byte_a0`.
  static func restoreByteA0(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.indices.contains(where: { length(of: altered, in: bytes, at: $0) != nil }) else {
      return bytes
    }
    var separated: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0xC3, index + 1 < bytes.count, bytes[index + 1] == 0x20,
        !["\u{20}", "quele", "quela", "quilo", "s "].contains(where: {
          bytes[(index + 2)...].starts(with: $0.utf8)
        })
      {
        separated += [0xC3, 0xA0, 0x20]
        index += 2
      } else {
        separated.append(bytes[index])
        index += 1
      }
    }
    return replace(separated, altered) { $0.map { $0 == 0x20 ? 0xA0 : $0 } }
  }

  /// Replaces sequences with lost bytes, and bytes lost alone, by the UTF-8 of U+FFFD.
  static func replaceLossySequences(_ bytes: [UInt8]) -> [UInt8] {
    replace(bytes, lossy) { _ in [0xEF, 0xBF, 0xBD] }
  }

  private static func replace(
    _ bytes: [UInt8], _ patterns: [BytePattern], with replacement: (ArraySlice<UInt8>) -> [UInt8]
  ) -> [UInt8] {
    var replaced: [UInt8] = []
    replaced.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if let length = length(of: patterns, in: bytes, at: index) {
        replaced += replacement(bytes[index..<index + length])
        index += length
      } else {
        replaced.append(bytes[index])
        index += 1
      }
    }
    return replaced
  }

  /// Length of the first pattern that matches at an offset.
  private static func length(
    of patterns: [BytePattern], in bytes: [UInt8], at start: Int
  ) -> Int? {
    guard bytes[start] >= 0x80 || bytes[start] == 0x1A else { return nil }
    return patterns.first { pattern in
      guard start + pattern.count <= bytes.count else { return false }
      return zip(pattern, bytes[start...]).allSatisfy { set, byte in
        set.contains { $0.contains(byte) }
      }
    }?.count
  }
}
