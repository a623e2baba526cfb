// LMPTTests - the paper's method, and CoOp, which is the same without E6.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct LMPTTests {
  @Test("six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.coop))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }
}
