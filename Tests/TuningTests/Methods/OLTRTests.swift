// OLTRTests - a memory of class centres.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct OLTRTests {
  @Test("centres by hand: a mean over the images of a class, zero for a class without")
  func centres() {
    let images = TrainingImages(
      features: Tensor([1, 2, 3, 4, 5, 9], shape: [3, 2]),
      labels: Tensor([1, 0, 0, 1, 1, 0, 0, 1, 0], shape: [3, 3]))
    #expect(OLTR.centroids(images).values == [2, 3, 4, 6.5, 0, 0])
  }

  @Test("by hand: nearness, recalled centre, squashed length")
  func example() throws {
    var generator = Generator(seed: 0)
    var method = OLTR(
      centroids: Tensor([3, 0, 0, 1], shape: [2, 2]), classification: { z, _ in sum(z) },
      generator: &generator)
    // o = (1/2, 1/2), recalled (1.5, 0.5); e = tanh 0 = 0 but for the second part, tanh 0.5.
    method.parameters = [
      .zeros([2, 2]), .zeros([2]), .zeros([2, 2]), Tensor([0, 0.5]),
      Tensor([5, 0, 0, 0.1], shape: [2, 2]),
    ]
    let f = Tensor([3, 4], shape: [1, 2])
    // Distances 4 and sqrt(18): r = 2.5.
    let v = [2.5 * 3, 2.5 * (4 + 0.46211715726 * 0.5)]
    let squash = 16 / (1 + (v[0] * v[0] + v[1] * v[1]).squareRoot())
    let z = try method.predictor()(ImageBatch(features: f)).values.map(Double.init)
    // A few roundings of numbers up to 13.
    expectClose(z, [squash * v[0], squash * v[1]], atol: 5e-6, rtol: 0)
  }

  @Test("six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.oltr))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("an image that is a centre, and one of zeros, have finite scores and slopes")
  func edges() throws {
    let (start, twin) = try Method.oltr.small()
    var method = start
    let centres = try #require(method.keptBuffers.first?.value)
    let features = concatenate([centres.slice(0..<1), .zeros([1, 32])])
    let batch = TrainingBatch(
      images: ImageBatch(features: features), labels: .ones([2, twin.classes.names.count]))
    #expect(try method.predictor()(batch.images).isFinite)
    var optimizer = Optimizer(.sgd, learningRate: 0.1)
    _ = try method.step(batch, optimizer: &optimizer)
    #expect(method.parameters.allSatisfy { $0.isFinite })
    #expect(method.parameters[0].values != start.parameters[0].values)
  }

  @Test("a method made without images has no memory, and says so")
  func withoutImages() throws {
    let twin = try MethodTwin()
    let options = TrainingOptions(dataset: "voc-lt", method: .oltr)
    let method = try options.makeMethod(model: twin.training.model, classes: twin.classes)
    let batch = try twin.batch(0, options)
    let error = #expect(throws: MethodError.self) { try method.losses(of: batch) }
    #expect(error?.code == "method.images-missing")
  }

  @Test("no logit exceeds 16, and features of another width are named")
  func bounds() throws {
    let (method, twin) = try Method.oltr.small()
    let images = try twin.batch(0, TrainingOptions(dataset: "voc-lt", method: .oltr)).images
    #expect(try method.predictor()(images).values.allSatisfy { abs($0) <= 16 })
    let wrong = TrainingBatch(
      images: ImageBatch(features: .ones([2, 31])), labels: .zeros([2, 5]))
    #expect(throws: ShapeError.self) { try method.losses(of: wrong) }
  }
}
