// JSONText - writing JSON.
// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// The value as JSON text, without a final newline.
  ///
  /// Numbers take the shortest decimal form that reads back to the same `Double`. Not-a-number and
  /// the infinities, which JSON cannot express, become `null`. Only the characters that RFC 8259
  /// demands are escaped; everything else is written as UTF-8.
  ///
  /// - Parameter pretty: whether to put each member on its own line, indented by two spaces; arrays
  ///   of plain values stay on one line.
  /// - Returns: the text.
  public func text(pretty: Bool = false) -> String {
    var out = ""
    write(to: &out, indent: pretty ? 0 : nil)
    return out
  }

  private var isPlain: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private func write(to out: inout String, indent: Int?) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let value): out += value.isFinite ? value.description : "null"
    case .string(let value): JSON.quote(value, into: &out)
    case .array(let values):
      let inner = indent.flatMap { values.allSatisfy(\.isPlain) ? nil : $0 + 1 }
      out += "["
      for (index, value) in values.enumerated() {
        if index > 0 { out += inner == nil && indent != nil ? ", " : "," }
        JSON.newline(inner, into: &out)
        value.write(to: &out, indent: inner)
      }
      if inner != nil { JSON.newline(indent, into: &out) }
      out += "]"
    case .object(let object):
      let inner = object.members.isEmpty ? nil : indent.map { $0 + 1 }
      out += "{"
      for (index, member) in object.members.enumerated() {
        if index > 0 { out += "," }
        JSON.newline(inner, into: &out)
        JSON.quote(member.key, into: &out)
        out += inner == nil ? ":" : ": "
        member.value.write(to: &out, indent: inner)
      }
      if inner != nil { JSON.newline(indent, into: &out) }
      out += "}"
    }
  }

  private static func newline(_ indent: Int?, into out: inout String) {
    guard let indent else { return }
    out += "\n"
    for _ in 0..<indent { out += "  " }
  }

  private static func quote(_ text: String, into out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
