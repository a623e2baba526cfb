// LossesTests - what holds of every loss in the list, and losses by their released names.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct LossesTests {
  private let n = TwoImages.n
  private let z = TwoImages.z
  private let y = TwoImages.y

  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("named-loss") }

  @Test("permuting the classes does not change a loss", arguments: Loss.all)
  func permutation(name: Loss) throws {
    let order = [2, 0, 3, 1]
    func permuted(_ x: Tensor) -> Tensor { x.transposed.gather(order).transposed }
    let counts = n.gather(order)
    let before = try name(z, labels: y, data: LossData(counts: n, images: 1142)).item
    let after = try name(
      permuted(z), labels: permuted(y), data: LossData(counts: counts, images: 1142)
    ).item
    // The sums run in another order.
    expectClose([after], [before], rtol: 1e-6)
  }

  @Test(
    "a perfect prediction costs nothing, with no gradient",
    arguments: Loss.all.filter { $0 != .balancedAsymmetric })  // whose p ends at 0.73
  func perfect(name: Loss) throws {
    let labels = Tensor([1, 0, 0, 0, 0, 0, 0, 1], shape: [2, 4])
    let perfect = ((labels * 2 - 1) * 1e4).tracked()
    let loss = try name(
      perfect, labels: labels, data: LossData(counts: n, images: 1142))
    #expect(loss.item == 0)
    #expect(gradient(of: loss, in: perfect).values.allSatisfy { $0 == 0 })
  }

  @Test("a bias that nothing scales is no factor", arguments: Loss.all)
  func unscaledBias(name: Loss) throws {
    var data = LossData(counts: Tensor([10, 10, 4]), images: 10)
    data.options.kappa = 0
    let z = Tensor([1, -2, 0.5], shape: [1, 3]).tracked()
    let value = try name(z, labels: Tensor([1, 1, 0], shape: [1, 3]), data: data)
    #expect(value.isFinite && gradient(of: value, in: z).isFinite)
  }

  @Test("not-a-number in a logit gives not-a-number, never a trap", arguments: Loss.all)
  func nonFinite(name: Loss) throws {
    let bad = Tensor([1, .nan, 0.5, 3, -1, 2, 4, -3], shape: [2, 4]).tracked()
    let loss = try name(bad, labels: y, data: LossData(counts: n, images: 1142))
    #expect(loss.item.isNaN)
    #expect(gradient(of: loss, in: bad).values[1].isNaN)
  }
}
