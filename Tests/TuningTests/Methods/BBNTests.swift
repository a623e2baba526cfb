// BBNTests - two branches, and training that goes over from one to the other.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct BBNTests {
  /// f = 3 and f' = 5 of width 1, one class; g_c = f + relu(f), g_r = f' + relu(-f'); W = (1, 10).
  private func example(_ elapsed: Float) throws -> (BBN, Losses) {
    var generator = Generator(seed: 0)
    var method = BBN(
      width: 1, classes: 1, classification: { z, y in sum(z * y) }, generator: &generator)
    method.parameters = [
      Tensor([1], shape: [1, 1]), Tensor([0]), Tensor([-1], shape: [1, 1]), Tensor([0]),
      Tensor([1, 10], shape: [1, 2]), Tensor([0.5]),
    ]
    let batch = TrainingBatch(
      images: ImageBatch(features: Tensor([3], shape: [1, 1])), labels: Tensor([1], shape: [1, 1]),
      second: (ImageBatch(features: Tensor([5], shape: [1, 1])), Tensor([2], shape: [1, 1])),
      elapsed: elapsed)
    return (method, try method.losses(of: batch))
  }

  @Test("by hand: the first epoch, half of the epochs, and a prediction")
  func byHand() throws {
    // a = 1: z = 2 * 6 + 0.5, against the label 1 alone.
    #expect(try example(0).1.total.item == 12.5)
    // a = 3/4: z = 1.5 * 6 + 0.5 * 5 * 10 + 0.5 = 34.5, times 3/4 * 1 + 1/4 * 2.
    #expect(try example(0.5).1.total.item == 34.5 * 1.25)
    // Both halves see f = 2: 4 + 2 * 10 + 0.5.
    let images = ImageBatch(features: Tensor([2], shape: [1, 1]))
    #expect(try example(0).0.predictor()(images).values == [24.5])
  }

  @Test("six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.bbn))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("in the first epoch the branch of rare classes rests, at the end the other does")
  func resting() throws {
    let options = TrainingOptions(dataset: "voc-lt", method: .bbn)
    for (elapsed, resting) in [(Float(0), 2..<4), (1, 0..<2)] {
      let (method, twin) = try Method.bbn.small()
      var batch = try twin.batch(0, options)
      batch.elapsed = elapsed
      let slopes = gradients(of: try method.losses(of: batch).total, in: method.parameters)
      for (index, slope) in slopes.enumerated() {
        let isZero = slope.values.allSatisfy { $0 == 0 }
        #expect(isZero == resting.contains(index), "\(method.names[index]) at \(elapsed)")
      }
    }
  }

  @Test("features of another width are named, in either batch")
  func wrongWidth() throws {
    let (method, twin) = try Method.bbn.small()
    let options = TrainingOptions(dataset: "voc-lt", method: .bbn)
    var batch = try twin.batch(0, options)
    batch.second?.images.features = .ones([8, 31])
    #expect(throws: ShapeError.self) { try method.losses(of: batch) }
    #expect(throws: ShapeError.self) {
      try method.predictor()(ImageBatch(features: .ones([2, 31])))
    }
  }
}
