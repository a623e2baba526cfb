// SameFileTests - an output that is the input.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing
import LMPTWeights

@Suite struct SameFileTests {
  @Test("an output that is the input is refused, under whatever name")
  func sameFile() throws {
    let folder = try TemporaryFolder()
    let input = "\(folder.path)/in.safetensors"
    try Safetensors.write([NamedArray("counts", floats: [5, 3])], to: input)
    let before = try Data(contentsOf: URL(fileURLWithPath: input))
    let link = "\(folder.path)/link.safetensors"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: input)
    for output in [
      input, "\(folder.path)/../\(folder.path.split(separator: "/").last ?? "")/in.safetensors",
      link,
    ] {
      let outcome = try Program.run([
        "equation", "class-margin", "--input", input, "--output", output,
      ])
      #expect(outcome.code == 2 && outcome.errorLines.count == 1, "\(output): \(outcome.errors)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: input)) == before)
    }
    let other = try Program.run([
      "equation", "class-margin", "--input", input, "--output", "\(folder.path)/out.safetensors",
    ])
    #expect(other.code == 0, "\(other.errors)")
    let weights = try Program.run([
      "encode", "--weights", input, "--text", "a", "--output", input,
    ])
    #expect(weights.code == 2, "\(weights.errors)")
  }
}
