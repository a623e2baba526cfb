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

  @Test("tensors set one by one by their names are those set together")
  func restored() throws {
    let (start, twin) = try Method.finetune.small()
    let batch = try twin.batch(0, TrainingOptions(dataset: "voc-lt", method: .finetune))
    let others = start.parameters.map { $0.detached * 1.25 }
    var (together, restored) = (start, start)
    together.parameters = others
    let kept = Dictionary(uniqueKeysWithValues: zip(start.names, others))
    try restored.restore { try #require(kept[$0]) }
    let losses = try [start, together, restored].map { try $0.losses(of: batch).total.item }
    #expect(losses[2] == losses[1] && losses[2] != losses[0])
  }
}
