// JSONParser - a strict reader of JSON.
// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// Reads one JSON text.
  ///
  /// Exactly the grammar of RFC 8259, in UTF-8: no comments, no trailing commas, no byte order
  /// mark. Stricter in three places where readers differ: an object that names a key twice, half a
  /// surrogate pair, and a number beyond double precision are refused.
  ///
  /// - Parameters:
  ///   - bytes: the text; it is only borrowed.
  ///   - limits: `nesting` bounds the depth.
  /// - Returns: the value.
  /// - Throws: `JSONError` with the offset of the first problem.
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, limits: Limits = .default
  ) throws(JSONError) -> JSON {
    var parser = JSONParser(bytes: bytes, limits: limits)
    return try parser.document()
  }

  /// Reads a file that is one JSON text.
  ///
  /// - Throws: `FileError` around what is wrong with the file or its text.
  public static func read(_ path: String) throws -> JSON {
    let file = try FileBytes(path: path)
    return try inFile(path) { try file.withBytes { try parse($0) } }
  }

  /// Reads some members of one JSON text, so that a large file costs only what is wanted of it.
  ///
  /// Values of other members are checked against the grammar and not kept; they count neither
  /// towards `Limits.jsonValues` nor as duplicates.
  ///
  /// - Parameters:
  ///   - bytes: the text; it is only borrowed.
  ///   - keys: the members to keep, at any depth.
  ///   - limits: `nesting` bounds the depth.
  /// - Returns: the value without its other members.
  /// - Throws: `JSONError` with the offset of the first problem.
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, keeping keys: Set<String>, limits: Limits = .default
  ) throws(JSONError) -> JSON {
    var parser = JSONParser(bytes: bytes, limits: limits)
    parser.keys = keys
    return try parser.document()
  }

  /// Reads one JSON text from an array of bytes.
  package static func parse(
    _ bytes: [UInt8], limits: Limits = .default
  ) throws(JSONError) -> JSON {
    let result = bytes.withUnsafeBytes { buffer -> Result<JSON, JSONError> in
      do throws(JSONError) {
        return .success(try parse(buffer, limits: limits))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Reads one JSON text from a string.
  package static func parse(
    _ text: String, limits: Limits = .default
  ) throws(JSONError) -> JSON {
    try parse(Array(text.utf8), limits: limits)
  }
}

/// A recursive-descent parser whose depth is bounded.
struct JSONParser {
  let bytes: UnsafeRawBufferPointer
  let depthLimit: Int
  let valueLimit: Int
  let keyLimit: Int
  /// The members to keep; nil for all.
  var keys: Set<String>?
  var values = 0
  var offset = 0
  var depth = 0

  init(bytes: UnsafeRawBufferPointer, limits: Limits) {
    self.bytes = bytes
    depthLimit = limits.nesting
    valueLimit = limits.jsonValues
    keyLimit = limits.jsonKey
  }

  mutating func document() throws(JSONError) -> JSON {
    if bytes.count >= 2 {
      let mark = (bytes[0], bytes[1])
      if mark == (0xEF, 0xBB) || mark == (0xFE, 0xFF) || mark == (0xFF, 0xFE) {
        throw .byteOrderMark
      }
    }
    let value = try value()
    skipSpace()
    guard offset == bytes.count else { throw .trailingBytes(offset: offset) }
    return value
  }

  mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      default: return
      }
    }
  }

  func peek(_ expected: String) throws(JSONError) -> UInt8 {
    guard offset < bytes.count else { throw .endOfData(offset: offset, expected: expected) }
    return bytes[offset]
  }

  mutating func value() throws(JSONError) -> JSON {
    skipSpace()
    values += 1
    guard values <= valueLimit else { throw .tooManyValues(limit: valueLimit) }
    return try uncounted()
  }

  /// The value that begins here.
  mutating func uncounted() throws(JSONError) -> JSON {
    let first = try peek("a value")
    switch first {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw .unexpectedByte(offset: offset, found: first, expected: "a value")
    }
  }

  mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    for index in 0..<text.utf8CodeUnitCount {
      let found = try peek("'\(text)'")
      // safety: index < utf8CodeUnitCount, and a StaticString literal has a pointer.
      guard found == text.utf8Start[index] else {
        throw .unexpectedByte(offset: offset, found: found, expected: "'\(text)'")
      }
      offset += 1
    }
    return value
  }

  mutating func enter() throws(JSONError) {
    guard depth < depthLimit else { throw .tooDeep(offset: offset, limit: depthLimit) }
    depth += 1
    offset += 1
  }

  mutating func array() throws(JSONError) -> JSON {
    try enter()
    var elements: [JSON] = []
    skipSpace()
    if try peek("a value or ']'") == UInt8(ascii: "]") {
      offset += 1
      depth -= 1
      return .array(elements)
    }
    while true {
      elements.append(try value())
      skipSpace()
      if try delimiter(closing: UInt8(ascii: "]"), "',' or ']'") { break }
    }
    depth -= 1
    return .array(elements)
  }

  mutating func object() throws(JSONError) -> JSON {
    try enter()
    var object = JSON.Object()
    skipSpace()
    if try peek("a key or '}'") == UInt8(ascii: "}") {
      offset += 1
      depth -= 1
      return .object(object)
    }
    while true {
      skipSpace()
      let start = offset
      let quote = try peek("a key")
      guard quote == UInt8(ascii: "\"") else {
        throw .unexpectedByte(offset: offset, found: quote, expected: "a key")
      }
      let key = try string()
      guard key.utf8.count <= keyLimit else { throw .keyTooLong(offset: start, limit: keyLimit) }
      skipSpace()
      let colon = try peek("':'")
      guard colon == UInt8(ascii: ":") else {
        throw .unexpectedByte(offset: offset, found: colon, expected: "':'")
      }
      offset += 1
      if keys?.contains(key) ?? true {
        let value = try value()
        guard object.add(key, value) else { throw .duplicateKey(key: key, offset: start) }
      } else {
        try skip()
      }
      skipSpace()
      if try delimiter(closing: UInt8(ascii: "}"), "',' or '}'") { break }
    }
    depth -= 1
    return .object(object)
  }

  /// Passes over a value; its grammar is checked.
  mutating func skip() throws(JSONError) {
    skipSpace()
    let first = try peek("a value")
    let isObject = first == UInt8(ascii: "{")
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["): break
    case UInt8(ascii: "\""):
      _ = try string()
      return
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      _ = try numberGrammar()
      return
    default:
      _ = try uncounted()  // only what is kept counts
      return
    }
    try enter()
    defer { depth -= 1 }
    skipSpace()
    let closing = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
    if try peek("a value or the end") == closing {
      offset += 1
      return
    }
    repeat {
      skipSpace()
      if isObject {
        let quote = try peek("a key")
        guard quote == UInt8(ascii: "\"") else {
          throw .unexpectedByte(offset: offset, found: quote, expected: "a key")
        }
        _ = try string()
        skipSpace()
        let colon = try peek("':'")
        guard colon == UInt8(ascii: ":") else {
          throw .unexpectedByte(offset: offset, found: colon, expected: "':'")
        }
        offset += 1
      }
      try skip()
      skipSpace()
    } while try !delimiter(closing: closing, "',' or the end")
  }

  /// Whether the list ends here; otherwise a comma has been taken.
  mutating func delimiter(closing: UInt8, _ expected: String) throws(JSONError) -> Bool {
    let found = try peek(expected)
    guard found == closing || found == UInt8(ascii: ",") else {
      throw .unexpectedByte(offset: offset, found: found, expected: expected)
    }
    offset += 1
    return found == closing
  }
}
