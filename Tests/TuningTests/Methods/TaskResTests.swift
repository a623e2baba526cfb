// TaskResTests - zero-shot CLIP with a trained residual.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct TaskResTests {
  @Test("by hand: a residual that turns a class feature, and its share")
  func example() throws {
    // t = (3, 0) and x = (0, 4): w = (3, 4) for alpha 1, (3, 8) for alpha 2.
    for (share, length) in [(Float(1), Float(5)), (2, Float(73).squareRoot())] {
      var method = TaskRes(
        Tensor([3, 0], shape: [1, 2]), share: share, scale: 10, classification: { z, _ in sum(z) })
      method.parameters = [Tensor([0, 4], shape: [1, 2])]
      let features = Tensor([0, 0.5, 2, 0], shape: [2, 2])
      let z = try method.predictor()(ImageBatch(features: features))
      let expected = [10 * 4 * share / length, 10 * 3 / length]
      expectClose(z.values, expected, atol: 1e-6, rtol: 1e-6)  // two roundings of numbers up to 10
    }
  }

  @Test(
    "six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.taskRes))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("at its start it is zero-shot CLIP, with any scale of the residual")
  func start() throws {
    let twin = try MethodTwin()
    var options = TrainingOptions(dataset: "voc-lt", method: .taskRes)
    let images = try twin.batch(0, options).images
    let zeroShot = try twin.training.model.zeroShot(classNames: twin.classes.names.map(spaced))
    for scale in [0, 0.5, 100] {
      options.residualScale = scale
      let z = try twin.method(options).predictor()(images)
      // The same features, normalised once or twice.
      expectClose(z.values, try zeroShot(images.features).values, atol: 1e-4, rtol: 1e-5)
    }
  }

  @Test("what it adds to is not normalised, and the mean of several prompts is neither")
  func base() throws {
    let twin = try MethodTwin()
    let model = twin.training.model
    let texts = [["a man", "a sheep on a hill"], ["a horse", "a street"]]
    let mean = try model.meanFeatures(texts)
    let each = try (0..<2).map { index in try model.meanFeatures(texts.map { [$0[index]] }) }
    expectClose(mean.values, ((each[0] + each[1]) / 2).values, atol: 1e-6, rtol: 1e-5)
    let lengths = sum(mean * mean, axis: 1).values
    #expect(lengths.allSatisfy { abs($0 - 1) > 0.01 })
  }

  @Test("features of another width are named")
  func wrongWidth() throws {
    let (method, _) = try Method.taskRes.small()
    let batch = TrainingBatch(
      images: ImageBatch(features: .ones([2, 31])), labels: .zeros([2, 5]))
    #expect(throws: ShapeError.self) { try method.losses(of: batch) }
  }
}
