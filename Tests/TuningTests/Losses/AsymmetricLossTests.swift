// AsymmetricLossTests - the asymmetric loss, with easy negatives shifted away.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct AsymmetricLossTests {
  @Test("two images of VOC-LT")
  func example() throws {
    expectClose(
      try asymmetricLoss(VOCExample.logits, labels: VOCExample.labels).item, 0.741331, 1e-6)
    expectClose(
      try asymmetricLoss(VOCExample.logits, labels: VOCExample.labels, reduction: .sum).item,
      29.653250, 1e-6)
  }

  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("asymmetric-loss") }

  @Test("central differences of a scalar transcription, through the focusing weight too")
  func gradients() throws {
    try expectGradient("L-asl", at: ThreeImages.z) {
      try asymmetricLoss($0, labels: ThreeImages.y, gammaPositive: 1, gradient: .full)
    } equals: {
      meanOfCells($0) { z, positive, _, _ in
        let p = logistic(z)
        if positive { return -(1 - p) * log(p) }
        let m = max(p - 0.05, 0)
        return -m * m * m * m * log(1 - m)
      }
    }
  }

  @Test("it keeps its precision when it clips little")
  func smallClip() throws {
    for clip in [1e-3, 1e-5, 1e-7] {
      for logit in [-3, 0.5, 10, 14] {
        let z = Tensor(Float(logit)).reshaped([1, 1]).tracked()
        let loss = try asymmetricLoss(z, labels: .zeros([1, 1]), clip: clip)
        // Both sides in Double: 1 - m is sigmoid(-z) + clip.
        let m = max(1 / (1 + exp(-logit)) - clip, 0)
        let rest = min(1 / (1 + exp(logit)) + clip, 1)
        let expected = -pow(m, 4) * (m < 0.5 ? log1p(-m) : log(rest))
        expectClose([Double(loss.item)], [expected], rtol: 2e-6, "\(clip) \(logit)")
        let slope = pow(m, 4) / (1 + exp(logit)) / (1 + exp(-logit)) / rest
        let found = Double(gradient(of: loss, in: z).item)
        expectClose([found], [slope], rtol: 2e-6, "gradient \(clip) \(logit)")
      }
    }
  }

  @Test("the sum over the cells is another number than the mean")
  func reduction() throws {
    let (z, y) = (TwoImages.z, TwoImages.y)
    #expect(
      try asymmetricLoss(z, labels: y, reduction: .sum).item
        != asymmetricLoss(z, labels: y).item)
  }

  @Test("what it refuses: constants beyond their range")
  func refused() {
    let (z, y) = (ConstantRange.z, ConstantRange.y)
    expectRange("clip", allowed: [0, 0.99], refused: [-0.01, 1, .nan]) {
      try asymmetricLoss(z, labels: y, clip: $0)
    }
    expectRange("eps", allowed: [1e-30], refused: ConstantRange.positive) {
      try asymmetricLoss(z, labels: y, eps: $0)
    }
    expectRange("gamma_neg", allowed: [0], refused: ConstantRange.exponent) {
      try asymmetricLoss(z, labels: y, gammaNegative: $0)
    }
    expectRange("gamma_pos", allowed: [0], refused: ConstantRange.exponent) {
      try asymmetricLoss(z, labels: y, gammaPositive: $0)
    }
  }
}
