// Text - numbers, durations and times as logs, tables and messages write them.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A number with a fixed count of decimals.
package func fixed(_ value: Double, _ decimals: Int) -> String {
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
package func percent(_ fraction: Double) -> String {
  let text = fixed(fraction * 100, 1)
  return String(repeating: " ", count: max(0, 5 - text.count)) + text
}

/// A duration as people read it: `45s`, `3m10s`, `2h05m`.
package func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e8 else { return "?" }
  let whole = Int(seconds.rounded())
  let two = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
  if whole < 60 { return "\(whole)s" }
  if whole < 3600 { return "\(whole / 60)m\(two(whole % 60))s" }
  return "\(whole / 3600)h\(two(whole / 60 % 60))m"
}

/// A time in UTC as `2026-11-29T13:05:00Z`.
///
/// Not a formatter's: Foundation's reads TZ, and a TZ that is no UTF-8 ends the program.
package func timestamp(_ time: Date = Date()) -> String {
  var (seconds, parts) = (time_t(time.timeIntervalSince1970), tm())
  gmtime_r(&seconds, &parts)
  func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
  return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
}

/// A string without white space around it.
package func trimmed(_ text: String) -> String {
  var slice = text.unicodeScalars[...]
  while let first = slice.first, first.properties.isWhitespace { slice.removeFirst() }
  while let last = slice.last, last.properties.isWhitespace { slice.removeLast() }
  return String(slice)
}
