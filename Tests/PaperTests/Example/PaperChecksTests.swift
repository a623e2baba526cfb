// PaperChecksTests - what holds each equation against an independent implementation.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTPaper

@Suite struct PaperChecksTests {
  let example: WorkedExample
  init() throws { example = try WorkedExampleTests.example.get() }

  @Test func everyEquationHasChecksThatHold() throws {
    for tag in WorkedExample.tags {
      let checks = try PaperChecks.checks(tag, checkout: example.checkout)
      #expect(!checks.isEmpty, "\(tag)")
      for check in checks {
        #expect(check.worstError <= 1 && check.cases > 0, "\(tag) \(check.fixture)")
      }
    }
  }
}
