// BroadcastingTests - an axis that repeats.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@Suite struct BroadcastingTests {
  @Test("an empty axis stays empty against one that repeats")
  func emptyAxis() {
    let empty = Tensor.zeros([0, 3])
    #expect((empty + Tensor.ones([1, 3])).shape == [0, 3])
    #expect((Tensor.ones([1, 3]) * empty).shape == [0, 3])
  }
}
