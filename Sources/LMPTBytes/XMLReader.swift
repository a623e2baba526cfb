// XMLReader - the subset of XML that annotations are written in.
// SPDX-License-Identifier: Apache-2.0

/// A pull reader of elements and texts.
///
/// Elements, attributes, comments, a declaration and the five named entities; a document type, which could
/// define entities of its own, is refused.
package struct XMLReader {
  /// Why a text is not that.
  package struct Failure: Error, Equatable {
    /// Where.
    package let offset: Int
    /// What is wrong.
    package let what: String
  }

  /// A piece of the text.
  package enum Event: Sendable, Equatable {
    /// The begin of an element, and whether that is all of it.
    case open(String, isEmpty: Bool)
    /// The end of an element.
    case close(String)
    /// Text between tags.
    case text(String)
  }

  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  /// A reader at the begin of a text.
  package init(bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  /// A failure at the place that was reached.
  package func error(_ what: String) -> Failure { Failure(offset: offset, what: what) }

  /// The next piece; nil at the end.
  package mutating func next() throws(Failure) -> Event? {
    while offset < bytes.count {
      guard bytes[offset] == UInt8(ascii: "<") else { return .text(try text()) }
      if has("<!--") {
        try skip(past: "-->")
      } else if has("<?") {
        try skip(past: "?>")
      } else if has("<!") {
        throw error("has a document type or a literal section, which annotations do not use")
      } else {
        return try tag()
      }
    }
    return nil
  }

  private func has(_ prefix: StaticString) -> Bool {
    guard bytes.count - offset >= prefix.utf8CodeUnitCount else { return false }
    // safety: index < utf8CodeUnitCount, and a StaticString literal has a pointer.
    return (0..<prefix.utf8CodeUnitCount).allSatisfy {
      bytes[offset + $0] == prefix.utf8Start[$0]
    }
  }

  private mutating func skip(past end: StaticString) throws(Failure) {
    let start = offset
    while !has(end) {
      offset += 1
      guard offset < bytes.count else {
        offset = start
        throw error("opens what it never closes")
      }
    }
    offset += end.utf8CodeUnitCount
  }

  /// `<name attributes>`, `<name/>` or `</name>`.
  private mutating func tag() throws(Failure) -> Event {
    let start = offset
    offset += 1
    let closes = offset < bytes.count && bytes[offset] == UInt8(ascii: "/")
    if closes { offset += 1 }
    let nameStart = offset
    while offset < bytes.count, !" \t\r\n/><".utf8.contains(bytes[offset]) { offset += 1 }
    // Names are compared as Unicode text, which takes the square of the accents on one letter.
    guard offset - nameStart <= longestTag else {
      throw error("has an element whose name is too long")
    }
    let name = try string(nameStart..<offset)
    guard !name.isEmpty else { throw error("has an element without a name") }
    var quote: UInt8?
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        if closes { return .close(name) }
        return .open(name, isEmpty: bytes[offset - 2] == UInt8(ascii: "/"))
      }
    }
    offset = start
    throw error("opens a tag that it never closes")
  }

  private mutating func text() throws(Failure) -> String {
    var result = ""
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "<") {
      let start = offset
      while offset < bytes.count, !"<&".utf8.contains(bytes[offset]) { offset += 1 }
      result += try string(start..<offset)
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "&") { result += try entity() }
    }
    return result
  }

  private mutating func entity() throws(Failure) -> String {
    for (name, value) in [
      ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"),
    ] as [(StaticString, String)] where has(name) {
      offset += name.utf8CodeUnitCount
      return value
    }
    throw error("has an unknown entity")
  }

  private func string(_ range: Range<Int>) throws(Failure) -> String {
    let slice = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard let text = String(validating: slice, as: UTF8.self), !slice.contains(0) else {
      throw Failure(offset: range.lowerBound, what: "is not UTF-8 text")
    }
    return text
  }
}

/// Longest name of an element in bytes.
private let longestTag = 256
