// DataCommandTests - data check and create, evaluation options, as a user types them.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Support
import Testing
import Weights

@Suite("data and evaluation commands")
struct DataCommandTests {
  @Test("create writes lists that stats, check and train's reader take")
  func create() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<400).map { index in
      "\(index).jpg,\(index % 4 == 0 ? "cat;dog" : index % 4 == 1 ? "cat" : "dog"),a pet number \(index)\n"
    }
    let table = try folder.write("pets.csv", "path,labels,caption\n" + rows.joined())
    let words = [
      "data", "create", "--from", table, "--test-share", "0.25", "--name", "pets", "--largest",
      "100", "--data", folder.path,
    ]
    let outcome = try Program.run(words + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try outcome.json["test"]?.int == 100)
    let description = "\(folder.path)/pets.json"
    let stats = try Program.run([
      "data", "stats", "--dataset", description, "--lists", folder.path, "--json",
    ])
    #expect(try stats.json["counts"] == outcome.json["counts"])
    #expect(try stats.json["captions"]?.int == outcome.json["train"]?.int)
    // The same command would replace lists that a run may depend on.
    let again = try Program.run(words)
    #expect(again.code == 3 && again.errorLines.count == 1)
    // Nothing was drawn or downloaded, so every picture is missing.
    let check = try Program.run(["data", "check", "--dataset", description, "--data", folder.path])
    #expect(check.code == 3 && check.errorLines.count == 1)
    #expect(check.output.contains("images: 0 of"))
  }

  @Test("create refuses what it cannot make lists of, in one line that names the file")
  func createRefusals() throws {
    let folder = try TemporaryFolder()
    let table = try folder.write("a.csv", "path,labels\na b.jpg,cat\n")
    let bad = try Program.run([
      "data", "create", "--from", table, "--test-share", "0.5", "--name", "x", "--data",
      folder.path,
    ])
    #expect(bad.code == 3 && bad.errors.hasPrefix("lmpt: \(table): "))
    #expect(try folder.files == ["a.csv"])
    for words in [["--name", "voc-lt"], ["--name", "../x"], ["--name", "x", "--test", table]] {
      let usage = try Program.run(
        ["data", "create", "--from", table, "--test-share", "0.5", "--data", folder.path] + words)
      #expect(usage.code == 2, "\(words)")
    }
  }

  @Test("check of the embedded benchmark finds everything")
  func checkMini() throws {
    let outcome = try Program.run(["data", "check", "--dataset", "mini", "--json"])
    #expect(outcome.code == 0)
    #expect(try outcome.json["images"]?.int == 2642)
    #expect(try outcome.json["missing_count"]?.int == 0)
  }

  @Test("check says what to download and where it goes", arguments: ["voc-lt", "coco-lt"])
  func instructions(name: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/data", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/other/VOCdevkit", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/other/val2017", withIntermediateDirectories: true)
    let outcome = try Program.run([
      "data", "check", "--dataset", name, "--data", "\(folder.path)/data",
    ])
    #expect(outcome.code == 3 && outcome.errorLines.count == 1)
    let expected =
      name == "voc-lt"
      ? [
        "VOCtest_06-Nov-2007.tar", "VOCdevkit/VOC2012", "voc_lt_captions.txt",
        "other/VOCdevkit: move",
      ]
      : ["train2017.zip", "val2017", "coco_labels.txt", "other/val2017: move"]
    for text in expected { #expect(outcome.output.contains(text), "\(text)") }
  }

  @Test("metrics adds top-k figures, intervals and the checksum when asked")
  func metricsExtras() throws {
    let folder = try TemporaryFolder()
    let paths = ["s", "y", "n"].map { "\(folder.path)/\($0).npy" }
    try NPY.write(
      [0.9, 0.2, 0.8, 0.6, 0.7, 0.4, 0.1, 0.3] as [Float], shape: [4, 2], to: paths[0])
    try NPY.write([1, 0, 0, 1, 1, 0, 0, 0] as [UInt8], shape: [4, 2], to: paths[1])
    try NPY.write([100, 19] as [Int], shape: [2], to: paths[2])
    let words = ["metrics", "--scores", paths[0], "--labels", paths[1], "--counts", paths[2]]
    let outcome = try Program.run(words + ["--top-k", "1", "--bootstrap", "200", "--json"])
    let json = try outcome.json
    // Best labels by image: 0, 0, 0, 1; right in images 0 and 2, of three positives.
    #expect(json["top_k"]?["op"]?.double == 0.5)
    #expect(json["top_k"]?["or"]?.double == 2.0 / 3)
    #expect(abs(json["checksum"]?.double ?? 1) < 1e-12)
    let interval = try #require(json["intervals"]?["map"]?.array)
    #expect(interval.count == 2)
    #expect((interval[0].double ?? 1) <= (interval[1].double ?? 0))
    #expect(json["intervals"]?["medium"]?.isNull == true)
    #expect(try Program.run(words + ["--top-k", "1", "--bootstrap", "200"]).code == 0)
    #expect(try Program.run(words + ["--top-k", "0"]).code == 2)
  }
}
