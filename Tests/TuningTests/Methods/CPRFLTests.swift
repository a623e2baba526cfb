// CPRFLTests - prompts refined by a transformer layer.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct CPRFLTests {
  @Test("by hand: with layers that add nothing a class scores its prompt's squared length")
  func example() throws {
    var generator = Generator(seed: 0)
    var method = CPRFL(
      texts: Tensor([1, 0, 0, 0, 0, 1, 0, 0], shape: [2, 4]),
      classification: { z, _ in sum(z) }, generator: &generator)
    method.parameters = method.parameters.map { Tensor.zeros($0.shape) }
    // p = M_2 gelu(0) + b_2 = b_2 for every class.
    method.second.bias = Tensor([1, -2, 3, 0.5])
    let images = ImageBatch(features: .ones([3, 4]), places: .ones([3, 3, 4]))
    #expect(try method.predictor()(images).values == [Float](repeating: 14.25, count: 6))
  }

  @Test("six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.cprfl))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("places have no order, the first is not looked at, and the others are")
  func places() throws {
    let (method, twin) = try Method.cprfl.small()
    var options = TrainingOptions(dataset: "voc-lt", method: .cprfl)
    options.contextCount = 4
    let images = try twin.batch(0, options).images
    let places = try #require(images.places)  // [8, 5, 32]
    func scores(_ order: [Int], first: Float = 1) throws -> [Float] {
      let parts = order.map { place -> Tensor in
        let one = places.slice(place..<place + 1, axis: 1)
        return place == 0 ? one * first : one
      }
      var changed = images
      changed.places = concatenate(parts, axis: 1)
      return try method.predictor()(changed).values
    }
    let plain = try scores([0, 1, 2, 3, 4])
    #expect(try scores([0, 1, 2, 3, 4], first: -7) == plain)
    // The same sums in another order.
    let largest = plain.map { abs($0) }.max() ?? 0
    expectClose(try scores([0, 3, 1, 4, 2]), plain, atol: 2e-6 * Double(largest), rtol: 0)
    let fewer = try scores([0, 1, 2])
    #expect(zip(fewer, plain).contains { abs($0 - $1) > 1e-3 * largest })
  }

  @Test("places of another width, or none but the first, are named")
  func wrongPlaces() throws {
    let (method, _) = try Method.cprfl.small()
    for shape in [[2, 5, 31], [2, 1, 32]] {
      let images = ImageBatch(features: .ones([2, 32]), places: .ones(shape))
      let batch = TrainingBatch(images: images, labels: .zeros([2, 5]))
      #expect(throws: ShapeError.self) { try method.losses(of: batch) }
    }
  }
}
