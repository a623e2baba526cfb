// LTMLTests - two branches on two samplers.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct LTMLTests {
  @Test("six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.ltml))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("by hand: disagreement of 1/4 costs 1/16, times its weight", arguments: [Float(0), 0.5, 3])
  func disagreement(weight: Float) throws {
    var generator = Generator(seed: 0)
    var method = LTML(
      width: 2, classes: 1, classification: { z, _ in sum(z) }, consistency: weight,
      generator: &generator)
    // Whatever the image is, one branch says sigmoid(0) = 1/2, the other sigmoid(ln 3) = 3/4; a
    // scale of 0 leaves nothing to the classification.
    let (weights, zero) = (Tensor.zeros([1, 2]), Tensor.zeros([1]))
    method.parameters = [weights, zero, zero, zero, weights, Tensor([1.0986123]), zero, zero]
    let images = ImageBatch(features: .ones([2, 2]))
    var batch = TrainingBatch(images: images, labels: .zeros([2, 1]))
    batch.second = (images, .zeros([2, 1]))
    let losses = try method.losses(of: batch)
    #expect(losses.cls.item == 0)
    expectClose([losses.total.item], [weight / 16], atol: 1e-6, rtol: 0)  // a few roundings
  }

  @Test("branches that agree cost what they classify, and predict as either")
  func agreement() throws {
    var (branches, twin) = try Method.ltml.small()
    branches.parameters = (0..<8).map { branches.parameters[$0 % 4].detached.tracked() }
    let options = TrainingOptions(dataset: "voc-lt", method: .ltml)
    let batch = try twin.batch(0, options)
    let losses = try branches.losses(of: batch)
    #expect(losses.total.item == losses.cls.item)
    let z = try branches.predictor()(batch.images)
    let (weight, bias) = (branches.parameters[0].detached, branches.parameters[1].detached)
    #expect(z.values == linear(batch.images.features, weight: weight, bias: bias).values)
  }
}
