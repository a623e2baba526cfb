// ConvertTests - `lmpt convert`.
// SPDX-License-Identifier: Apache-2.0

import Foundation
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

  @Test("a file is not converted into itself, under a link's name either")
  func itself() throws {
    let folder = try TemporaryFolder()
    let (file, link) = ("\(folder.path)/a.npy", "\(folder.path)/b.npy")
    try NPY.write(NamedArray("a", floats: [1, 2], shape: [2]), to: file)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
    let before = try Data(contentsOf: URL(fileURLWithPath: file))
    for output in [file, link] {
      let outcome = try Program.run(["convert", file, output])
      #expect(outcome.code == 2 && outcome.errors.contains("give another OUT"), "\(outcome.errors)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
  }
}
