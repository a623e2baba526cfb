// StoredCases - an equation or loss against float64 PyTorch, values and gradients.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning
import LMPTSelfTest
import LMPTSupport
import Testing

/// The fixtures of all equations and losses that can be run alone.
enum StoredCases {
  static let files = Result {
    try ["equations", "losses"].flatMap { try equationFixtures(Fixtures.path($0)) }
  }
}

/// Each stored case of an equation is within its tolerance, and no tolerance is slack.
func expectStoredCases(
  _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let file = try #require(
    try StoredCases.files.get().first { $0.equation.name == name }, "\(name) has no fixtures",
    sourceLocation: sourceLocation)
  let result = file.replay()
  #expect(result.failures.isEmpty, "\(name)", sourceLocation: sourceLocation)
  // Fifty times looser than needed would no longer notice a mistake.
  #expect(
    result.worst == 0 || result.worst > 0.02, "\(name): \(result.worst)",
    sourceLocation: sourceLocation)
}
