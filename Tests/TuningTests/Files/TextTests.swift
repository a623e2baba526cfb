// TextTests - numbers, durations and times by hand.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LMPTTuning

@Suite("numbers and times in words")
struct TextTests {
  @Test("decimals are rounded, halves to the even digit; what rounds to nothing has no sign")
  func decimals() {
    #expect(fixed(0.126, 2) == "0.13" && fixed(0.124, 2) == "0.12")
    #expect(fixed(0.125, 2) == "0.12" && fixed(0.375, 2) == "0.38")
    #expect(fixed(2.5, 0) == "2" && fixed(3.5, 0) == "4")
    #expect(fixed(-1.06, 1) == "-1.1" && fixed(-0.04, 1) == "0.0")
    #expect(fixed(7, 3) == "7.000" && fixed(1.05, 3) == "1.050")
    #expect(fixed(.nan, 2) == "nan" && fixed(-.infinity, 2) == "-inf")
    #expect(fixed(1e16, 2) == "1e+16")
  }

  @Test("a percentage stands in five columns")
  func percentages() {
    #expect(percent(0.5) == " 50.0" && percent(1) == "100.0" && percent(0.0449) == "  4.5")
  }

  @Test("durations change their unit at a minute and an hour, as they are rounded")
  func durations() {
    #expect(duration(0.4) == "0s" && duration(59.4) == "59s" && duration(59.6) == "1m00s")
    #expect(duration(61) == "1m01s" && duration(3599.6) == "1h00m")
    #expect(duration(2 * 3600 + 3 * 60 + 40) == "2h03m")
    #expect(duration(.infinity) == "?" && duration(1e8) == "?")
  }

  @Test("times are those of Greenwich, months from 01")
  func times() {
    // By Python's datetime.
    #expect(timestamp(Date(timeIntervalSince1970: 1_706_745_909)) == "2024-02-01T00:05:09Z")
    #expect(timestamp(Date(timeIntervalSince1970: 1_735_689_599)) == "2024-12-31T23:59:59Z")
    #expect(timestamp(Date(timeIntervalSince1970: 0)) == "1970-01-01T00:00:00Z")
  }

  @Test("white space goes at both ends and stays inside")
  func ends() {
    #expect(trimmed("\u{a0} a b\r\n") == "a b" && trimmed(" \t") == "" && trimmed("a") == "a")
  }
}
