// TableText - reads the generated tables, which are words in string literals.
// SPDX-License-Identifier: Apache-2.0

/// The word format of `Tables/*.swift`.
///
///     41-5a          a range of code points      41-5a:61        mapped one to one
///     aa             one code point              132-136/2:133   every other one
///     AMP:26         a name                      130:69,307      one to several
enum TableText {
  /// Calls `body` for each word.
  static func forEachWord(_ text: StaticString, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    var start = 0
    for end in 0...bytes.count where end == bytes.count || bytes[end] <= 0x20 {
      if end > start { body(UnsafeBufferPointer(rebasing: bytes[start..<end])) }
      start = end + 1
    }
  }

  /// Calls `body` for each range of code points and what follows its colon.
  static func forEachRange(
    _ text: StaticString, _ body: (_ points: StrideThrough<UInt32>, _ target: [UInt32]) -> Void
  ) {
    forEachWord(text) { word in
      var cursor = Cursor(word)
      let first = cursor.number()
      let last = cursor.take("-") ? cursor.number() : first
      let step = cursor.take("/") ? cursor.number() : 1
      body(stride(from: first, through: last, by: Int(step)), cursor.targets())
    }
  }

  /// All code points of a list of ranges.
  static func points(_ text: StaticString) -> [UInt32] {
    var points: [UInt32] = []
    forEachRange(text) { range, _ in points += range }
    return points
  }

  /// A dictionary from code points to what they become.
  static func mappings(_ text: StaticString) -> [UInt32: [UInt32]] {
    var mappings: [UInt32: [UInt32]] = [:]
    forEachRange(text) { points, target in
      let first = points.first { _ in true } ?? 0
      for point in points {
        mappings[point] = target.count == 1 ? [target[0] + (point - first)] : target
      }
    }
    return mappings
  }

  /// A dictionary from names to code points.
  static func names(_ text: StaticString) -> [String: [UInt32]] {
    var names: [String: [UInt32]] = [:]
    forEachWord(text) { word in
      let end = word.firstIndex(of: UInt8(ascii: ":")) ?? word.count
      var cursor = Cursor(UnsafeBufferPointer(rebasing: word[end...]))
      names[String(decoding: word[..<end], as: UTF8.self)] = cursor.targets()
    }
    return names
  }

  private struct Cursor {
    let word: UnsafeBufferPointer<UInt8>
    var position = 0

    init(_ word: UnsafeBufferPointer<UInt8>) { self.word = word }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
      guard position < word.count, word[position] == UInt8(ascii: mark) else { return false }
      position += 1
      return true
    }

    mutating func number() -> UInt32 {
      var value: UInt32 = 0
      while position < word.count {
        let byte = word[position]
        if byte &- 0x30 < 10 {
          value = value << 4 | UInt32(byte &- 0x30)
        } else if byte &- 0x61 < 6 {
          value = value << 4 | UInt32(byte &- 0x57)
        } else {
          break
        }
        position += 1
      }
      return value
    }

    mutating func targets() -> [UInt32] {
      guard take(":") else { return [] }
      var targets = [number()]
      while take(",") { targets.append(number()) }
      return targets
    }
  }
}
