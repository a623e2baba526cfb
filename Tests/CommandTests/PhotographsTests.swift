// PhotographsTests - docs/Photographs.md, from a table of photographs to predicted labels.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite("one's own photographs")
struct PhotographsTests {
  private let folder: TemporaryFolder
  private let weights = Fixtures.path("mini/clip.safetensors")

  init() throws { folder = try TemporaryFolder() }

  private func run(_ words: [String], code: Int32 = 0) throws -> JSON {
    let outcome = try Program.run(words + ["--json"])
    #expect(outcome.code == code, "\(words): \(outcome.errors)")
    return try outcome.json
  }

  /// Pictures in a folder whose name has a space, and their table; `pear` has a single picture.
  private func table() throws -> String {
    let labels = ["cup", "cup;hot dog", "hot dog", "cup"]
    var rows = ["path,labels"]
    for index in 1...21 {
      let name = String(format: "%06d.jpg", index)
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/my photos", withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: Fixtures.path("mini/images/test/\(name)"),
        toPath: "\(folder.path)/my photos/\(name)")
      rows.append("my photos/\(name),\(index == 21 ? "pear" : labels[index % 4])")
    }
    return try folder.write("labels.csv", rows.joined(separator: "\n") + "\n")
  }

  private var source: [String] {
    [
      "--dataset", "\(folder.path)/mine.json", "--data", folder.path, "--weights", weights,
      "--cache", "\(folder.path)/cache",
    ]
  }

  @Test("create, check, train and predict: spaces, groups, orientation, a class without test image")
  func wholeWay() throws {
    let made = try run([
      "data", "create", "--from", try table(), "--test-share", "0.3", "--name", "mine", "--data",
      folder.path, "--keep-all", "--groups", "9,2",
    ])
    #expect(made["classes_without_test_images"] == ["pear"])
    let check = try run([
      "data", "check", "--dataset", "\(folder.path)/mine.json", "--data", folder.path,
    ])
    #expect(check["missing_count"] == 0 && check["classes_without_test_images"] == ["pear"])

    let out = "\(folder.path)/run"
    let trained = try run(
      ["train"] + source + ["--out", out, "--cseloss", "none", "--epochs", "2", "--orient"])
    let configuration = try JSON.read("\(out)/config.json")
    #expect(configuration["orient"] == true && configuration["groups"] == [9, 2])
    #expect(trained["classes_without_test_images"] == ["pear"])
    // Three classes, one of which counts 0: the mean of two is one and a half times that of three.
    let map = try #require(trained["map"]?.double)
    #expect(abs(try #require(trained["map_of_present"]?.double) - 1.5 * map) < 1e-12)
    let evaluated = try run(["evaluate", "--run", out])
    #expect(evaluated["map"] == trained["map"] && evaluated["tail"] == trained["tail"])

    let picture = "\(folder.path)/my photos/000003.jpg"
    let chosen = try #require(trained["label_threshold"]?["value"]?.double)
    let predicted = try run(["predict", picture, "--run", out])
    #expect(predicted["threshold"]?.double == chosen)
    let image = try #require(predicted["images"]?.array?.first)
    let above = try #require(image["scores"]?.array).filter {
      try #require($0["score"]?.double) > chosen
    }
    #expect(
      Set(try #require(image["labels"]?.array).compactMap(\.string))
        == Set(above.compactMap { $0["class"]?.string }))
    let shown = try Program.run(["predict", picture, "--run", out]).output
    for entry in try #require(image["scores"]?.array) {
      let multiple = String(format: "%.2f", try #require(entry["score"]?.double) / chosen)
      let name = try #require(entry["class"]?.string)
      #expect(
        shown.split(separator: "\n").contains {
          $0.hasPrefix("  \(name) ") && $0.hasSuffix(" \(multiple)")
        }, "\(name) \(multiple): \(shown)")
    }
    let every = try run(["predict", picture, "--run", out, "--threshold", "-1"])
    #expect(every["images"]?.array?.first?["labels"] == ["cup", "hot dog", "pear"])
    // A folder stands for its pictures, with and without a run.
    for words in [["--run", out], ["--classes", "cup, hot dog", "--weights", weights]] {
      let all = try run(["predict", "\(folder.path)/my photos", "--threshold", "0.2"] + words)
      #expect(all["images"]?.array?.count == 21 && all["skipped"] == [])
      #expect(all["images"]?.array?.first?["image"]?.string?.hasSuffix("/000001.jpg") == true)
    }
    // The threshold is of softmax scores, and none of zero-shot.
    let logits = try run(["predict", picture, "--run", out, "--scores", "logit"])
    #expect(logits["threshold"] == .null && logits["images"]?.array?.first?["labels"] == .null)
    for words in [
      ["--run", out, "--scores", "logit"], ["--classes", "cup, pear", "--weights", weights],
    ] {
      _ = try run(["predict", picture, "--threshold", "auto"] + words, code: 2)
    }
  }
}
