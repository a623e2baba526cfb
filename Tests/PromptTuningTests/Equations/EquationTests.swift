// EquationTests - every equation that can be run by name has fixtures.
// SPDX-License-Identifier: Apache-2.0

import PromptTuning
import Support
import Testing

@Suite struct EquationTests {
  @Test("every equation that can be run alone has fixtures")
  func everyEquationIsCovered() throws {
    let covered = Set(try StoredCases.files.get().map(\.equation.name))
    #expect(covered == Set(Equation.all.map(\.name)))
  }
}
