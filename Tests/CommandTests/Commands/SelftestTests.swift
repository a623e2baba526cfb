// SelftestTests - `lmpt selftest`.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@Suite struct SelftestTests {
  @Test("it ends with code 4 when something differs")
  func difference() throws {
    let folder = try TemporaryFolder()
    for name in ["equations", "losses"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/\(name)", withDestinationPath: Fixtures.path(name))
    }
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/tokenizer", withIntermediateDirectories: true)
    let words = ["selftest", "--fixtures", folder.path, "--filter", "tokens"]
    _ = try folder.write("tokenizer/texts.jsonl", "{\"text\":\"cat\",\"ids\":[2368]}\n")
    #expect(try Program.run(words).code == 0)
    _ = try folder.write("tokenizer/texts.jsonl", "{\"text\":\"cat\",\"ids\":[2369]}\n")
    #expect(try Program.run(words).code == 4)
  }

  /// The baseline gives the bits of the others (`ArithmeticTests`), and takes minutes.
  static let sets = KernelSet.available.map(\.name).filter {
    $0 != "baseline" || Long.isWanted
  }

  @Test(
    "every whole run of the PyTorch twin, on every kernel", arguments: sets)
  func kernels(kernel: String) throws {
    let outcome = try Program.run(
      ["selftest", "--filter", "whole runs", "--json"], environment: ["LMPT_KERNEL": kernel])
    #expect(outcome.code == 0, "\(outcome.output)")
    let model = try TrainingFixture(Fixtures.path("training")).model
    let stored = try RunFixture(Fixtures.path("runs"), model: model).runs
    #expect(try outcome.json["passed"]?.int == stored.count && stored.count > 37)
  }
}
