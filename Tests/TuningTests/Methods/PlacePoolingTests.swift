// PlacePoolingTests - places of an image, averaged by how well they match.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct PlacePoolingTests {
  @Test("places that match equally well are averaged, padding is not")
  func pooling() {
    let values = Tensor([1, 2, 3, 10], shape: [1, 4, 1])
    let equal = Tensor([0.3, 0.3, 0.3, 0.3], shape: [1, 4, 1])
    #expect(pooled(values, by: equal, sharpness: 50).values == [4])
    let present = Tensor([1, 1, 1, 0], shape: [1, 4, 1])
    #expect(pooled(values, by: equal, sharpness: 50, present: present).values == [2])
    // e^(50 (0.9 - 0.3)) = e^30: the best place takes all.
    let sharp = Tensor([0.3, 0.9, 0.3, 0.3], shape: [1, 4, 1])
    #expect(abs(pooled(values, by: sharp, sharpness: 50)[0, 0] - 2) < 1e-6)
  }
}
