// TaIDPTTests - prompts tuned on captions in the place of images.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct TaIDPTTests {
  @Test(
    "six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.taiDPT))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }
}
