// OracleTests - worked examples on the published class counts, written down as numbers.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Support
import Tensors
import Testing

@testable import PromptTuning

@Suite struct OracleTests {
  static let voc: [Float] = [
    6, 34, 8, 14, 154, 17, 249, 29, 479, 4, 240, 48, 11, 20, 775, 100, 5, 82, 7, 64,
  ]
  static let counts = Tensor(voc)
  /// z_bi = 4 sin(0.7 i + 1.3 b), two images.
  static let logits = Tensor(
    (0..<40).map { Float(4 * sin(0.7 * Double($0 % 20) + 1.3 * Double($0 / 20))) },
    shape: [2, 20])
  static let labels = Tensor(
    (0..<40).map { [4, 14, 19, 29, 34].contains($0) ? 1 : 0 }, shape: [2, 20])

  private func close(_ found: Float, _ expected: Double, _ rtol: Double) {
    expectClose([Double(found)], [expected], rtol: rtol)
  }

  @Test("E4 on VOC-LT: the margin of cow (4 images) and person (775)")
  func margins() throws {
    let mu = try classMargin(Self.counts)
    close(mu[9], 0.14142, 5e-5)
    close(mu[14], 0.03791, 1.4e-4)  // four digits are written down
  }

  @Test("E5 on VOC-LT: weights of the rarest and the most frequent classes")
  func weights() throws {
    let omega = try classWeight(Self.counts)
    for (index, expected) in [
      (9, 0.33121), (16, 0.21198), (0, 0.14720), (18, 0.10815), (2, 0.08280), (14, 8.823e-6),
    ] { close(omega[index], expected, 1e-4) }
  }

  @Test("E7 on VOC-LT: class bias and rebalancing weight of the first training image")
  func balance() throws {
    let bias = try classBias(Self.counts, images: 1142)
    close(bias[14], 0.7475, 1e-4)
    close(bias[9] * 0.05 / 5, -0.05651, 1e-4)
    let y = Tensor((0..<20).map { [4, 14, 19].contains($0) ? 1 : 0 }, shape: [1, 20])
    let r = try rebalanceWeight(y, counts: Self.counts)
    for (index, expected) in [(4, 0.54373), (14, 0.17953), (19, 1.07527), (9, 1.1)] {
      close(r[0, index], expected, 3e-5)
    }
  }

  @Test(
    "E7 on two images: each focal term with each bias, without the factor 2",
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
    constants.gamma = gamma
    let loss = try distributionBalancedLoss(
      Self.logits, labels: Self.labels, counts: Self.counts, images: 1142, constants: constants,
      reading: .paper.with(focal: focal, bias: bias, factor: 1))
    close(loss.item, expected, 2e-6)  // six decimals are written down
  }

  @Test("E7 on two images: the gradients of the released and of the upstream reading")
  func balancedGradients() throws {
    func slope(_ reading: Reading) throws -> Tensor {
      let z = Self.logits.tracked()
      return gradient(
        of: try distributionBalancedLoss(
          z, labels: Self.labels, counts: Self.counts, images: 1142, reading: reading), in: z)
    }
    let (released, upstream) = (try slope(.released), try slope(.upstream))
    close(released[0, 14], -0.00740785, 2e-6)
    close(upstream[0, 14], -0.00851170, 2e-6)
    close(released[0, 9], 0.0286129, 3e-6)
    close(upstream[0, 9], 0.0176081, 5e-6)
    close(released[1, 9], -0.00118371, 6e-6)
    close(upstream[1, 9], -1.63995e-6, 1e-5)
  }

  @Test("binary cross-entropy and asymmetric loss of the same logits")
  func otherLosses() throws {
    close(try binaryCrossEntropy(Self.logits, labels: Self.labels).item, 1.488993, 1e-6)
    close(try multiLabelSoftMargin(Self.logits, labels: Self.labels).item, 1.488993, 1e-6)
    close(try asymmetricLoss(Self.logits, labels: Self.labels).item, 0.741331, 1e-6)
    close(
      try asymmetricLoss(Self.logits, labels: Self.labels, reduction: .sum).item, 29.653250, 1e-6)
  }

  @Test("E6 by hand: plain hinge, class-aware margin, re-weighting, and the released sign")
  func embedding() throws {
    let n = Tensor([100, 20, 4])
    let d = Tensor([0.05, 0.30, 0.08, 0.60, 0.02, 0.10], shape: [2, 3])
    let y = Tensor([1, 0, 0, 0, 1, 0], shape: [2, 3])
    let (mu, omega) = (try classMargin(n), try classWeight(n))
    expectClose(mu.values, [0.0632456, 0.0945742, 0.1414214], rtol: 1e-6)
    expectClose(omega.values, [0.0015361, 0.0384025, 0.9600614], rtol: 2e-5)
    close(try embeddingLoss(d, labels: y, margin: 0.2, weight: 1).item, 0.0483333, 1e-6)
    close(try embeddingLoss(d, labels: y, margin: mu, weight: 1).item, 0.0288071, 2e-6)
    // The mean over six cells of weights that sum to 1.
    close(try embeddingLoss(d, labels: y, margin: mu, weight: omega).item, 0.0165967, 5e-6)
    close(
      try embeddingLoss(d, labels: y, margin: mu, weight: omega, reading: .released).item,
      0.0772355, 1e-6)
  }

  @Test("E8 by hand")
  func total() throws {
    #expect(try objective(2, 1, lambda: 0.25).item == 1.25)
  }
}
