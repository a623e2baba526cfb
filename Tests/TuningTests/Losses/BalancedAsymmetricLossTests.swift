// BalancedAsymmetricLossTests - BAL: sigmoids of logits over the largest, weighted by rarity.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct BalancedAsymmetricLossTests {
  @Test("one image of two classes, by hand")
  func byHand() throws {
    // p = sigmoid(1), sigmoid(0.5); w = 1, 1/4; y~ = 3/4, 1/4; no focus.
    let (first, second) = (log(logistic(1)), log(logistic(0.5)))
    let expected = -(2 * 0.75 * first + 1.25 * 0.25 * second + log(1 - logistic(0.5))) / 2
    let loss = try balancedAsymmetricLoss(
      Tensor([2, 1], shape: [1, 2]), labels: Tensor([1, 0], shape: [1, 2]),
      counts: Tensor([1, 4]), images: 4, gammaNegative: 0, clip: 0, smoothing: 0.5, rarity: 1)
    expectClose(loss.item, 0.7960594, 1e-6)
    expectClose(loss.item, expected, 1e-6)
  }

  @Test("two images of VOC-LT")
  func example() throws {
    // LM-CLIP's formula in float64 PyTorch.
    let (z, y, n) = (VOCExample.logits, VOCExample.labels, VOCExample.counts)
    expectClose(
      try balancedAsymmetricLoss(z, labels: y, counts: n, images: 1142).item, 0.156103113, 1e-6)
    expectClose(
      try balancedAsymmetricLoss(
        z, labels: y, counts: n, images: 1142, gammaNegative: 9.8, rarity: 1.6
      ).item, 0.0915345167, 1e-6)
  }

  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("balanced-asymmetric-loss") }

  @Test("central differences of a scalar transcription, through focus and largest logit")
  func gradients() throws {
    try expectGradient("L-bal", at: ThreeImages.z) {
      try balancedAsymmetricLoss(
        $0, labels: ThreeImages.y, counts: ThreeImages.n, images: 800, gammaPositive: 1.5)
    } equals: { values in
      let (counts, top) = (ThreeImages.counts, values.max() ?? 0)
      let weights = counts.map { Foundation.pow(800 / $0, 1.35) }
      let heaviest = weights.max() ?? 1
      return meanOfCells(values) { z, positive, _, i in
        let p = logistic(z / top)
        let q = min(1, 1.05 - p)
        let (y, soft) = positive ? (1.0, 0.925) : (0, 0.025)
        let cost = (1 + weights[i] / heaviest) * soft * log(p) + (1 - y) * log(q)
        let missed = max(0, 1 - p * soft - q * (1 - y))
        return -cost * Foundation.pow(missed, 1.5 * soft + 4 * (1 - y))
      }
    }
  }

  @Test("only the order and the ratios of a batch's logits count, so that growing all does nothing")
  func scale() throws {
    let z = TwoImages.z.tracked()
    func loss(_ z: Tensor) throws -> Tensor {
      try balancedAsymmetricLoss(z, labels: TwoImages.y, counts: TwoImages.n, images: 1142)
    }
    let once = try loss(z)
    // A power of two rounds nothing.
    #expect(try loss(z * 4).item == once.item)
    let slopes = gradient(of: once, in: z).values
    let along = zip(slopes, z.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    let largest = zip(slopes, z.values).map { abs(Double($0) * Double($1)) }.max() ?? 0
    #expect(largest > 1e-3 && abs(along) < 1e-6 * largest)
  }

  @Test("several largest logits share the gradient of the largest")
  func ties() throws {
    // Two images alike: what one has, the other has.
    let z = Tensor([3, 1, 3, 1], shape: [2, 2]).tracked()
    let loss = try balancedAsymmetricLoss(
      z, labels: Tensor([1, 0, 1, 0], shape: [2, 2]), counts: Tensor([2, 2]), images: 4)
    let slopes = gradient(of: loss, in: z).values
    #expect(slopes[0] == slopes[2] && slopes[1] == slopes[3] && slopes[0] != 0)
  }

  @Test("a right prediction is the cheapest; what is dropped of a negative has no gradient")
  func cheapest() throws {
    let y = Tensor([1, 0, 0, 1], shape: [2, 2])
    func loss(_ z: Tensor) throws -> Float {
      try balancedAsymmetricLoss(z, labels: y, counts: Tensor([1, 2]), images: 4).item
    }
    let right = try loss(2 * y - 1)
    #expect(try right < loss(y) && loss(y) < loss(Tensor.ones([2, 2])) && right > 0)
    // p of the negatives is far below the clip, where the smoothed label would leave a focus below 0.
    let z = Tensor([1, -9, -9, 1], shape: [2, 2]).tracked()
    let cost = try balancedAsymmetricLoss(
      z, labels: y, counts: Tensor([1, 2]), images: 4, gammaNegative: 9.8)
    #expect(cost.isFinite)
    let slopes = gradient(of: cost, in: z).values
    #expect(slopes[1] == 0 && slopes[2] == 0)
  }

  @Test("logits that are all negative keep their order")
  func negative() throws {
    // -2 and -4 over 2: the first is the larger still.
    let p = [logistic(-1), logistic(-2)]
    let loss = try balancedAsymmetricLoss(
      Tensor([-2, -4], shape: [1, 2]), labels: Tensor([1, 0], shape: [1, 2]),
      counts: Tensor([2, 2]), images: 4, gammaNegative: 0, clip: 0, smoothing: 0)
    expectClose(loss.item, -(2 * log(p[0]) + log(1 - p[1])) / 2, 1e-6)
  }

  @Test("what it refuses: constants, counts and labels, and a largest logit of 0")
  func refused() throws {
    let (z, y, n) = (ConstantRange.z, ConstantRange.y, ConstantRange.n)
    func loss(_ z: Tensor) throws -> Tensor {
      try balancedAsymmetricLoss(z, labels: y, counts: n, images: 40)
    }
    for (name, call): (String, (Double) throws -> Tensor) in [
      ("clip", { try balancedAsymmetricLoss(z, labels: y, counts: n, images: 40, clip: $0) }),
      (
        "smoothing",
        { try balancedAsymmetricLoss(z, labels: y, counts: n, images: 40, smoothing: $0) }
      ),
    ] { expectRange(name, allowed: [0, 0.99], refused: [-0.01, 1, .nan], call) }
    expectRange("eps", allowed: [1e-30], refused: ConstantRange.positive) {
      try balancedAsymmetricLoss(z, labels: y, counts: n, images: 40, eps: $0)
    }
    expectRange("gamma_neg", allowed: [0], refused: ConstantRange.exponent) {
      try balancedAsymmetricLoss(z, labels: y, counts: n, images: 40, gammaNegative: $0)
    }
    expectRange("gamma_pos", allowed: [0], refused: ConstantRange.exponent) {
      try balancedAsymmetricLoss(z, labels: y, counts: n, images: 40, gammaPositive: $0)
    }
    expectRange("rarity", allowed: [0], refused: ConstantRange.exponent) {
      try balancedAsymmetricLoss(z, labels: y, counts: n, images: 40, rarity: $0)
    }
    expectRange("total", allowed: [1], refused: ConstantRange.positive) {
      try balancedAsymmetricLoss(z, labels: y, counts: n, images: $0)
    }
    expectBadCounts { try balancedAsymmetricLoss(z, labels: y, counts: $0, images: 40) }
    expectBadLabel { try balancedAsymmetricLoss($0, labels: $1, counts: n, images: 40) }
    #expect(throws: ShapeError.self) {
      try balancedAsymmetricLoss(z, labels: y, counts: Tensor([1, 2]), images: 40)
    }
    let error = #expect(throws: MethodError.self) { try loss(Tensor([-4, 0, -5], shape: [1, 3])) }
    #expect(error?.code == "method.parameter")
    #expect(throws: Never.self) { try loss(Tensor([-4, 1e-30, -5], shape: [1, 3])) }
  }
}
