// DualCoOpTests - a prompt for and one against each class.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct DualCoOpTests {
  @Test(
    "six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.dualcoop))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("the same prompt on both sides leaves it undecided")
  func undecided() throws {
    var (dual, twin) = try Method.dualcoop.small()
    dual.parameters = [dual.parameters[0], dual.parameters[0].detached.tracked()]
    var options = TrainingOptions(dataset: "voc-lt", method: .dualcoop)
    options.contextCount = 4
    let z = try dual.predictor()(twin.batch(0, options).images)
    #expect(z.values.allSatisfy { $0 == 0 })
  }
}
