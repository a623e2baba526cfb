// ConvertTests - `lmpt convert`.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing
import LMPTWeights

@Suite struct ConvertTests {
  @Test("a converted file says what the configuration beside it said")
  func activation() throws {
    let folder = try TemporaryFolder()
    let output = "\(folder.path)/out.safetensors"
    let outcome = try Program.run([
      "convert", Fixtures.path("clip/small/huggingface/model.safetensors"), output,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try Safetensors.read(output).metadata["activation"] == "quickgelu")
  }
}
