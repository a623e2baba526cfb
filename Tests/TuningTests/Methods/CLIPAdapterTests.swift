// CLIPAdapterTests - a small net on the image feature, blended with it.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct CLIPAdapterTests {
  @Test(
    "six steps give the PyTorch twin's losses and tensors",
    arguments: MethodTwinRun.of(.clipAdapter))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  /// The method on the twin's tiny CLIP with a share of the net.
  private func adapter(_ ratio: Double) throws -> (any Trainable, ZeroShot, Tensor) {
    let twin = try MethodTwin()
    var options = TrainingOptions(dataset: "voc-lt", method: .clipAdapter)
    options.adapterRatio = ratio
    let zeroShot = try twin.training.model.zeroShot(classNames: twin.classes.names.map(spaced))
    return (try twin.method(options), zeroShot, try twin.batch(0, options).images.features)
  }

  @Test("by hand: one hidden unit that reads one number and writes another")
  func example() throws {
    var (method, zeroShot, _) = try adapter(0.25)
    let width = 32
    var (first, second) = (
      [Float](repeating: 0, count: 8 * width), [Float](repeating: 0, count: 8 * width)
    )
    first[0] = 2  // unit 0 is relu(2 f_0)
    (second[8], second[16]) = (3, -3)  // numbers 1 and 2 are relu(6 f_0) and relu(-6 f_0)
    method.parameters = [Tensor(first, shape: [8, width]), Tensor(second, shape: [width, 8])]
    var (f, moved) = (
      [Float](repeating: 0.5, count: 2 * width), [Float](repeating: 0.375, count: 2 * width)
    )
    (f[0], f[width]) = (1, -1)
    (moved[0], moved[width]) = (0.75, -0.75)
    moved[1] += 0.25 * 6  // the relu behind the net leaves number 2, and all of the second image
    let found = try method.predictor()(ImageBatch(features: Tensor(f, shape: [2, width])))
    let expected = try zeroShot(Tensor(moved, shape: [2, width]))
    expectClose(found.values, expected.values, atol: 1e-5, rtol: 1e-5)  // logits of some ten
  }

  @Test("without its net it is zero-shot CLIP, and with the net alone the image is gone")
  func ends() throws {
    let (none, zeroShot, f) = try adapter(0)
    let plain = try none.predictor()(ImageBatch(features: f))
    #expect(plain.values == (try zeroShot(f)).values)
    var (all, _, _) = try adapter(1)
    let silent = all.parameters.map { Tensor.zeros($0.shape) }
    all.parameters = silent
    #expect(try all.predictor()(ImageBatch(features: f)).values.allSatisfy { $0 == 0 })
  }

  @Test("the bottleneck is a quarter of the feature, and neither layer has a bias")
  func shapes() throws {
    let (method, _, _) = try adapter(0.2)
    #expect(method.names == ["fc.0.weight", "fc.2.weight"])
    #expect(method.parameters.map(\.shape) == [[8, 32], [32, 8]])
  }

  @Test("features of another width are named, not a trap")
  func wrongWidth() throws {
    let (method, _, _) = try adapter(0.2)
    for features in [Tensor.ones([2, 31]), .ones([32])] {
      let batch = TrainingBatch(images: ImageBatch(features: features), labels: .zeros([2, 5]))
      #expect(throws: ShapeError.self) { try method.losses(of: batch) }
    }
  }
}
