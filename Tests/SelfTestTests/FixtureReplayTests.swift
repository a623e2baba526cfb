// FixtureReplayTests - the comparison that all stored cases go through.
// SPDX-License-Identifier: Apache-2.0

import SelfTest
import Testing

@Suite struct FixtureReplayTests {
  @Test("a changed value is noticed")
  func noticesAChange() {
    let tolerance = FixtureTolerance(rtol: 1e-5, atol: 0, atolOfMax: 1e-6)
    #expect(tolerance.worstRatio([1, 2], [1, 2]) == 0)
    #expect(tolerance.worstRatio([1.001, 2], [1, 2]) > 50)
    #expect(tolerance.worstRatio([.nan, 2], [1, 2]) == .infinity)
    #expect(tolerance.worstRatio([1], [1, 2]) == .infinity)
  }
}
