// FineTunedTests - the last block of the image tower and a head.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct FineTunedTests {
  @Test(
    "six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.finetune))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("a fine-tuned tower starts as the frozen one")
  func towerReplaced() throws {
    let (tuned, twin) = try Method.finetune.small()
    let options = TrainingOptions(dataset: "voc-lt", method: .finetune)
    let images = try twin.batch(0, options).images
    let pixels = try #require(images.pixels)
    let parameters = tuned.parameters.suffix(2).map(\.detached)
    let expected = linear(
      twin.training.model.encode(pixels: pixels), weight: parameters[0], bias: parameters[1])
    #expect(try tuned.predictor()(images).values == expected.values)
  }
}
