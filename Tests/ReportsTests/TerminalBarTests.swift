// TerminalBarTests - bars of characters.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct TerminalBarTests {
  @Test func `a bar ends at the nearest eighth of a column`() {
    #expect(TerminalBar.text(0.1, width: 1) == "\u{258F}")  // 0.8 of an eighth
    #expect(TerminalBar.text(0.05, width: 1) == " ")
  }
}
