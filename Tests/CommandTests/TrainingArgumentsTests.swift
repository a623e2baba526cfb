// TrainingArgumentsTests - what `lmpt train` does without options, against literal tables.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import LMPTTuning
import Testing

@Suite("options of train")
struct TrainingArgumentsTests {
  /// The options that a folder was trained with, as `config.json` keeps them.
  private func expectOptions(_ run: String, _ expected: [String: Setting]) throws {
    let json = try JSON.read("\(run)/config.json")
    for (key, value) in expected {
      let found = json[key]
      #expect(
        (found?.string.map(Setting.word) ?? found?.double.map(Setting.number)) == value, "\(key)")
    }
  }

  @Test("a command line that names a method alone trains with its published settings")
  func methods() throws {
    let data = try TinyData()
    _ = try data.folder.write(
      "coco.json",
      """
      {"name": "coco-lt", "train": "train.txt", "test": "test.txt", "labels": "labels.txt",
       "captions": "captions.txt"}
      """)
    for method in PublishedSettings.methods.keys.sorted() {
      for (file, dataset) in [("tiny.json", "voc-lt"), ("coco.json", "coco-lt")] {
        let run = data.path("\(method)-\(dataset)")
        var words = data.train("\(method)-\(dataset)", ["--method", method, "--epochs", "0"])
        words[2] = data.path(file)
        let outcome = try Program.run(words)
        #expect(outcome.code == 0, "\(outcome.errors)")
        var expected = PublishedSettings.of(method, on: dataset)
        expected["epochs"] = 0
        expected["preprocess"] = "lmpt"
        try expectOptions(run, expected)
      }
    }
  }

  @Test("a command line that names nothing trains LMPT on the mini benchmark")
  func bare() throws {
    let folder = try TemporaryFolder()
    let run = "\(folder.path)/run"
    // The features that the other tests share, so that nobody waits for nobody.
    #expect(try Program.run(["features", "--dataset", "mini", "--quiet"]).code == 0)
    let outcome = try Program.run(["train", "--epochs", "0", "--out", run, "--quiet"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    var expected = PublishedSettings.of("lmpt", on: "mini")
    (expected["epochs"], expected["dataset"], expected["preprocess"]) = (0, "mini", "lmpt")
    try expectOptions(run, expected)
  }

  @Test("--variant released also sets what the released loop compares; words bring their number")
  func released() throws {
    let data = try TinyData()
    let more = ["--variant", "released", "--epochs", "0"]
    for (name, words, changed) in [
      ("released", more, ["alignment": "tokens-all", "captions": "released"]),
      (
        "but", more + ["--alignment", "sentence"],
        ["alignment": "sentence", "captions": "released"]
      ),
      (
        "words", ["--epochs", "0", "--ctx-init", "a photo of a traffic_light"],
        ["ctx_init": "a photo of a traffic_light", "n_ctx": 6, "variant": "paper"]
      ),
    ] as [(String, [String], [String: Setting])] {
      let outcome = try Program.run(data.train(name, words))
      #expect(outcome.code == 0, "\(outcome.errors)")
      var expected = PublishedSettings.of("lmpt", on: "voc-lt")
      (expected["epochs"], expected["variant"]) = (0, "released")
      try expectOptions(data.path(name), expected.merging(changed) { $1 })
    }
  }

  @Test("--shared and --csc say whether classes share a context")
  func switches() throws {
    let data = try TinyData()
    // Each is the other method's default.
    for (name, method, context) in [
      ("shared", "lmpt", "shared"), ("csc", "coop", "class-specific"),
    ] {
      let words = ["--method", method, "--epochs", "0", "--n-ctx", "2", "--\(name)"]
      let outcome = try Program.run(data.train(name, words))
      #expect(outcome.code == 0, "\(outcome.errors)")
      let config = try JSON.read("\(data.path(name))/config.json")
      #expect(config["context"]?.string == context)
    }
  }

  @Test("train's help has every option of a run")
  func everyOption() throws {
    let page = try Program.run(["train", "--help"]).output
    let words = Set(page.split { " ,\n".contains($0) })
    // One context or one a class is chosen by the flags --shared and --csc.
    for field in TrainingOptions.table where field.name != "context" {
      let option = "--" + field.name.split(separator: "_").joined(separator: "-")
      #expect(words.contains(option[...]), "\(option)")
    }
  }
}
