// TrainTests - `lmpt train`, from its run folder to lists and pictures that it refuses.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing
import LMPTWeights

@Suite struct TrainTests {
  /// A copy of the mini benchmark's lists with links to its pictures.
  private func data() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in try Fixtures.files(in: "mini") where name.hasSuffix(".txt") && name != "OFL.txt" {
      try FileManager.default.copyItem(
        atPath: Fixtures.path("mini/\(name)"), toPath: "\(folder.path)/\(name)")
    }
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/images", withIntermediateDirectories: true)
    return folder
  }

  private func text(_ folder: TemporaryFolder, _ name: String) throws -> String {
    String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)")), as: UTF8.self)
  }

  /// Trains with a data folder and expects one line about `file`, exit code 3 and no run folder.
  private func expectRefused(_ folder: TemporaryFolder, _ file: String, _ message: String) throws {
    let out = "\(folder.path)/run"
    let outcome = try Program.run([
      "train", "--dataset", "mini", "--data", folder.path, "--out", out, "--epochs", "1", "--quiet",
      "--cache", "\(folder.path)/cache",
    ])
    #expect(outcome.code == 3, "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains(file) && outcome.errors.contains(message), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: out), "a run folder was left behind")
  }

  @Test("train, evaluate and predict on the embedded benchmark")
  func trainEvaluatePredict() throws {
    let folder = try TemporaryFolder()
    let run = "\(folder.path)/run"
    let trained = try Program.run([
      "train", "--dataset", "mini", "--out", run, "--epochs", "1", "--optimizer", "adam",
      "--lr", "1e-2", "--json",
    ])
    #expect(trained.code == 0, "\(trained.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: run)
    for name in [
      "config.json", "environment.json", "metrics.csv", "metrics.json", "prompts.safetensors",
      "report.html", "report.json", "events.jsonl", "log.txt", "checkpoint.safetensors",
    ] {
      #expect(files.contains(name))
    }
    let evaluated = try Program.run(["evaluate", "--run", run, "--json"])
    #expect(try evaluated.json["map"] == trained.json["map"])
    let image = Fixtures.path("mini/images/test/000001.jpg")
    let exported = "\(folder.path)/coop.safetensors"
    let wrote = try Program.run([
      "export", "--run", run, "--layout", "coop", "--output", exported, "--quiet",
    ])
    #expect(wrote.code == 0, "\(wrote.errors)")
    let prompts = try Safetensors.read(exported)
    #expect(prompts["ctx"]?.shape == [20, 16, 128])
    #expect(prompts["token_prefix"]?.shape == [20, 1, 128])
    #expect(prompts["token_suffix"]?.shape == [20, 60, 128])
    let predicted = try Program.run(["predict", image, "--run", run, "--top", "3", "--json"])
    #expect(try predicted.json["images"]?[0]?["scores"]?.array?.count == 3)
  }

  @Test("without held-out pictures the last epoch is kept, and every output says so")
  func nothingHeldOut() throws {
    let data = try TinyData()
    let outcome = try Program.run(
      data.train(
        "run", ["--epochs", "1", "--validation", "0", "--weight-gamma", "0", "--json"]))
    #expect(try outcome.json["selection"]?.string == "last epoch")
    let report = try JSON.read("\(data.path("run"))/report.json")
    #expect(report["selection"]?.string == "last epoch")
    // E5 with exponent 0 weighs all classes alike: each has 1/20.
    for row in try #require(report["classes"]?.array) {
      #expect(abs((row["weight"]?.double ?? 0) - 0.05) < 1e-6)
    }
  }

  @Test("a data set of which no test picture is left is refused with its list")
  func noTestPicture() throws {
    let data = try TinyData()
    _ = try data.folder.write("broken.jpg", "not a picture")
    try data.writeLists(test: ["broken.jpg 0"])
    for method in ["lmpt", "cocoop"] {
      let outcome = try Program.run(
        data.train("run", ["--epochs", "0", "--on-bad-image", "skip", "--method", method]))
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("test.txt"), "\(outcome.errors)")
    }
  }

  @Test("a missing picture")
  func missingImage() throws {
    let folder = try data()
    try expectRefused(folder, ".jpg", "the file does not exist")
  }

  @Test("a truncated picture")
  func truncatedImage() throws {
    let folder = try data()
    let list = try text(folder, "mini_lt_train.txt")
    let first = String(list.split(separator: "\n")[0].split(separator: " ")[0])
    let target = URL(fileURLWithPath: "\(folder.path)/\(first)")
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(try Fixtures.bytes("mini/\(first)").prefix(900)).write(to: target)
    try expectRefused(folder, first, "the JPEG data end early (offset 900)")
  }

  @Test("a label out of range, captions of another length")
  func lists() throws {
    let folder = try data()
    let list = try text(folder, "mini_lt_train.txt")
    let lines = list.split(separator: "\n").map(String.init)
    _ = try folder.write(
      "mini_lt_train.txt", ([lines[0] + " 20"] + lines.dropFirst()).joined(separator: "\n"))
    try expectRefused(folder, "mini_lt_train.txt", "label 20 is outside 0...19 (line 1)")

    _ = try folder.write("mini_lt_train.txt", lines.dropLast().joined(separator: "\n"))
    try expectRefused(folder, "mini_lt_captions.txt", "1142 captions for 1141 training images")
  }

  @Test("a class without a training picture")
  func emptyClass() throws {
    let folder = try data()
    let lists = try ["mini_lt_train.txt", "mini_lt_captions.txt"].map { name in
      try text(folder, name).split(separator: "\n").map(String.init)
    }
    // Class 9 has four pictures.
    let kept = lists[0].indices.filter { !lists[0][$0].split(separator: " ").contains("9") }
    #expect(kept.count == 1138)
    for (name, lines) in zip(["mini_lt_train.txt", "mini_lt_captions.txt"], lists) {
      _ = try folder.write(name, kept.map { lines[$0] }.joined(separator: "\n"))
    }
    try expectRefused(folder, "mini_lt_train.txt", "class 9 'cow' has no training image")
  }

  @Test("the last class without a training picture")
  func emptyLastClass() throws {
    let folder = try data()
    // The list of names ends without a newline.
    _ = try folder.write(
      "mini_labels.txt", try text(folder, "mini_labels.txt") + "\r\nunicorn 20\r\n")
    try expectRefused(folder, "mini_lt_train.txt", "class 20 'unicorn' has no training image")
  }

  @Test(
    "a path that leaves the data folder",
    arguments: ["../secret.jpg", "../\u{301}secret.jpg", "/\u{301}secret.jpg"])
  func outside(path: String) throws {
    let folder = try data()
    let list = try text(folder, "mini_lt_test.txt")
    _ = try folder.write("mini_lt_test.txt", "\(path) 0\n" + list)
    try expectRefused(folder, "mini_lt_test.txt", "leaves the data folder (line 1)")
  }

  @Test("an output folder that exists is left as it is")
  func existingOutput() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("precious.txt", "mine")
    let outcome = try Program.run([
      "train", "--dataset", "mini", "--out", folder.path, "--epochs", "1", "--quiet",
    ])
    #expect(outcome.code == 3)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("exists already"))
    #expect(try folder.files == ["precious.txt"])
  }

  @Test("stored features that are not finite: the block is named")
  func storedFeatures() throws {
    let data = try TinyData()
    #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
    let block = try #require(
      FileManager.default.subpaths(atPath: data.path("cache"))?.first {
        $0.hasSuffix("block-0.safetensors")
      })
    let path = data.path("cache/\(block)")
    let file = try Safetensors.read(path)
    var metadata = file.metadata
    metadata.removeValue(forKey: "sha256")
    let arrays = file.tensors.map { tensor -> NamedArray in
      guard tensor.name == "features" else { return NamedArray(tensor) }
      var values = tensor.floats()
      values[7] = .nan
      return NamedArray("features", floats: values, shape: tensor.shape)
    }
    // With its checksum made right again, as a defect of the program would leave it.
    metadata["sha256"] = try Safetensors.bytes(of: arrays, metadata: metadata).withUnsafeBytes {
      SHA256.hexDigest($0)
    }
    try Safetensors.write(arrays, metadata: metadata, to: path)
    let outcome = try Program.run(data.train("run", ["--epochs", "1", "--json"]))
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("block-0.safetensors"))
    #expect(try outcome.json["error"]?["code"]?.string == "run.not-finite")
    #expect(!FileManager.default.fileExists(atPath: data.path("run")))
  }

  @Test(
    "a loss or a context that is not finite: the step, the tensor and the last good checkpoint are named"
  )
  func notFinite() throws {
    let data = try TinyData()
    #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
    // A step size that throws the context beyond every finite number within some epochs.
    let wild = [
      "--optimizer", "sgd", "--lr", "1000", "--momentum", "1", "--weight-decay", "1000",
      "--schedule", "constant", "--batch-size", "1000", "--epochs", "300",
    ]
    let outcome = try Program.run(data.train("run", wild + ["--json"]))
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    let code = try outcome.json["error"]?["code"]?.string
    #expect(code == "run.not-finite")
    // All images are one batch, so that the epoch after those that were logged is the step.
    let events = try String(contentsOfFile: data.path("run/events.jsonl"), encoding: .utf8)
    let finished = events.split(separator: "\n").filter { $0.contains("\"epoch\"") }.count
    #expect(finished > 0)
    #expect(outcome.errors.contains("(step \(finished + 1)"), "\(outcome.errors)")
    #expect(
      ["the loss", "the context", "the gradient", "'ctx'"].contains { outcome.errors.contains($0) },
      "\(outcome.errors)")
    // The checkpoint that is named is there, whole, and finite.
    let checkpoint = data.path("run/checkpoint.safetensors")
    #expect(outcome.errors.contains(checkpoint), "\(outcome.errors)")
    #expect(isIntact(checkpoint))
    for tensor in try Safetensors.read(checkpoint).tensors {
      let isFinite = tensor.floats().allSatisfy { $0.isFinite }
      #expect(isFinite, "\(tensor.name)")
    }
  }

  @Test("a resumed run knows its options; what is given again must agree")
  func resumedOptions() throws {
    let data = try TinyData()
    let options = ["--epochs", "1", "--cseloss", "none", "--n-ctx", "2", "--batch-size", "16"]
    #expect(try Program.run(data.train("run", options)).code == 0)
    let before = try numbers(of: data.path("run"))
    let again = try Program.run(data.train("run", ["--resume"]))
    #expect(again.code == 0, "\(again.errors)")
    #expect(try numbers(of: data.path("run")) == before)
    let other = try Program.run(data.train("run", ["--resume", "--n-ctx", "3"]))
    #expect(other.code == 3 && other.errors.contains("n_ctx"), "\(other.errors)")
  }
}
