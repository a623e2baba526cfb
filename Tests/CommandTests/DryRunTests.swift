// DryRunTests - what `--dry-run` says, writing nothing.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing

@Suite struct DryRunTests {
  @Test("--dry-run says what to expect and writes nothing")
  func dryRun() throws {
    let folder = try TemporaryFolder()
    let cache = "\(folder.path)/cache"
    let words = ["--dataset", "mini", "--dry-run", "--cache", cache]
    let train = try Program.run(
      ["train", "--epochs", "7", "--out", "\(folder.path)/run", "--json"] + words)
    #expect(train.code == 0, "\(train.errors)")
    let json = try train.json
    // 1,142 training pictures twice and 1,500 test pictures; a fifth is held out.
    #expect(json["views_to_encode"]?.int == 2 * 1142 + 1500)
    let trained = try #require(json["trained_images"]?.int)
    #expect(trained > 850 && trained < 950)
    #expect(json["steps_per_epoch"]?.int == (trained + 63) / 64 && json["epochs"]?.int == 7)
    for key in ["seconds_encoding", "seconds_training", "memory_bytes"] {
      #expect((json[key]?.double ?? 0) > 0, "\(key)")
    }
    let features = try Program.run(["features"] + words)
    #expect(features.code == 0 && features.output.contains("3784 of 3784 views to encode"))
    #expect(try folder.files == [])
  }
}
