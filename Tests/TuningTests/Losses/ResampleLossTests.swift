// ResampleLossTests - the family of losses that the released names select from.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct ResampleLossTests {
  @Test("by hand: weight of negatives, alpha, bias, factor")
  func resample() throws {
    let z = Tensor([0.5, -0.25], shape: [1, 2])
    let y = Tensor([1, 0], shape: [1, 2])
    func bce(_ t: Double) -> Double { log1p(exp(-t)) }
    func wrong(_ t: Double) -> Double { 1 / (1 + exp(t)) }
    // t = z + b for the positive; -lambda (z + b) for the negative, divided by lambda.
    let (p, q) = (0.5 + 0.1, -3 * (-0.25 - 0.2))
    let bias = Tensor([0.1, -0.2])
    func loss(
      _ weight: Tensor?, _ gamma: Double?, _ reading: Reading, alpha: Double = 0.5
    ) throws -> Double {
      Double(
        try resampleLoss(
          z, labels: y, weight: weight, bias: bias, lambda: 3, gamma: gamma, alpha: alpha,
          factor: 4, reading: reading
        ).item)
    }
    let weight = Tensor([2, 5])
    let found = [
      try loss(nil, nil, .paper), try loss(nil, nil, .released), try loss(weight, nil, .released),
      try loss(nil, 1.5, .paper, alpha: 0.25),
    ]
    let (positive, negative): (Double, Double) = (bce(p), bce(q) / 3)
    let focal: Double = 0.25 * pow(wrong(p), 1.5) * positive + 0.75 * pow(wrong(q), 1.5) * negative
    let expected: [Double] = [
      2 * (positive + negative), 2 * (positive + 3 * negative), 2 * (2 * positive + 5 * negative),
      2 * focal,
    ]
    // Single precision: a few roundings.
    expectClose(found, expected, atol: 0, rtol: 1e-6)
  }

  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("class-balanced-focal") }

  @Test("central differences of a scalar transcription")
  func gradients() throws {
    try expectGradient("L-resample", at: ThreeImages.z) { z in
      let bias = try classBias(ThreeImages.n, images: 1000) * 0.05
      return try resampleLoss(
        z, labels: ThreeImages.y, weight: rebalanceWeight(ThreeImages.y, counts: ThreeImages.n),
        bias: bias, lambda: 2, factor: 3)
    } equals: {
      meanOfCells($0) { z, positive, k, i in
        let t = (z - 0.05 * log(1000 / ThreeImages.counts[i] - 1)) * (positive ? 1 : -2)
        let missed = 1 - logistic(t)
        return 3 * 0.5 * missed * missed * rebalance(k, i) / (positive ? 1 : 2) * cost(t)
      }
    }
  }

  @Test("what it refuses: constants beyond their range, weights and biases that fit no axis")
  func refused() {
    let (z, y) = (ConstantRange.z, ConstantRange.y)
    expectRange("lambda", allowed: [1e-3], refused: ConstantRange.positive) {
      try resampleLoss(z, labels: y, lambda: $0)
    }
    expectRange("focal", allowed: [0], refused: ConstantRange.exponent) {
      try resampleLoss(z, labels: y, gamma: $0)
    }
    let weight = Tensor.ones([3])
    #expect(throws: ShapeError.self) {
      try resampleLoss(TwoImages.z, labels: TwoImages.y, weight: weight)
    }
    #expect(throws: ShapeError.self) {
      try resampleLoss(TwoImages.z, labels: TwoImages.y, bias: weight)
    }
  }
}
