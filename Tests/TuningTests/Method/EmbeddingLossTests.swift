// EmbeddingLossTests - E6: captions of the class pulled in, the others pushed to the margin.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct EmbeddingLossTests {
  private let n = TwoImages.n
  private let y = TwoImages.y
  private let d = TwoImages.d

  @Test("by hand: plain hinge, class-aware margin, re-weighting, and the released sign")
  func embedding() throws {
    let n = Tensor([100, 20, 4])
    let d = Tensor([0.05, 0.30, 0.08, 0.60, 0.02, 0.10], shape: [2, 3])
    let y = Tensor([1, 0, 0, 0, 1, 0], shape: [2, 3])
    let (mu, omega) = (try classMargin(n), try classWeight(n))
    expectClose(mu.values, [0.0632456, 0.0945742, 0.1414214], rtol: 1e-6)
    expectClose(omega.values, [0.0015361, 0.0384025, 0.9600614], rtol: 2e-5)
    expectClose(try embeddingLoss(d, labels: y, margin: 0.2, weight: 1).item, 0.0483333, 1e-6)
    expectClose(try embeddingLoss(d, labels: y, margin: mu, weight: 1).item, 0.0288071, 2e-6)
    // The mean over six cells of weights that sum to 1.
    expectClose(try embeddingLoss(d, labels: y, margin: mu, weight: omega).item, 0.0165967, 5e-6)
    expectClose(
      try embeddingLoss(d, labels: y, margin: mu, weight: omega, reading: .released).item,
      0.0772355, 1e-6)
  }

  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("embedding-loss") }

  @Test("central differences of a scalar transcription, with E4 and E5", arguments: Reading.all)
  func gradients(reading: Reading) throws {
    let d = Tensor((0..<12).map { Float(0.02 + 0.031 * Double($0 * 7 % 12)) }, shape: [3, 4])
    let total = ThreeImages.counts.reduce(0) { $0 + 1 / ($1 * $1) }
    try expectGradient("E6", at: d) { d in
      try embeddingLoss(
        d, labels: ThreeImages.y, margin: classMargin(ThreeImages.n),
        weight: classWeight(ThreeImages.n), reading: reading)
    } equals: { d in
      meanOfCells(d) { d, positive, _, i in
        let mu = 0.2 / Foundation.pow(ThreeImages.counts[i], 0.25)
        let omega = 1 / (ThreeImages.counts[i] * ThreeImages.counts[i]) / total
        return omega
          * (reading == .released
            ? max(0, positive ? mu - d : mu + d) : positive ? d : max(0, mu - d))
      }
    }
  }

  @Test("satisfied distances cost 0, with no gradient at d = mu")
  func satisfied() throws {
    let mu = try classMargin(n)
    let d = (mu.expanded(to: [2, 4]) * (1 - y)).detached.tracked()
    let loss = try embeddingLoss(d, labels: y, margin: mu, weight: classWeight(n))
    #expect(loss.item == 0)
    let slope = gradient(of: loss, in: d)
    #expect((slope * (1 - y)).values.allSatisfy { $0 == 0 })
    #expect((slope * y).values.reduce(0 as Float) { $0 + $1 } > 0)
  }

  @Test("weights that average 1 are C times the sum's, and the released sign is another number")
  func readingsDiffer() throws {
    let mu = try classMargin(n)
    func cse(_ normalization: WeightNormalization, _ reading: Reading) throws -> Float {
      let omega = try classWeight(n, normalization: normalization)
      return try embeddingLoss(d, labels: y, margin: mu, weight: omega, reading: reading).item
    }
    expectClose(
      [try cse(.mean, .paper)], [4 * (try cse(.sum, .paper))], rtol: 1e-6)  // C = 4
    #expect(try cse(.sum, .paper) != cse(.sum, .released))
  }

  @Test("the released sign pushes a matching caption away, the paper's pulls it in")
  func signs() throws {
    let d = Tensor([0.01], shape: [1, 1]).tracked()
    let one = Tensor([1], shape: [1, 1])
    for (reading, sign) in [(Reading.paper, 1 as Float), (.released, -1)] {
      let loss = try embeddingLoss(d, labels: one, margin: 0.2, weight: 1, reading: reading)
      #expect(gradient(of: loss, in: d).values == [sign])
    }
  }

  @Test("shapes and labels that do not fit are errors, not traps")
  func hostile() {
    let (z, y) = (ConstantRange.z, ConstantRange.y)
    #expect(throws: ShapeError.self) {
      try embeddingLoss(z, labels: y, margin: .ones([2]), weight: 1)
    }
    #expect(throws: ShapeError.self) {
      try embeddingLoss(z, labels: y, margin: 0.2, weight: .ones([4]))
    }
    #expect(throws: ShapeError.self) {
      try embeddingLoss(z, labels: .ones([3, 1]), margin: 0.2, weight: 1)
    }
    expectBadLabel { try embeddingLoss($0, labels: $1, margin: 0.2, weight: 1) }
  }
}
