// BinaryCrossEntropyTests - binary cross-entropy and the multi-label soft margin.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct BinaryCrossEntropyTests {
  @Test("two images of VOC-LT")
  func example() throws {
    expectClose(
      try binaryCrossEntropy(VOCExample.logits, labels: VOCExample.labels).item, 1.488993, 1e-6)
    expectClose(
      try multiLabelSoftMargin(VOCExample.logits, labels: VOCExample.labels).item, 1.488993, 1e-6)
  }

  @Test(
    "float64 PyTorch, values and gradients",
    arguments: ["binary-cross-entropy", "multilabel-soft-margin"])
  func fixture(name: String) throws { try expectStoredCases(name) }

  @Test("central differences of a scalar transcription")
  func gradients() throws {
    try expectGradient("L-bce", at: ThreeImages.z) {
      try binaryCrossEntropy($0, labels: ThreeImages.y)
    } equals: {
      meanOfCells($0) { z, positive, _, _ in cost(positive ? z : -z) }
    }
    try expectGradient("L-mls", at: ThreeImages.z) {
      try multiLabelSoftMargin($0, labels: ThreeImages.y)
    } equals: {
      meanOfCells($0) { z, positive, _, _ in cost(positive ? z : -z) }
    }
  }

  @Test("labels, shapes and weights that do not fit are errors, not traps")
  func hostile() {
    let (z, y) = (TwoImages.z, TwoImages.y)
    let half = Tensor([1, 0, 0.5, 1, 0, 0, 1, 0], shape: [2, 4])
    #expect(throws: MethodError.label(row: 0, class: 2, found: 0.5)) {
      try binaryCrossEntropy(z, labels: half)
    }
    #expect(throws: ShapeError.self) { try binaryCrossEntropy(z, labels: y.transposed) }
    #expect(throws: ShapeError.self) { try binaryCrossEntropy(z, labels: y, weight: .ones([3])) }
    #expect(throws: ShapeError.self) {
      try binaryCrossEntropy(Tensor([1, 2]), labels: Tensor([1, 0]))
    }
    expectBadLabel { try multiLabelSoftMargin($0, labels: $1) }
  }
}
