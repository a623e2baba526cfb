// FunctionsTests - the edges of functions.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@Suite struct FunctionsTests {
  @Test("a clamp passes the gradient on at its edges, as torch's")
  func clampEdges() {
    let x = Tensor([-1, 0, 0.5, 1, 2]).tracked()
    #expect(gradient(of: sum(clamp(x, min: 0, max: 1)), in: x).values == [0, 1, 1, 1, 0])
  }
}
