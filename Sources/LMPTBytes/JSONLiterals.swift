// JSONLiterals - the strings and numbers of JSON, byte by byte.
// SPDX-License-Identifier: Apache-2.0

extension JSONParser {
  mutating func string() throws(JSONError) -> String {
    offset += 1
    var start = offset
    var decoded = ""
    while true {
      let byte = try peek("the end of a string")
      if byte == UInt8(ascii: "\"") {
        let piece = try utf8(start..<offset)
        offset += 1
        if decoded.isEmpty { return piece }
        decoded += piece
        return decoded
      } else if byte == UInt8(ascii: "\\") {
        decoded += try utf8(start..<offset)
        decoded.unicodeScalars.append(try escape())
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
