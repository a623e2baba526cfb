// ActiveMarginsTests - hinges of E6 counted by hand; whole runs are the PyTorch twin's (RunTwinTests).
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("active margins of E6")
struct ActiveMarginsTests {
  // Labels of TwoImages: 1 0 0 1 and 0 0 1 0; distances 0.3 0.02 0.9 0.6 and 0.05 1.2 0.4 0.01.
  private func margins(_ mu: Tensor, _ reading: Reading = .paper) -> ActiveMargins {
    ActiveMargins(TwoImages.d, labels: TwoImages.y, margin: mu, reading: reading)
  }

  @Test("a negative is active as long as it is nearer than the margin of its class")
  func byHand() {
    // Negatives: 0.05 of class 0, 0.02 and 1.2 of class 1, 0.9 of class 2, 0.01 of class 3.
    let found = margins(Tensor([0.06, 0.02, 1, 0.005]))
    #expect(found.negatives == [1, 2, 1, 1])
    // A distance of exactly the margin is satisfied.
    #expect(found.active == [1, 0, 1, 0])
    #expect(margins(Tensor(0.03)).active == [0, 1, 0, 1])
  }

  @Test("with the released sign no distance satisfies a negative")
  func released() {
    let found = margins(Tensor(0.03), .released)
    #expect(found.negatives == [1, 2, 1, 1] && found.active == [1, 2, 1, 1])
  }

  @Test("a share is of all negatives of a group, and a group without one has none")
  func shares() throws {
    var found = margins(Tensor([0.06, 0.02, 1, 0.005]))
    #expect(
      found.shares([.tail, .medium, .medium, .medium]) == [.tail: 1, .medium: 0.25])
    found.add(margins(Tensor(0.03)))  // 0 1 0 1 more of 1 2 1 1
    #expect(found.shares([.head, .tail, .tail, .head]) == [.head: 0.5, .tail: 2.0 / 6])
    let positives = ActiveMargins(
      Tensor([0.1, 0.2], shape: [1, 2]), labels: Tensor([1, 0], shape: [1, 2]), margin: 1)
    #expect(positives.shares([.head, .tail]) == [.tail: 1])
  }

  @Test("the losses of a step carry them, and without E6 there are none")
  func carried() throws {
    let margins = ActiveMargins(classes: 2)
    let objective = Objective(classification: { z, _ in sum(z) })
    let losses = try objective.total(cls: 1, cse: EmbeddingPart(loss: 2, margins: margins))
    #expect(losses.margins == margins && losses.map(\.item).margins == margins)
    #expect(try objective.total(cls: 1, cse: .none).margins == nil)
  }
}
