// LDAMLossTests - margins by class count inside the logits.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct LDAMLossTests {
  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("ldam") }

  @Test("central differences of a scalar transcription")
  func gradients() throws {
    try expectGradient("L-ldam", at: ThreeImages.z) {
      try ldamLoss($0, labels: ThreeImages.y, counts: ThreeImages.n, margin: 0.5, scale: 3)
    } equals: {
      meanOfCells($0) { z, positive, _, i in
        positive ? cost(3 * (z - 0.5 / Foundation.pow(ThreeImages.counts[i], 0.25))) : cost(-3 * z)
      }
    }
  }

  @Test("what it refuses: constants beyond their range, counts that are no positive numbers")
  func refused() {
    let (n, z, y) = (ConstantRange.n, ConstantRange.z, ConstantRange.y)
    expectRange("margin", allowed: [0], refused: ConstantRange.exponent) {
      try ldamLoss(z, labels: y, counts: n, margin: $0)
    }
    expectRange("scale", allowed: [1e-3], refused: ConstantRange.positive) {
      try ldamLoss(z, labels: y, counts: n, scale: $0)
    }
    expectBadCounts { try ldamLoss(z, labels: y, counts: $0) }
  }
}
