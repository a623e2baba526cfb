// FunctionsTests - the edges of functions.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@Suite struct FunctionsTests {
  @Test("layer normalisation adds 1e-5 to the variance, as CLIP's")
  func layerNormOfSmallNumbers() {
    let one = Tensor([1, 1])
    let found = layerNorm(Tensor([-1e-3, 1e-3], shape: [1, 2]), weight: one, bias: one - one)
    // A variance of 1e-6: 1e-3 / sqrt(1.1e-5). A few roundings.
    expectClose(found.values, [-0.301_511_3, 0.301_511_3], atol: 1e-6, rtol: 0)
  }

  @Test("a clamp passes the gradient on at its edges, as torch's")
  func clampEdges() {
    let x = Tensor([-1, 0, 0.5, 1, 2]).tracked()
    #expect(gradient(of: sum(clamp(x, min: 0, max: 1)), in: x).values == [0, 1, 1, 1, 0])
  }
}
