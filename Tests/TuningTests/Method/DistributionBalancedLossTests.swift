// DistributionBalancedLossTests - E7, in each of its readings.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct DistributionBalancedLossTests {
  private let n = TwoImages.n
  private let z = TwoImages.z
  private let y = TwoImages.y

  @Test(
    "two images: each focal term with each bias, without the factor 2",
    arguments: [
      (Reading.Focal.cell, Reading.Bias.kappaOverLambda, 2.0, 0.870345),
      (.cell, .kappa, 2, 0.820993), (.batch, .kappaOverLambda, 2, 0.885132),
      (.batch, .kappa, 2, 0.830867), (.cell, .kappaOverLambda, 0, 0.889011),
      (.cell, .kappa, 0, 0.835841),
    ])
  func balancedLoss(
    focal: Reading.Focal, bias: Reading.Bias, gamma: Double, expected: Double
  ) throws {
    var constants = BalancedConstants()
    constants.focal = gamma
    let loss = try distributionBalancedLoss(
      VOCExample.logits, labels: VOCExample.labels, counts: VOCExample.counts, images: 1142,
      constants: constants,
      reading: .paper.with(focal: focal, bias: bias, factor: 1))
    expectClose(loss.item, expected, 2e-6)  // six decimals are written down
  }

  @Test("two images: the gradients of the released and of the upstream reading")
  func balancedGradients() throws {
    func slope(_ reading: Reading) throws -> Tensor {
      let z = VOCExample.logits.tracked()
      return gradient(
        of: try distributionBalancedLoss(
          z, labels: VOCExample.labels, counts: VOCExample.counts, images: 1142, reading: reading),
        in: z)
    }
    let (released, upstream) = (try slope(.released), try slope(.upstream))
    expectClose(released[0, 14], -0.00740785, 2e-6)
    expectClose(upstream[0, 14], -0.00851170, 2e-6)
    expectClose(released[0, 9], 0.0286129, 3e-6)
    expectClose(upstream[0, 9], 0.0176081, 5e-6)
    expectClose(released[1, 9], -0.00118371, 6e-6)
    expectClose(upstream[1, 9], -1.63995e-6, 1e-5)
  }

  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("distribution-balanced-loss") }

  @Test(
    "central differences of a scalar transcription",
    arguments: [
      (Reading.paper, 0.05, 1.0), (.upstream, 0.01, 2), (.released, 0.01, 2),
    ])
  func gradients(reading: Reading, scale: Double, factor: Double) throws {
    try expectGradient("E7", at: ThreeImages.z) { z in
      try distributionBalancedLoss(
        z, labels: ThreeImages.y, counts: ThreeImages.n, images: 1000, reading: reading)
    } equals: { z in
      func shifted(_ z: Double, _ positive: Bool, _ i: Int) -> Double {
        let t = z - scale * log(1000 / ThreeImages.counts[i] - 1)
        return positive ? t : -5 * t
      }
      func weight(_ positive: Bool, _ k: Int, _ i: Int) -> Double {
        rebalance(k, i) / (positive ? 1 : 5)
      }
      guard reading.focal == .batch else {
        return factor
          * meanOfCells(z) { z, positive, k, i in
            let t = shifted(z, positive, i)
            let missed = 1 - logistic(t)
            return weight(positive, k, i) * missed * missed * cost(t)
          }
      }
      let q = exp(-meanOfCells(z) { z, positive, _, i in cost(shifted(z, positive, i)) })
      return factor * (1 - q) * (1 - q)
        * meanOfCells(z) { z, positive, k, i in
          weight(positive, k, i) * cost(shifted(z, positive, i))
        }
    }
  }

  @Test("the open decisions are different numbers")
  func readingsDiffer() throws {
    let readings = try [Reading.Focal.cell, .batch].flatMap { focal in
      try [Reading.Bias.kappa, .kappaOverLambda].map { bias in
        try distributionBalancedLoss(
          z, labels: y, counts: n, images: 1142,
          reading: .paper.with(focal: focal, bias: bias, factor: 1)
        ).item
      }
    }
    #expect(Set(readings).count == 4)
  }

  @Test("a class that every image has: its positives cost nothing")
  func classOfEveryImage() throws {
    for reading in [Reading.paper, .upstream, .released] {
      for gamma in [0.0, 2] {
        var constants = BalancedConstants()
        constants.focal = gamma
        let leaf = Tensor([0.5], shape: [1, 1]).tracked()
        let loss = try distributionBalancedLoss(
          leaf, labels: .ones([1, 1]), counts: Tensor([10]), images: 10,
          constants: constants, reading: reading)
        #expect(loss.item == 0)
        #expect(gradient(of: loss, in: leaf).values == [0])
      }
    }
    // Without a bias to scale, an infinite one is no factor either: a negative of such a class.
    var constants = BalancedConstants()
    constants.kappa = 0
    let plain = try distributionBalancedLoss(
      Tensor([0.5], shape: [1, 1]), labels: .zeros([1, 1]), counts: Tensor([10]), images: 10,
      constants: constants)
    #expect(plain.item.isFinite)
  }

  @Test("what it refuses: constants beyond their range, an empty class, counts that do not fit")
  func refused() {
    let (n, z, y) = (ConstantRange.n, ConstantRange.z, ConstantRange.y)
    expectRange("lambda", allowed: [1e-3], refused: ConstantRange.positive) {
      var constants = BalancedConstants()
      constants.negativeScale = $0
      return try distributionBalancedLoss(
        z, labels: y, counts: n, images: 50, constants: constants)
    }
    expectRange("focal", allowed: [0, 0.5], refused: [-0.1, .infinity, .nan]) {
      var constants = BalancedConstants()
      constants.focal = $0
      return try distributionBalancedLoss(
        z, labels: y, counts: n, images: 50, constants: constants)
    }
    #expect(throws: MethodError.count(class: 1, found: 0)) {
      try distributionBalancedLoss(
        TwoImages.z, labels: TwoImages.y, counts: Tensor([3, 0, 5, 1]), images: 10)
    }
    #expect(throws: ShapeError.self) {
      try distributionBalancedLoss(
        TwoImages.z, labels: TwoImages.y, counts: Tensor([1, 2]), images: 10)
    }
  }
}
