// LinearProbeTests - a linear layer on frozen features.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct LinearProbeTests {
  @Test(
    "six steps give the PyTorch twin's losses and tensors",
    arguments: MethodTwinRun.of(.linearProbe, .finetuneHead))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }
}
