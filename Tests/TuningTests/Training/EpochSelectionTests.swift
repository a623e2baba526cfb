// EpochSelectionTests - which epoch a run keeps.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTTuning

@Suite struct EpochSelectionTests {
  /// Records of epochs 1, 2, ... with these figures.
  private func history(validation: [Double?], test: [Double]) -> [EpochRecord] {
    zip(validation, test).enumerated().map { index, figures in
      var record = EpochRecord(epoch: index + 1)
      (record.validation, record.test) = figures
      return record
    }
  }

  @Test("the first of the best epochs, by the figure that the rule names")
  func best() {
    let history = history(validation: [0.2, 0.5, 0.5, 0.4], test: [0.9, 0.1, 0.9, 0.3])
    #expect(EpochSelection.validation.best(of: history)?.epoch == 2)
    #expect(EpochSelection.test.best(of: history)?.epoch == 1)
    #expect(EpochSelection.last.best(of: history) == nil)
    #expect(EpochSelection.validation.best(of: []) == nil)
  }

  @Test("an epoch without the figure is never kept")
  func absent() {
    let history = history(validation: [nil, 0.1, nil], test: [0.9, 0.1, 0.9])
    #expect(EpochSelection.validation.best(of: history)?.epoch == 2)
  }
}
