// ReductionsTests - rows with infinities, zeros and one large score.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@Suite struct ReductionsTests {
  @Test("non-finite input gives non-finite output, never a trap")
  func nonFinite() {
    for bad in [Float.nan, .infinity, -.infinity] {
      let x = Tensor([1, bad, 2], shape: [1, 3]).tracked()
      let normed = layerNorm(x, weight: .ones([3]), bias: .zeros([3]))
      #expect(!normed.isFinite)
      let probabilities = softmax(x)
      // e^-infinity is 0: the one infinity that softmax has an answer for.
      #expect(probabilities.isFinite == (bad == -.infinity))
      for value in [normed, probabilities] { _ = gradients(of: value, in: [x]) }
    }
    #expect(relu(Tensor([Float.nan]))[0].isNaN)
  }

  @Test("a zero row stays zero under normalisation, without a gradient")
  func zeroRow() {
    let x = Tensor([0, 0, 3, 4], shape: [2, 2]).tracked()
    let n = normalize(x)
    #expect(n.values == [0, 0, 0.6, 0.8])
    #expect(gradients(of: n, in: [x])[0].values[0..<2] == [0, 0])
  }

  @Test("a softmax is finite wherever its largest score stands")
  func largestScore() {
    for place in 0..<40 {
      var row = [Float](repeating: 0, count: 40)
      row[place] = 200
      var expected = [Float](repeating: 0, count: 40)  // exp(-200) is below the smallest float
      expected[place] = 1
      #expect(softmax(Tensor(row, shape: [1, 40])).values == expected, "\(place)")
    }
  }

  @Test("the smallest of each row, the first of equal ones")
  func smallest() {
    let rows = Tensor(
      [3, 1, 2, -.infinity, 0, -.infinity, .infinity, .infinity, .infinity, 5, 4, 3], shape: [4, 3])
    #expect(argmin(rows: rows) == [1, 0, 0, 2])
    #expect(argmin(rows: Tensor([2, 1], shape: [2, 1])) == [0, 0])
    #expect(argmin(rows: Tensor([], shape: [0, 3])).isEmpty)
  }
}
