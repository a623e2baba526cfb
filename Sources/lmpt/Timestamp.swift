// Timestamp - the time as ISO 8601 writes it.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A time in UTC as `2026-11-29T13:05:00Z`.
///
/// Not a formatter's: Foundation's reads TZ, and a TZ that is no UTF-8 ends the program.
func timestamp(_ time: Date = Date()) -> String {
  var (seconds, parts) = (time_t(time.timeIntervalSince1970), tm())
  gmtime_r(&seconds, &parts)
  func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
  return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
}
