// LTMLTests - two branches on two samplers.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct LTMLTests {
  @Test("six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.ltml))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

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
