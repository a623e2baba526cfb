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

  /// Stable identifier.
  package var code: String {
    switch self {
    case .unexpectedByte: "json.unexpected-byte"
    case .endOfData: "json.end-of-data"
    case .trailingBytes: "json.trailing-bytes"
    case .tooDeep: "json.too-deep"
    case .tooManyValues: "json.too-many-values"
    case .duplicateKey: "json.duplicate-key"
    case .invalidUTF8: "json.invalid-utf8"
    case .invalidEscape: "json.invalid-escape"
    case .loneSurrogate: "json.lone-surrogate"
    case .controlCharacter: "json.control-character"
    case .numberOutOfRange: "json.number-out-of-range"
    case .byteOrderMark: "json.byte-order-mark"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .unexpectedByte(let offset, let found, let expected):
      "JSON has \(printable(found)) where \(expected) must stand (offset \(offset))"
    case .endOfData(let offset, let expected):
      "JSON ends where \(expected) must stand (offset \(offset))"
    case .trailingBytes(let offset): "JSON goes on after its value (offset \(offset))"
    case .tooDeep(let offset, let limit):
      "JSON is nested deeper than \(limit) levels (offset \(offset))"
    case .tooManyValues(let limit): "the JSON text has more than \(limit) values"
    case .duplicateKey(let key, let offset):
      "a JSON object names \(printable(key)) twice (offset \(offset))"
    case .invalidUTF8(let offset): "a JSON string is not valid UTF-8 (offset \(offset))"
    case .invalidEscape(let offset): "a JSON string has an unknown escape (offset \(offset))"
    case .loneSurrogate(let offset):
      "a JSON string has half of a surrogate pair (offset \(offset))"
    case .controlCharacter(let offset, let found):
      "a JSON string has the control character \(printable(found)) (offset \(offset))"
    case .numberOutOfRange(let offset):
      "a JSON number does not fit double precision (offset \(offset))"
    case .byteOrderMark: "the JSON text begins with a byte order mark (offset 0)"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .byteOrderMark: "save the file as UTF-8 without a byte order mark"
    case .endOfData: "the file is truncated; copy or download it again"
    default: "the file is damaged or not JSON as RFC 8259 defines it; write it again"
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
