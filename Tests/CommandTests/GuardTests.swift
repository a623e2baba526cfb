// GuardTests - the program with weights that are not CLIP's and files that are not what they seem.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Support
import Testing
import Weights

@Suite("no number rather than a wrong one")
struct GuardTests {
  private static let picture = Fixtures.path("mini/images/test/000001.jpg")

  /// A folder with the mini model, its vocabulary of 49,408 entries, under a link, so that it has a
  /// folder's configurations beside it.
  private func linked(_ configurations: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/clip.safetensors",
      withDestinationPath: Fixtures.path("mini/clip.safetensors"))
    for (name, text) in configurations { _ = try folder.write(name, text) }
    return folder
  }

  /// The mini model with other tensors or metadata.
  private func changed(
    _ folder: TemporaryFolder, _ metadata: [String: String] = [:],
    _ change: (StoredTensor) -> NamedArray? = { NamedArray($0) }, adding: [NamedArray] = []
  ) throws -> String {
    let file = try WeightFile.read(Fixtures.path("mini/clip.safetensors"))
    let path = "\(folder.path)/changed.safetensors"
    try Safetensors.write(file.tensors.compactMap(change) + adding, metadata: metadata, to: path)
    return path
  }

  /// Refused with one line that has the word, exit code 3 and no output.
  private func expectRefused(
    _ words: [String], _ word: String, in folder: TemporaryFolder,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let output = "\(folder.path)/out.npy"
    let outcome = try Program.run(words + ["--output", output])
    #expect(outcome.code == 3, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errors.contains(word), "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errors.contains(". Hint: "), sourceLocation: sourceLocation)
    #expect(
      !FileManager.default.fileExists(atPath: output), "an output was left",
      sourceLocation: sourceLocation)
  }

  @Test("words for another vocabulary are refused by every command; images go on")
  func vocabulary() throws {
    let folder = try TemporaryFolder()
    let weights = try changed(folder, ["activation": "quickgelu"]) { tensor in
      guard tensor.name == "token_embedding.weight" else { return NamedArray(tensor) }
      let values = [Float](repeating: 0, count: 60_000 * tensor.shape[1])
      return NamedArray(tensor.name, floats: values, shape: [60_000, tensor.shape[1]], as: .f16)
    }
    try expectRefused(["encode", "--weights", weights, "--text", "a cat"], "60000", in: folder)
    for words in [
      ["zeroshot", "--dataset", "mini", "--weights", weights],
      ["predict", Self.picture, "--classes", "cat", "--weights", weights],
      ["train", "--dataset", "mini", "--weights", weights, "--out", "\(folder.path)/run"],
    ] {
      let outcome = try Program.run(words + ["--quiet"])
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("vocabulary has 60000 entries"), "\(outcome.errors)")
    }
    let features = "\(folder.path)/features.npy"
    for words in [
      ["encode", "--weights", weights, "--image", Self.picture, "--output", features],
      ["inspect", weights], ["convert", weights, "\(folder.path)/copy.safetensors"],
    ] {
      let outcome = try Program.run(words)
      #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(words): \(outcome.errors)")
    }
    #expect(try NPY.read(features).shape == [1, 128])
  }

  @Test(
    "a tokenizer named beside the weights",
    arguments: [
      (
        "open_clip_config.json",
        #"{"model_cfg": {"quick_gelu": true, "text_cfg": {"hf_tokenizer_name": "xlm-roberta-base"}}}"#,
        "hf_tokenizer_name"
      ),
      (
        "open_clip_config.json",
        #"{"model_cfg": {"quick_gelu": true, "text_cfg": {"tokenizer_kwargs": {"clean": "canonicalize"}}}}"#,
        "tokenizer_kwargs"
      ),
      (
        "tokenizer_config.json", #"{"tokenizer_class": "XLMRobertaTokenizer"}"#, "tokenizer_class"
      ),
    ])
  func tokenizer(file: String, text: String, word: String) throws {
    let folder = try linked([file: text])
    let weights = "\(folder.path)/clip.safetensors"
    try expectRefused(["encode", "--weights", weights, "--text", "a cat"], word, in: folder)
    let images = try Program.run([
      "encode", "--weights", weights, "--image", Self.picture, "--output",
      "\(folder.path)/images.npy",
    ])
    #expect(images.code == 0, "\(images.errors)")
    let own = try linked(["tokenizer_config.json": #"{"tokenizer_class": "CLIPTokenizer"}"#])
    let texts = try Program.run([
      "encode", "--weights", "\(own.path)/clip.safetensors", "--text", "a cat", "--output",
      "\(own.path)/t.npy",
    ])
    #expect(texts.code == 0 && texts.errors.isEmpty, "\(texts.errors)")
  }

  @Test("another pooling, mask or table; images of such a text tower go on with a word")
  func textTowers() throws {
    for setting in [#""pool_type": "last""#, #""no_causal_mask": true"#] {
      let folder = try linked([
        "open_clip_config.json":
          #"{"model_cfg": {"quick_gelu": true, "text_cfg": {\#(setting)}, "vision_cfg": {}}}"#
      ])
      let weights = "\(folder.path)/clip.safetensors"
      let key = String(setting.dropFirst().prefix { $0 != "\"" })
      try expectRefused(["encode", "--weights", weights, "--text", "a cat"], key, in: folder)
      // The other commands read the configuration too.
      let other = try Program.run(["zeroshot", "--dataset", "mini", "--weights", weights])
      #expect(other.code == 3 && other.errors.contains(key), "\(other.errors)")
    }
    let folder = try TemporaryFolder()
    let long = try changed(
      folder, ["activation": "quickgelu"],
      adding: [NamedArray("positional_embedding_res", floats: [1])])
    try expectRefused(["encode", "--weights", long, "--text", "a cat"], "LongCLIP", in: folder)
    let images = try Program.run([
      "encode", "--weights", long, "--image", Self.picture, "--output", "\(folder.path)/i.npy",
    ])
    #expect(images.code == 0 && images.errorLines.count == 1, "\(images.errors)")
    #expect(images.errors.contains("LongCLIP") && images.errors.hasPrefix("lmpt: note: "))
  }

  @Test("an assumed activation is told, and what the configuration says is not assumed")
  func activation() throws {
    let folder = try TemporaryFolder()
    let silent = try changed(folder)
    let output = "\(folder.path)/f.npy"
    func encode(_ weights: String, _ more: [String] = []) throws -> Outcome {
      try Program.run(
        ["encode", "--weights", weights, "--image", Self.picture, "--output", output, "--json"]
          + more)
    }
    let assumed = try encode(silent)
    #expect(assumed.code == 0 && assumed.errorLines.count == 1, "\(assumed.errors)")
    #expect(assumed.errors.contains("QuickGELU assumed"))
    #expect(try assumed.json["activation_assumed"]?.bool == true)
    for words in [
      ["zeroshot", "--dataset", "mini", "--weights", silent],
      ["predict", Self.picture, "--classes", "cat", "--weights", silent],
    ] {
      let outcome = try Program.run(words + ["--json"])
      #expect(try outcome.json["activation_assumed"]?.bool == true, "\(outcome.errors)")
      #expect(outcome.errorLines.count == 1 && outcome.errors.contains("QuickGELU assumed"))
    }
    let chosen = try encode(silent, ["--activation", "gelu"])
    #expect(try chosen.json["activation_assumed"]?.bool == false && chosen.errors.isEmpty)
    _ = try folder.write("config.json", #"{"model_type": "clip", "text_config": {}}"#)
    let stated = try encode(silent)
    #expect(try stated.json["activation_assumed"]?.bool == false && stated.errors.isEmpty)
    // OpenAI's names and sizes in a state dict are no evidence.
    let names = try encode(Fixtures.path("clip/small/openai.pt"))
    #expect(try names.json["activation_assumed"]?.bool == true)
  }

  /// First bytes of files that are no weights, and a word of the refusal.
  private static let files: [(bytes: [UInt8], word: String)] = [
    (
      [8, 7, 0x12, 7] + Array("pytorch".utf8) + [0x1A, 5] + Array("1.9.0".utf8) + [0x3A, 0], "ONNX"
    ),
    ([8, 10, 0x3A, 4, 0x0A, 2, 0x0A, 0], "ONNX"), ([8, 8, 0x42, 2, 0x10, 17], "ONNX"),
    ([8, 1, 0x12, 9, 0x0A, 7, 0x12, 5] + Array("serve".utf8), "TensorFlow SavedModel"),
    (
      [0x0A, 0x14, 0x0A, 5] + Array("input".utf8) + [0x12, 11] + Array("Placeholder".utf8),
      "TensorFlow"
    ),
    ([0, 0, 0, 0, 1, 0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB], "TensorFlow"),
    ([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A], "TensorFlow"),
    ([0x1C, 0, 0, 0] + Array("TFL3".utf8) + [0x14, 0], "TensorFlow Lite"),
    ([0x85, 0xAB] + Array("logit_scale".utf8) + [0xC7, 4, 1], "Flax"),
    ([0x81, 0xA6] + Array("params".utf8) + [0x82], "Flax"),
    (Array("GGUF".utf8) + [3, 0, 0, 0, 0, 0, 0, 0], "GGUF"),
    (Array("lmgg".utf8) + [1, 0, 0, 0], "ggml"), (Array("tjgg".utf8) + [3, 0, 0, 0], "ggml"),
    (
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 605157884\n".utf8),
      "Git LFS"
    ),
    (Array("<!doctype html>\n<html lang=\"en\"><head>".utf8), "HTML"),
    (Array("\n <HTML><body>Sign in</body></HTML>".utf8), "HTML"),
    (Array("<?xml version=\"1.0\"?><html xmlns=\"x\"></html>".utf8), "HTML"),
    (Array("Entry not found".utf8), "Entry not found"),
    (Array("Invalid username or password.".utf8), "Invalid username"),
    (Array("{\"error\":\"Repository not found\"}".utf8), "Repository not found"),
    (Array("404: Not Found".utf8), "404"), ([0xFF, 0xD8, 0xFF, 0xE0], "JPEG"),
  ]

  @Test(
    "formats of others, pointers and pages are named, as weights and as arrays", arguments: files)
  func formats(file: (bytes: [UInt8], word: String)) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/model.safetensors"
    try Data(file.bytes).write(to: URL(fileURLWithPath: path))
    try expectRefused(["encode", "--weights", path, "--text", "a cat"], file.word, in: folder)
    let seen = try Program.run(["inspect", path, "--json"])
    #expect(seen.code == 3 && seen.errors.contains(file.word) && seen.errorLines.count == 1)
  }

  @Test("pointers and pages among pictures, arrays and shards")
  func standIns() throws {
    let folder = try TemporaryFolder()
    let pointer = try folder.write(
      "a.jpg", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 70000\n")
    try expectRefused(["pixels", pointer], "Git LFS", in: folder)
    try expectRefused(
      ["encode", "--weights", Fixtures.path("mini/clip.safetensors"), "--image", pointer],
      "70000 bytes", in: folder)
    let page = try folder.write("b.png", "<html><title>Not here</title></html>")
    try expectRefused(["pixels", page], "HTML", in: folder)
    let scores = try Program.run(["metrics", "--scores", pointer, "--labels", pointer])
    #expect(scores.code == 3 && scores.errors.contains("Git LFS"), "\(scores.errors)")
    _ = try folder.write(
      "model-00001-of-00001.safetensors",
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 70000\n")
    let index = try folder.write(
      "model.safetensors.index.json",
      #"{"weight_map": {"visual.proj": "model-00001-of-00001.safetensors"}}"#)
    let shards = try Program.run(["inspect", index])
    #expect(shards.code == 3 && shards.errors.contains("Git LFS"), "\(shards.errors)")
  }

  @Test("a benchmark whose work fails is no measurement")
  func bench() throws {
    let program = URL(fileURLWithPath: Program.path).deletingLastPathComponent().path + "/bench"
    let folder = try TemporaryFolder()
    let bytes = try Fixtures.bytes("mini/images/test/000001.jpg")
    try Data(bytes.prefix(900)).write(to: URL(fileURLWithPath: "\(folder.path)/cut.jpg"))
    let words = "images --folder '\(folder.path)' --rounds 1 --threads 1"
    let failed = try Program.shell("'\(program)' \(words)")
    #expect(failed.code == 3 && failed.errors.contains("end early"), "\(failed.errors)")
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/cut.jpg"))
    #expect(try Program.shell("'\(program)' \(words)").code == 0)
  }
}
