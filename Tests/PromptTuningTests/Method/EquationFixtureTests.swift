// EquationFixtureTests - every equation and loss against float64 PyTorch, values and gradients.
// SPDX-License-Identifier: Apache-2.0

import PromptTuning
import Support
import Testing

@Suite struct EquationFixtureTests {
  static let files =
    (try? ["equations", "losses"].flatMap { try equationFixtures(Fixtures.path($0)) }) ?? []

  @Test("each stored case is within its tolerance, and no tolerance is slack", arguments: files)
  func withinTolerance(file: FixtureFile) {
    let result = file.replay()
    #expect(result.failures.isEmpty, "\(file.equation.name)")
    // Fifty times looser than needed would no longer notice a mistake.
    #expect(result.worst == 0 || result.worst > 0.02, "\(file.equation.name): \(result.worst)")
  }

  @Test("every equation that can be run alone has fixtures")
  func everyEquationIsCovered() {
    let covered = Set(Self.files.map(\.equation.name))
    #expect(covered == Set(Equation.all.map(\.name)))
  }

  @Test("a changed value is noticed")
  func noticesAChange() {
    let tolerance = FixtureTolerance(rtol: 1e-5, atol: 0, atolOfMax: 1e-6)
    #expect(tolerance.worstRatio([1, 2], [1, 2]) == 0)
    #expect(tolerance.worstRatio([1.001, 2], [1, 2]) > 50)
    #expect(tolerance.worstRatio([.nan, 2], [1, 2]) == .infinity)
    #expect(tolerance.worstRatio([1], [1, 2]) == .infinity)
  }
}

extension FixtureFile: CustomTestStringConvertible {
  /// The equation's name.
  public var testDescription: String { equation.name }
}
