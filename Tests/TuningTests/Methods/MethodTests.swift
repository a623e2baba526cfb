// MethodTests - what every method asks of a batch, and its options.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct MethodTests {
  @Test("there is a stored run of every method but the paper's own, which has its suite of A1")
  func coverage() {
    #expect(Set(MethodTwinRun.all.map(\.method)) == Set(Method.all).subtracting([.lmpt]))
  }

  @Test("a batch without what the method looks at is an error, not a trap")
  func missingInputs() throws {
    for (name, code) in [
      (Method.dualcoop, "method.input-missing"), (.finetune, "method.input-missing"),
      (.cprfl, "method.input-missing"), (.mlcNC, "method.input-missing"),
      (.ltml, "method.second-batch-missing"),
      (.bbn, "method.second-batch-missing"), (.taiDPT, "method.captions-not-prepared"),
    ] {
      let (trained, _) = try name.small()
      let batch = TrainingBatch(
        images: ImageBatch(features: .ones([2, 32])), labels: .zeros([2, 5]))
      let error = #expect(throws: MethodError.self) { try trained.losses(of: batch) }
      #expect(error?.code == code)
    }
  }
}
