// Text - numbers as people read them; never locale-aware.
// SPDX-License-Identifier: Apache-2.0

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let scaled = (abs(value) * scale).rounded(.toNearestOrEven)
  guard scaled < 9e15 else { return "\(value)" }
  let whole = Int(scaled / scale)
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return "\(sign)\(whole)" }
  let digits = String(Int(scaled) - whole * Int(scale))
  return "\(sign)\(whole)." + String(repeating: "0", count: decimals - digits.count) + digits
}

/// A fraction as a percentage with one decimal, five characters wide: ` 62.4`.
func percent(_ fraction: Double) -> String {
  let text = fixed(fraction * 100, 1)
  return String(repeating: " ", count: max(0, 5 - text.count)) + text
}
