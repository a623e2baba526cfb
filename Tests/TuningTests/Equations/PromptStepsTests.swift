// PromptStepsTests - steps of training by name, on arrays.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct PromptStepsTests {
  @Test("the step by name on arrays gives the same")
  func byName() throws {
    let twin = try TrainingFixture.stored()
    let arrays = [
      "features": try twin.tensor("features"), "labels": try twin.tensor("labels"),
      "counts": try twin.tensor("counts"),
    ]
    let results = try Equation.promptSteps(
      arrays, settings: ["lr": "0.05", "total": "1142"], model: twin.model,
      classNames: twin.classNames, words: "a photo of a")
    let parts = try twin.doubles("run-words-losses")
    let totals = stride(from: 2, to: parts.count, by: 3).map { parts[$0] }
    expectClose(results[0].value.values.map(Double.init), totals, rtol: 1e-5)
    #expect(results[1].value.shape == [4, 64])
  }
}
