// PaperChecksTests - what holds each equation against an independent implementation.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTWeights
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

  /// A case's tensors are called `case/in/...` and `case/out/...`.
  @Test func theCasesAreThoseOfTheFileThatIsNamed() throws {
    for tag in WorkedExample.tags where tag != "E1" && tag != "A1" {
      for check in try PaperChecks.checks(tag, checkout: example.checkout) {
        let file = try WeightFile.read("\(example.checkout)/\(check.fixture)")
        let names = Set(file.tensors.compactMap { $0.name.components(separatedBy: "/in/").first })
        let cases = names.filter { !$0.contains("/out/") }
        #expect(check.cases == cases.count, "\(tag) \(check.fixture)")
      }
    }
  }
}
