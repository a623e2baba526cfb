// JSONError - what can be wrong with a JSON text.
// SPDX-License-Identifier: Apache-2.0

/// Why a text is not acceptable JSON.
///
/// Every case carries the byte offset.
package enum JSONError: DiagnosticError, Equatable {
  /// A byte that the grammar does not allow here.
  case unexpectedByte(offset: Int, found: UInt8, expected: String)
  /// The text ends inside a value.
  case endOfData(offset: Int, expected: String)
  /// Something other than white space follows the value.
  case trailingBytes(offset: Int)
  /// Arrays and objects are nested too deep.
  case tooDeep(offset: Int, limit: Int)
  /// More values than `Limits.jsonValues`.
  case tooManyValues(limit: Int)
  /// An object names a key twice.
  case duplicateKey(key: String, offset: Int)
  /// A key is longer than `Limits.jsonKey`.
  case keyTooLong(offset: Int, limit: Int)
  /// A string is not valid UTF-8.
  case invalidUTF8(offset: Int)
  /// A backslash is followed by something that is no escape.
  case invalidEscape(offset: Int)
  /// Half of a surrogate pair stands alone, which no string can hold.
  case loneSurrogate(offset: Int)
  /// A control character stands unescaped in a string.
  case controlCharacter(offset: Int, found: UInt8)
  /// A number is too large for a `Double`, or longer than any honest writer's.
  case numberOutOfRange(offset: Int)
  /// The text begins with a byte order mark.
  case byteOrderMark

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .unexpectedByte(let offset, let found, let expected):
      Diagnostic(
        "json.unexpected-byte",
        "JSON has \(printable(found)) where \(expected) must stand (offset \(offset))",
        hint: "the file is damaged or not JSON as RFC 8259 defines it; write it again")
    case .endOfData(let offset, let expected):
      Diagnostic(
        "json.end-of-data", "JSON ends where \(expected) must stand (offset \(offset))",
        hint: "the file is truncated; copy or download it again")
    case .trailingBytes(let offset):
      Diagnostic(
        "json.trailing-bytes", "JSON goes on after its value (offset \(offset))",
        hint: "the file is damaged or not JSON as RFC 8259 defines it; write it again")
    case .tooDeep(let offset, let limit):
      Diagnostic(
        "json.too-deep", "JSON is nested deeper than \(limit) levels (offset \(offset))",
        hint: "the file is damaged or not JSON as RFC 8259 defines it; write it again")
    case .tooManyValues(let limit):
      Diagnostic(
        "json.too-many-values", "the JSON text has more than \(limit) values",
        hint: "the file is damaged or not JSON as RFC 8259 defines it; write it again")
    case .duplicateKey(let key, let offset):
      Diagnostic(
        "json.duplicate-key", "a JSON object names \(printable(key)) twice (offset \(offset))",
        hint: "the file is damaged or not JSON as RFC 8259 defines it; write it again")
    case .keyTooLong(let offset, let limit):
      Diagnostic(
        "json.key-too-long", "a JSON key has more than \(limit) bytes (offset \(offset))",
        hint: "give it a shorter name; if it is no name, the file is damaged")
    case .invalidUTF8(let offset):
      Diagnostic(
        "json.invalid-utf8", "a JSON string is not valid UTF-8 (offset \(offset))",
        hint: "the file is damaged or not JSON as RFC 8259 defines it; write it again")
    case .invalidEscape(let offset):
      Diagnostic(
        "json.invalid-escape", "a JSON string has an unknown escape (offset \(offset))",
        hint: "the file is damaged or not JSON as RFC 8259 defines it; write it again")
    case .loneSurrogate(let offset):
      Diagnostic(
        "json.lone-surrogate", "a JSON string has half of a surrogate pair (offset \(offset))",
        hint: "the file is damaged or not JSON as RFC 8259 defines it; write it again")
    case .controlCharacter(let offset, let found):
      Diagnostic(
        "json.control-character",
        "a JSON string has the control character \(printable(found)) (offset \(offset))",
        hint: "the file is damaged or not JSON as RFC 8259 defines it; write it again")
    case .numberOutOfRange(let offset):
      Diagnostic(
        "json.number-out-of-range",
        "a JSON number does not fit double precision (offset \(offset))",
        hint: "the file is damaged or not JSON as RFC 8259 defines it; write it again")
    case .byteOrderMark:
      Diagnostic(
        "json.byte-order-mark", "the JSON text begins with a byte order mark (offset 0)",
        hint: "save the file as UTF-8 without a byte order mark")
    }
  }
}

/// A byte as a reader of an error message wants to see it: `'x'` or `0x0a`.
package func printable(_ byte: UInt8) -> String {
  if byte > 0x20, byte < 0x7F { return "'\(Character(UnicodeScalar(byte)))'" }
  let digits = String(byte, radix: 16)
  return "0x" + (digits.count < 2 ? "0" : "") + digits
}

/// Text from a file, fit for a one-line error message: quoted, control characters escaped, at most
/// 100 characters.
package func printable(_ text: String) -> String {
  var out = "'"
  for (count, scalar) in text.unicodeScalars.enumerated() {
    if count == 100 {
      out += "..."
      break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
      .surrogate:
      out += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "'"
}
