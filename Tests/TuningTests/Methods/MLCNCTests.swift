// MLCNCTests - fixed frames, and attention over places between them.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct MLCNCTests {
  @Test(
    "a frame: unit vectors, every two with a cosine of -1 / (C - 1), and a sum of 0",
    arguments: [
      (2, 2), (5, 32), (5, 5), (20, 100),
    ])
  func frame(classes: Int, width: Int) throws {
    var generator = Generator(seed: 3)
    let m = try simplexFrame(classes: classes, width: width, generator: &generator)
    #expect(m.shape == [classes, width])
    let cosines = matmul(m, m, .none, .transposed).values
    let apart = -1 / Float(classes - 1)
    let expected = (0..<classes * classes).map { $0 % (classes + 1) == 0 ? 1 : apart }
    // Entries rounded to single precision, and sums of them.
    expectClose(cosines, expected, atol: 2e-6, rtol: 0)
    #expect(sum(m, axis: 0).values.allSatisfy { abs($0) < 2e-6 })
  }

  @Test("a single class has no direction, and too many have no frame")
  func degenerate() throws {
    var generator = Generator(seed: 3)
    let single = try simplexFrame(classes: 1, width: 3, generator: &generator)
    #expect(single.values == [0, 0, 0])
    let error = #expect(throws: MethodError.self) {
      try simplexFrame(classes: 4, width: 3, generator: &generator)
    }
    #expect(error?.code == "method.frame")
  }

  @Test("by hand: class features on their queries, and their loss")
  func alignment() throws {
    // Keys, queries and places of zero: every place weighs the same, and h = the output's bias.
    var generator = Generator(seed: 1)
    var method = try MLCNC(
      width: 4, classes: 2, classification: { _, _ in Tensor(0) }, generator: &generator)
    method.parameters = method.parameters.map { Tensor.zeros($0.shape) }
    // Two classes: q_1 = -q_0, so that h = q_0 has the cosines 1 and -1.
    method.outProjection.bias = method.queries.slice(0..<1).reshaped([4])
    let images = ImageBatch(features: .ones([1, 4]), places: .ones([1, 3, 4]))
    func loss(_ labels: [Float]) throws -> Float {
      let batch = TrainingBatch(images: images, labels: Tensor(labels, shape: [1, 2]))
      return try method.losses(of: batch).total.item
    }
    // c = (1, -1). Present: log((1 + c) / 2) = log 1 or log 1e-6. Absent: 1 - |1 + c| / 2 = 0 or 1.
    let most = 0.5 * Float(6 * 2.302585)  // 0.5 of the mean over two cells of -log 1e-6, twice
    #expect(abs(try loss([1, 0])) < 1e-5)
    #expect(abs(try loss([0, 1]) - most) < 0.5)
    #expect(abs(try loss([1, 1]) - most / 2) < 0.3)
  }

  @Test("six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.mlcNC))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("both frames are the twin's, and no step changes them")
  func frames() throws {
    var (method, twin) = try Method.mlcNC.small()
    let stored = try FixtureTensors("training/field_methods.safetensors")
    let before = method.keptBuffers
    #expect(before.map(\.name) == ["query_embed", "proto_classifier"])
    for (name, value) in before {
      // Rounded once, from Gram-Schmidt here and Householder there, both in Double.
      expectClose(value.values, try stored.floats("mlc-nc/\(name)"), atol: 1e-7, rtol: 1e-6)
    }
    var optimizer = Optimizer(.sgd, learningRate: 0.1)
    let options = TrainingOptions(dataset: "voc-lt", method: .mlcNC)
    _ = try method.step(twin.batch(0, options), optimizer: &optimizer)
    #expect(method.keptBuffers.map(\.value.values) == before.map(\.value.values))
  }

  @Test("no logit exceeds the temperature times the length of the joined features")
  func bound() throws {
    let (method, twin) = try Method.mlcNC.small()
    let options = TrainingOptions(dataset: "voc-lt", method: .mlcNC)
    let z = try method.predictor()(twin.batch(2, options).images).values
    let classes = Float(twin.classes.names.count)
    #expect(z.allSatisfy { abs($0) <= classes.squareRoot() + 1e-5 })
    #expect(Set(z).count > z.count / 2)
  }
}
