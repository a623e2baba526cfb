// ScoresTests - what an evaluation refuses.
// SPDX-License-Identifier: Apache-2.0

import PromptTuning
import Support
import Tensors
import Testing

@Suite("scores")
struct ScoresTests {
  @Test func logitsLabelsAndCountsMustFit() {
    #expect(throws: ShapeError.self) {
      try Evaluation(
        logits: .zeros([2, 3]), labels: .ones([2, 2]), counts: [5, 5], kind: .logit)
    }
    #expect(throws: ShapeError.self) {
      try Evaluation(logits: .zeros([4]), labels: .ones([4]), counts: [5, 5], kind: .logit)
    }
  }
}
