// NumberText - numbers as text, the same on every machine and in every locale.
// SPDX-License-Identifier: Apache-2.0

/// Numbers for readers (files use the shortest round-trip form instead).
package enum NumberText {
  /// A number with a fixed count of decimals, rounded half away from zero.
  ///
  /// Not-a-number and infinities give a dash; so does a magnitude of 1e15 and more, where decimals
  /// mean nothing.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return missing }
    let decimals = min(9, max(0, decimals))
    let scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    guard let units = Int(exactly: (abs(value) * scale).rounded()) else { return missing }
    let whole = String(units / Int(scale))
    let sign = value < 0 && units > 0 ? "\u{2212}" : ""
    guard decimals > 0 else { return sign + whole }
    let fraction = String(units % Int(scale))
    return sign + whole + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  /// A difference with its sign, and none where it rounds to zero.
  package static func signed(_ value: Double, _ decimals: Int) -> String {
    let text = fixed(value, decimals)
    return value > 0 && text.contains { ("1"..."9").contains($0) } ? "+" + text : text
  }

  /// A time for readers: `34 s`, `2 min 10 s`, `1 h 05 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return missing }
    if seconds < 10 { return fixed(seconds, 1) + " s" }
    let whole = Int(seconds.rounded())
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
    return "\(whole / 3600) h \(two(whole % 3600 / 60)) min"
  }

  /// A fraction as a percentage with two decimals, without a sign for the unit.
  package static func percent(_ fraction: Double?, _ decimals: Int = 2) -> String {
    fraction.map { fixed($0 * 100, decimals) } ?? missing
  }

  /// A number with about `digits` significant digits, in scientific form when it is tiny or huge.
  package static func significant(_ value: Double, _ digits: Int = 4) -> String {
    guard value.isFinite else { return missing }
    guard value != 0 else { return "0" }
    var mantissa = abs(value)
    var exponent = 0
    while mantissa >= 10, exponent < 400 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1, exponent > -400 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    if (-4...6).contains(exponent) {
      return trimmed(fixed(value, max(0, digits - 1 - exponent)))
    }
    let sign = value < 0 ? "\u{2212}" : ""
    let power = exponent < 0 ? "\u{2212}\(-exponent)" : "\(exponent)"
    return sign + trimmed(fixed(mantissa, digits - 1)) + "e" + power
  }

  /// A whole number with thin spaces between groups of three digits.
  package static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var out = value < 0 ? "\u{2212}" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out += "\u{202F}" }
      out.append(digit)
    }
    return out
  }

  /// What stands where there is no number.
  package static let missing = "\u{2013}"

  /// Without zeros at the end of the decimals.
  static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// A coordinate in an SVG attribute: one decimal, a plain minus sign, never not-a-number.
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let text = trimmed(fixed(abs(value), 1))
    return value < 0 && text != "0" ? "-" + text : text
  }
}
