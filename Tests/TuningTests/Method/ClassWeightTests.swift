// ClassWeightTests - E5: weights of classes, which sum to 1.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct ClassWeightTests {
  @Test("VOC-LT: weights of the rarest and the most frequent classes")
  func weights() throws {
    let omega = try classWeight(VOCExample.counts)
    for (index, expected) in [
      (9, 0.33121), (16, 0.21198), (0, 0.14720), (18, 0.10815), (2, 0.08280), (14, 8.823e-6),
    ] { expectClose(omega[index], expected, 1e-4) }
  }

  @Test("no overflow, on either side of gamma 0")
  func extremeCounts() throws {
    #expect(try classWeight(Tensor([1, 1e30]), gamma: 20).values == [1, 0])
    #expect(try classWeight(Tensor([1e3, 1e30]), gamma: 100).values == [1, 0])
    #expect(try classWeight(Tensor([1, 1e30]), gamma: -20).values == [0, 1])
    #expect(try classWeight(Tensor([1, 3]), gamma: -1).values == [0.25, 0.75])
    // With counts that underflow, the one that does not has weight 0: 1/0 is in the sum.
    let omega = try classWeight(VOCExample.counts, counts: .softmax).values
    #expect(omega[14] == 0)
  }

  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("class-weight") }

  @Test("they sum to 1, or average 1; equal counts give equal weights")
  func weightSums() throws {
    for gamma in [0, 0.5, 2, 8] {
      let sum = try classWeight(TwoImages.n, gamma: gamma).values.reduce(0 as Float) { $0 + $1 }
      let mean =
        try classWeight(TwoImages.n, gamma: gamma, normalization: .mean).values.reduce(0 as Float) {
          $0 + $1
        }
        / 4
      expectClose([sum, mean], [1, 1], rtol: 3e-7)
    }
    #expect(try classWeight(.full([5], 9)).values == [0.2, 0.2, 0.2, 0.2, 0.2])
  }

  @Test("softmax of counts, as released: weights are not numbers")
  func softmaxCounts() throws {
    let omega = try classWeight(VOCExample.counts, counts: .softmax).values
    #expect(omega.filter(\.isNaN).count == 19)
  }

  @Test("what it refuses: a gamma that is no number, counts that are no positive numbers")
  func refused() {
    expectRange("gamma", allowed: [-3, 0, 3], refused: [.infinity, -.infinity, .nan]) {
      try classWeight(ConstantRange.n, gamma: $0)
    }
    expectBadCounts { try classWeight($0) }
    #expect(throws: MethodError.count(class: 1, found: 0)) {
      try classWeight(Tensor([3, 0, 5, 1]))
    }
  }
}
