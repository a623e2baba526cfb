// CoCoOpTests - prompts that a small net moves by the image.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct CoCoOpTests {
  @Test(
    "six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.cocoop))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("a net that says nothing makes it CoOp with that context")
  func unconditional() throws {
    var (conditional, twin) = try Method.cocoop.small()
    for index in 3...4 {
      conditional.parameters[index] = Tensor.zeros(conditional.parameters[index].shape).tracked()
    }
    var options = TrainingOptions(dataset: "voc-lt", method: .coop)
    options.contextInit = "a photo of a"
    let plain = try options.makeMethod(model: twin.training.model, classes: twin.classes)
    let images = try twin.batch(0, options).images
    #expect(try conditional.predictor()(images).values == plain.predictor()(images).values)
  }
}
