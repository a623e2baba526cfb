// PredictionTests - E2: logits and scores of images against class prompts.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct PredictionTests {
  @Test("a zero feature has logit 0 and no gradient, whatever its length a feature has z")
  func zeroFeature() throws {
    let texts = Tensor([3, 4, 0, 2], shape: [2, 2])
    let images = Tensor([0, 0, 5, 0, 0.1, 0], shape: [3, 2]).tracked()
    let z = try logits(images, texts, scale: 10)
    expectClose(z.values, [0, 0, 6, 0, 6, 0], atol: 1e-6, rtol: 0)
    let slope = gradient(of: sum(z), in: images)
    #expect(slope.isFinite && Array(slope.values[0..<2]) == [0, 0])
  }

  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("prediction") }

  @Test("central differences of a scalar transcription")
  func gradients() throws {
    let images = ThreeImages.normal([ThreeImages.batch, 5], seed: 1)
    let f = images.values.map(Double.init)
    try expectGradient("E2", at: ThreeImages.normal([ThreeImages.classes, 5], seed: 2)) { texts in
      sum(try logits(images, texts, scale: 7) * ThreeImages.y)
    } equals: { g in
      var total = 0.0
      for k in 0..<ThreeImages.batch {
        for i in 0..<ThreeImages.classes where ThreeImages.labels[k * ThreeImages.classes + i] == 1
        {
          total += 7 * cosine(f[(k * 5)..<(k * 5 + 5)], g[(i * 5)..<(i * 5 + 5)])
        }
      }
      return total
    }
  }

  @Test("softmax scores rank images in another order than logits")
  func scores() throws {
    let z = Tensor([2, 1, 3, 4], shape: [2, 2])  // of the second image both classes are greater
    let p = probabilities(z)
    #expect(z.values[2] > z.values[0] && p.values[2] < p.values[0])
  }

  @Test("shapes that do not fit are errors, not traps")
  func shapes() {
    let (pair, token) = (Tensor.ones([2, 4]), Tensor.ones([2, 3, 4]))
    #expect(throws: ShapeError.self) { try logits(token, pair, scale: 1) }
    #expect(throws: ShapeError.self) { try logits(pair, token, scale: 1) }
    #expect(throws: ShapeError.self) { try logits(pair, .ones([3, 5]), scale: 1) }
  }
}
