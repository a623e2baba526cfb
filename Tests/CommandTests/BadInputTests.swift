// BadInputTests - files that are wrong: one line, exit code 3, nothing left behind.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Support
import Testing
import Weights

@Suite("bad input")
struct BadInputTests {
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

  @Test("weights of another kind, and weights with NaN")
  func weights() throws {
    let folder = try TemporaryFolder()
    let other = "\(folder.path)/other.safetensors"
    try Safetensors.write(
      [NamedArray("layer.weight", floats: [1, 2], shape: [2])], metadata: [:], to: other)
    let outcome = try Program.run([
      "zeroshot", "--dataset", "mini", "--weights", other, "--quiet",
    ])
    #expect(outcome.code == 3)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains(other), "\(outcome.errors)")

    let file = try WeightFile.read(Fixtures.path("mini/clip.safetensors"))
    let poisoned = "\(folder.path)/nan.safetensors"
    try Safetensors.write(
      file.tensors.map { tensor in
        guard tensor.name == "visual.proj" else { return NamedArray(tensor) }
        var values = tensor.floats()
        values[5] = .nan
        return NamedArray(tensor.name, floats: values, shape: tensor.shape)
      }, metadata: file.metadata, to: poisoned)
    let second = try Program.run([
      "zeroshot", "--dataset", "mini", "--weights", poisoned, "--quiet", "--cache", folder.path,
    ])
    #expect(second.code == 3)
    #expect(
      second.errorLines.count == 1 && second.errors.contains("not finite"), "\(second.errors)")
  }

  @Test("models that read fewer positions or words than the published ones")
  func smallTextTowers() throws {
    let folder = try TemporaryFolder()
    let file = try WeightFile.read(Fixtures.path("mini/clip.safetensors"))
    /// The model with the first rows of one tensor.
    func cut(_ name: String, rows: Int) throws -> String {
      let path = "\(folder.path)/\(name)-\(rows).safetensors"
      try Safetensors.write(
        file.tensors.map { tensor in
          guard tensor.name == name else { return NamedArray(tensor) }
          let width = tensor.shape[1]
          return NamedArray(
            name, floats: Array(tensor.floats().prefix(rows * width)), shape: [rows, width])
        }, metadata: file.metadata, to: path)
      return path
    }
    let short = try cut("positional_embedding", rows: 6)
    let output = "\(folder.path)/features.npy"
    let encode = ["encode", "--weights", short, "--output", output, "--text"]
    let fits = try Program.run(encode + ["a cat"])
    #expect(fits.code == 0, "\(fits.errors)")
    let long = "one two three four five six"
    let refused = try Program.run(encode + [long])
    #expect(refused.code == 3 && refused.errors.contains("the context holds 6"))
    #expect(try Program.run(encode + [long, "--truncate"]).code == 0)
    let data = try TinyData()
    for words in [
      data.train("run", ["--epochs", "1"]).map {
        $0 == Fixtures.path("mini/clip.safetensors") ? short : $0
      },
      ["zeroshot", "--dataset", "mini", "--quiet", "--weights"]
        + [try cut("token_embedding.weight", rows: 300), "--cache", folder.path],
    ] {
      let outcome = try Program.run(words)
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    }
    let none = try Program.run(["inspect", "\(folder.path)/a\rb\u{1b}[31m.pt"])
    #expect(none.code == 3 && none.errors.contains("a\\u{d}b\\u{1b}[31m.pt"))
  }

  @Test("files that are no pictures, arrays or weights")
  func wrongFiles() throws {
    let folder = try TemporaryFolder()
    let garbage = try folder.write("garbage.jpg", "this is not a picture")
    let output = "\(folder.path)/out.npy"
    for words in [
      ["pixels", garbage, "--stage", "decoded", "--output", output], ["inspect", garbage],
      ["metrics", "--scores", garbage, "--labels", garbage],
    ] {
      let outcome = try Program.run(words)
      #expect(outcome.code == 3, "\(words): \(outcome.errors)")
      #expect(outcome.errorLines.count == 1 && outcome.errors.contains("garbage.jpg"))
    }
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}
