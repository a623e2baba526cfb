// FocalLossTests - binary cross-entropy with a focal term.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct FocalLossTests {
  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("focal-loss") }

  @Test("central differences of a scalar transcription")
  func gradients() throws {
    try expectGradient("L-focal", at: ThreeImages.z) {
      try focalLoss($0, labels: ThreeImages.y, gamma: 1.5, alpha: 0.25)
    } equals: {
      meanOfCells($0) { z, positive, _, _ in
        let t = positive ? z : -z
        return (positive ? 0.25 : 0.75) * Foundation.pow(1 - logistic(t), 1.5) * cost(t)
      }
    }
  }

  @Test("what it refuses: constants beyond their range, labels that are none")
  func refused() {
    let (z, y) = (ConstantRange.z, ConstantRange.y)
    expectRange("gamma", allowed: [0], refused: ConstantRange.exponent) {
      try focalLoss(z, labels: y, gamma: $0)
    }
    expectRange("alpha", allowed: [0, 1], refused: [-0.01, 1.01, .nan]) {
      try focalLoss(z, labels: y, alpha: $0)
    }
    expectBadLabel { try focalLoss($0, labels: $1) }
  }
}
