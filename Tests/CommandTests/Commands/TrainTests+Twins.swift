// TrainTests+Twins - `lmpt train` against the PyTorch twin's whole runs.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSelfTest
import LMPTSupport
import LMPTTuning
import LMPTWeights
import Testing

/// The data set of the stored runs as files: lists, pictures, and the tiny CLIP.
private final class TwinData: Sendable {
  let fixture: RunFixture
  let folder: TemporaryFolder
  let weights: String

  init() throws {
    let training = try TrainingFixture(Fixtures.path("training"))
    fixture = try RunFixture(Fixtures.path("runs"), model: training.model)
    folder = try TemporaryFolder()
    weights = "\(folder.path)/clip.safetensors"
    try Safetensors.write(training.weights, to: weights)
    for name in ["train", "test", "labels", "captions"] {
      _ = try folder.write(
        "\(name).txt", String(decoding: try Fixtures.bytes("runs/\(name).txt"), as: UTF8.self))
    }
    _ = try folder.write(
      "runs.json",
      """
      {"name": "runs", "train": "train.txt", "test": "test.txt", "labels": "labels.txt",
       "captions": "captions.txt", "groups": [10, 3]}
      """)
    for (side, images) in [("train", fixture.dataset.train), ("test", fixture.dataset.test)] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(side)", withIntermediateDirectories: true)
      for (image, picture) in zip(images, try fixture.pictures(side)) {
        let header = "P6\n\(picture.width) \(picture.height)\n255\n"
        try Data(Array(header.utf8) + picture.pixels)
          .write(to: URL(fileURLWithPath: "\(folder.path)/\(image.path)"))
      }
    }
  }

  /// The words of a command line that repeats a run.
  func words(_ run: RunFixture.Run, out: String) -> [String] {
    let options = run.options.sorted { $0.key < $1.key }.flatMap { name, value -> [String] in
      switch name {
      case "context": [value == "shared" ? "--shared" : "--csc"]
      case _ where value.isEmpty: []
      default: ["--\(name.replacing("_", with: "-"))", value]
      }
    }
    return [
      "train", "--dataset", "\(folder.path)/runs.json", "--data", folder.path, "--weights",
      weights, "--cache", "\(folder.path)/cache", "--out", out, "--quiet",
    ] + options
  }

  /// What a run folder holds.
  func outcome(_ path: String) throws -> RunFixture.Outcome {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    let kept = try #require(names.first { ["prompts", "classifier"].contains($0.dropLast(12)) })
    let checkpoint = try Safetensors.read("\(path)/checkpoint.safetensors")
    let state = try JSON.parse(Array((checkpoint.metadata["state"] ?? "").utf8))
    return RunFixture.Outcome(
      epoch: try #require(JSON.read("\(path)/metrics.json")["epoch"]?.int),
      history: try #require(state["history"]?.array).map(EpochRecord.init(json:)),
      tensors: Dictionary(
        uniqueKeysWithValues: try Safetensors.read("\(path)/\(kept)").tensors
          .map { ($0.name, $0.floats()) }),
      scores: try #require(Safetensors.read("\(path)/test_scores.safetensors")["scores"]).floats())
  }
}

extension TrainTests {
  /// One run of every method, from its pictures.
  private static let twins =
    Method.all.map(\.name)
    .map { $0 == "lmpt" ? "lmpt-paper" : $0 } + ["lmpt-released", "plateau-validation"]

  @Test("from lists, pictures and weights to the run folder", arguments: twins)
  func twin(name: String) throws {
    let data = try TwinData()
    let run = try #require(data.fixture.runs.first { $0.name == name })
    let out = "\(data.folder.path)/\(name)"
    let outcome = try Program.run(data.words(run, out: out))
    #expect(outcome.code == 0, "\(outcome.errors)")
    for (what, ratio) in try data.fixture.compare(run, try data.outcome(out)) {
      // The manifest's tolerances leave room for features computed here and not by the twin.
      #expect(ratio <= 1, "\(name): \(what) is \(ratio) of the tolerance")
    }
  }
}
