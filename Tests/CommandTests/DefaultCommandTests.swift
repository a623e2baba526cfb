// DefaultCommandTests - what the command line says and does without options, against literal tables.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite("defaults of the command line")
struct DefaultCommandTests {
  /// What a help page says behind each option.
  private func printed(_ command: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for (names, said) in try HelpPage([command]).options {
      guard let start = said.range(of: "(default: "), said.hasSuffix(")") else { continue }
      found[String(names[0])] = String(said[start.upperBound...].dropLast())
    }
    return found
  }

  private static let pages: [(String, [String: String])] = [
    (
      "train",
      [
        "--dataset": "mini", "--preprocess": "lmpt", "--cache": "~/.cache/lmpt",
        "--on-bad-image": "fail", "--method": "lmpt", "--n-ctx": "16", "--m-ctx": "2",
        "--ctx-init": "\"\"", "--class-token-position": "end",
        "--loss-function": "dbl",
        "--variant": "paper", "--cseloss": "softmargin", "--alignment": "sentence",
        "--captions": "tokens", "--weights-sum": "sum", "--weight-gamma": "2", "--margin": "0.2",
        "--lam": "0.5", "--alpha": "0.1", "--beta": "10", "--gamma": "0.3; coco-lt 0.2",
        "--neg-scale": "5; coco-lt 2", "--kappa": "0.05", "--focal": "2",
        "--gamma-neg": "4", "--gamma-pos": "0; dualcoop 1", "--smoothing": "0.1",
        "--rarity": "1.35", "--sampling": "uniform; lm-clip rarity", "--consistency": "0.1",
        "--contrast": "1", "--cls-weight": "0.4",
        "--optimizer": "sgd", "--lr": "5e-4", "--momentum": "0.9",
        "--weight-decay": "1e-4", "--schedule": "plateau", "--batch-size": "64", "--epochs": "50",
        "--seed": "0", "--select": "validation", "--validation": "0.2", "--scores": "softmax",
        "--threads": "all cores",
      ]
    ),
    (
      "evaluate",
      [
        "--cache": "the run's", "--scores": "the run's", "--on-bad-image": "the run's",
        "--threshold": "0.3", "--threads": "all cores",
      ]
    ),
    (
      "predict",
      [
        "--preprocess": "the run's; clip", "--top": "5", "--scores": "the run's; softmax",
        "--threshold": "auto", "--threads": "all cores",
      ]
    ),
    (
      "zeroshot",
      [
        "--dataset": "mini", "--preprocess": "lmpt", "--cache": "~/.cache/lmpt",
        "--on-bad-image": "fail", "--template": "a photo of a {}.", "--templates": "single",
        "--scores": "softmax", "--threshold": "0.3", "--threads": "all cores",
      ]
    ),
    ("metrics", ["--threshold": "0.3", "--threads": "all cores"]),
    (
      "pixels",
      ["--stage": "input", "--preprocess": "lmpt", "--size": "224", "--threads": "all cores"]
    ),
    ("encode", ["--preprocess": "lmpt", "--threads": "all cores"]),
  ]

  @Test("help pages print the published defaults", arguments: pages)
  func help(command: String, expected: [String: String]) throws {
    #expect(try printed(command) == expected)
  }

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
}
