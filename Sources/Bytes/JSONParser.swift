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
  public static func parse(
    _ bytes: UnsafeRawBufferPointer, limits: Limits = .standard
  ) throws(JSONError) -> JSON {
    var parser = JSONParser(bytes: bytes, limits: limits)
    return try parser.document()
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
  public static func parse(
    _ bytes: UnsafeRawBufferPointer, keeping keys: Set<String>, limits: Limits = .standard
  ) throws(JSONError) -> JSON {
    var parser = JSONParser(bytes: bytes, limits: limits)
    parser.keys = keys
    return try parser.document()
  }

  /// Reads one JSON text from an array of bytes.
  public static func parse(
    _ bytes: [UInt8], limits: Limits = .standard
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
  public static func parse(
    _ text: String, limits: Limits = .standard
  ) throws(JSONError) -> JSON {
    try parse(Array(text.utf8), limits: limits)
  }
}

/// A recursive-descent parser whose depth is bounded.
private struct JSONParser {
  let bytes: UnsafeRawBufferPointer
  let depthLimit: Int
  let valueLimit: Int
  /// The members to keep; nil for all.
  var keys: Set<String>?
  var values = 0
  var offset = 0
  var depth = 0

  init(bytes: UnsafeRawBufferPointer, limits: Limits) {
    self.bytes = bytes
    depthLimit = limits.nesting
    valueLimit = limits.jsonValues
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
      guard object[key] == nil else { throw .duplicateKey(key: key, offset: start) }
      skipSpace()
      let colon = try peek("':'")
      guard colon == UInt8(ascii: ":") else {
        throw .unexpectedByte(offset: offset, found: colon, expected: "':'")
      }
      offset += 1
      if keys?.contains(key) ?? true { object[key] = try value() } else { try skip() }
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

// Strings and numbers.
extension JSONParser {
  mutating func string() throws(JSONError) -> String {
    offset += 1
    var start = offset
    var decoded: String?
    while true {
      let byte = try peek("the end of a string")
      if byte == UInt8(ascii: "\"") {
        let piece = try utf8(start..<offset)
        offset += 1
        return decoded.map { $0 + piece } ?? piece
      } else if byte == UInt8(ascii: "\\") {
        decoded = (decoded ?? "") + (try utf8(start..<offset))
        decoded?.unicodeScalars.append(try escape())
        start = offset
      } else if byte < 0x20 {
        throw .controlCharacter(offset: offset, found: byte)
      } else {
        offset += 1
      }
    }
  }

  func utf8(_ range: Range<Int>) throws(JSONError) -> String {
    let slice = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw .invalidUTF8(offset: range.lowerBound)
    }
    return text
  }

  mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = offset
    offset += 1
    let kind = try peek("an escape")
    offset += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(kind)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw .invalidEscape(offset: start)
    }
    let high = try hexadecimal(start)
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
      bytes[offset + 1] == UInt8(ascii: "u")
    else { throw .loneSurrogate(offset: start) }
    offset += 2
    let low = try hexadecimal(start)
    guard low >= 0xDC00, low <= 0xDFFF,
      let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    else { throw .loneSurrogate(offset: start) }
    return scalar
  }

  mutating func hexadecimal(_ start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit = try peek("four hexadecimal digits")
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(digit & 0x0F)
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
        value = value << 4 | UInt32((digit & 0x0F) + 9)
      default: throw .invalidEscape(offset: start)
      }
      offset += 1
    }
    return value
  }

  mutating func digits() throws(JSONError) {
    let first = try peek("a digit")
    guard isDigit(first) else {
      throw .unexpectedByte(offset: offset, found: first, expected: "a digit")
    }
    while offset < bytes.count, isDigit(bytes[offset]) { offset += 1 }
  }

  func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// Passes over a number; whether it has neither fraction nor exponent.
  mutating func numberGrammar() throws(JSONError) -> Bool {
    if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
    let leadingZero = try peek("a digit") == UInt8(ascii: "0")
    let whole = offset
    try digits()
    guard !leadingZero || offset == whole + 1 else {
      throw .unexpectedByte(
        offset: whole + 1, found: bytes[whole + 1], expected: "a number without leading zeros")
    }
    var isWhole = true
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      isWhole = false
      offset += 1
      try digits()
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      offset += 1
      let sign = try peek("an exponent")
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset += 1 }
      try digits()
    }
    return isWhole
  }

  mutating func number() throws(JSONError) -> JSON {
    let start = offset
    let isWhole = try numberGrammar()
    // safety: a megabyte of digits is not a number that anybody wrote in good faith.
    guard offset - start <= 1024 else { throw .numberOutOfRange(offset: start) }
    let text = try utf8(start..<offset)
    // because -0 is a Double, not an integer: its sign would be lost.
    if isWhole, text != "-0", let integer = Int(text) { return .integer(integer) }
    guard let double = Double(text), double.isFinite else {
      throw .numberOutOfRange(offset: start)
    }
    return .number(double)
  }
}
