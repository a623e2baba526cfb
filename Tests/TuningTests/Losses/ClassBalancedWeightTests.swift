// ClassBalancedWeightTests - weights by effective numbers and by inverse frequency.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct ClassBalancedWeightTests {
  @Test("beta 0 weighs nothing, images without positives 1 - beta")
  func classBalanced() throws {
    let n = Tensor([4, 30])
    let y = Tensor([0, 0, 1, 1], shape: [2, 2])
    for mode in ClassBalancing.allCases {
      let ones = try classBalancedWeight(y, counts: n, beta: 0, mode: mode)
      #expect(ones.shape == (mode == .byClass ? [2] : [2, 1]) && ones.values == [1, 1])
      guard mode != .byClass else { continue }
      let weight = try classBalancedWeight(y, counts: n, beta: 0.75, mode: mode).values[0]
      #expect(abs(weight - 0.25) < 1e-7)
    }
  }

  @Test(
    "float64 PyTorch, values and gradients",
    arguments: ["class-balanced-weight", "inverse-frequency-weight"])
  func fixture(name: String) throws { try expectStoredCases(name) }

  @Test("what they refuse: constants beyond their range, counts and labels that are none")
  func refused() {
    let (n, y) = (ConstantRange.n, ConstantRange.y)
    expectRange("beta", allowed: [0, 0.999], refused: [-0.01, 1, .nan]) {
      try classBalancedWeight(y, counts: n, beta: $0)
    }
    expectRange("total", allowed: [1], refused: ConstantRange.positive) {
      try inverseFrequencyWeight(n, images: $0)
    }
    expectRange("power", allowed: [0], refused: ConstantRange.exponent) {
      try inverseFrequencyWeight(n, images: 50, power: $0)
    }
    expectBadCounts { try classBalancedWeight(y, counts: $0) }
    expectBadCounts { try inverseFrequencyWeight($0, images: 9) }
    expectBadLabel { try classBalancedWeight($1, counts: n) }
  }
}
