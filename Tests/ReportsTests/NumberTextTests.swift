// NumberTextTests - numbers as text.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct NumberTextTests {
  @Test func `numbers are rounded and dashes stand for what is none`() {
    #expect(NumberText.fixed(0.125, 2) == "0.13")
    #expect(NumberText.fixed(-0.004, 2) == "0.00")
    #expect(NumberText.fixed(.nan, 1) == "\u{2013}")
    #expect(NumberText.percent(0.8544) == "85.44")
    #expect(NumberText.significant(5e-4) == "0.0005")
    #expect(NumberText.significant(8.823e-6) == "8.823e\u{2212}6")
    #expect(NumberText.count(-1_234_567) == "\u{2212}1\u{202F}234\u{202F}567")
    #expect(NumberText.coordinate(-1.26) == "-1.3")
    #expect(NumberText.fixed(9.999e14, 9) == "\u{2013}")
    #expect(NumberText.signed(14.2, 1) == "+14.2" && NumberText.signed(-0.9, 1) == "\u{2212}0.9")
    #expect(NumberText.signed(0.04, 1) == "0.0" && NumberText.signed(-0.04, 1) == "0.0")
    #expect(NumberText.duration(3.24) == "3.2 s" && NumberText.duration(34) == "34 s")
    #expect(NumberText.duration(130) == "2 min 10 s" && NumberText.duration(3_900) == "1 h 05 min")
    #expect(NumberText.duration(-1) == "\u{2013}" && NumberText.duration(.nan) == "\u{2013}")
  }
}
