// RebalanceWeightTests - the rebalancing weight and the class bias of E7.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct RebalanceWeightTests {
  @Test("VOC-LT: class bias and rebalancing weight of the first training image")
  func balance() throws {
    let bias = try classBias(VOCExample.counts, images: 1142)
    expectClose(bias[14], 0.7475, 1e-4)
    expectClose(bias[9] * 0.05 / 5, -0.05651, 1e-4)
    let y = Tensor((0..<20).map { [4, 14, 19].contains($0) ? 1 : 0 }, shape: [1, 20])
    let r = try rebalanceWeight(y, counts: VOCExample.counts)
    for (index, expected) in [(4, 0.54373), (14, 0.17953), (19, 1.07527), (9, 1.1)] {
      expectClose(r[0, index], expected, 3e-5)
    }
  }

  @Test(
    "float64 PyTorch, values and gradients",
    arguments: ["rebalance-weight", "class-bias"])
  func fixture(name: String) throws { try expectStoredCases(name) }

  @Test("an image without positives is weighted alpha + 1")
  func noPositives() throws {
    var constants = BalancedConstants()
    constants.alpha = 0.25
    let r = try rebalanceWeight(.zeros([1, 4]), counts: TwoImages.n, constants: constants)
    #expect(r.values == [1.25, 1.25, 1.25, 1.25])
  }

  @Test("the released number of batches in place of images has no bias for 12 classes")
  func batchesAsTotal() throws {
    // 1142 images in batches of 64 are 18 batches.
    let n = VOCExample.counts
    #expect(n.values.filter { $0 > 18 }.count == 12)
    #expect(throws: MethodError.countAboveTotal(class: 1, found: 34, total: 18)) {
      try classBias(n, images: 18)
    }
  }

  @Test("what they refuse: a total below a count, counts and labels that are none, other shapes")
  func refused() {
    let (n, y) = (ConstantRange.n, ConstantRange.y)
    expectRange("total", allowed: [34, 35], refused: ConstantRange.positive) {
      try classBias(n, images: $0)
    }
    #expect(throws: MethodError.countAboveTotal(class: 1, found: 34, total: 33)) {
      try classBias(n, images: 33)
    }
    expectBadCounts { try rebalanceWeight(y, counts: $0) }
    expectBadCounts { try classBias($0, images: 9) }
    expectBadLabel { try rebalanceWeight($1, counts: n) }
    #expect(throws: ShapeError.self) { try rebalanceWeight(y, counts: .ones([2])) }
  }
}
