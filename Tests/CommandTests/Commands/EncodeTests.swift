// EncodeTests - `lmpt encode`, and models whose words or pictures it refuses.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import Testing
import LMPTWeights

@Suite struct EncodeTests {
  private static let picture = Fixtures.path("mini/images/test/000001.jpg")
  private static let weights = Fixtures.path("mini/clip.safetensors")

  @Test("the 17th picture is itself, the recipe is lmpt's, unit length when asked")
  func features() throws {
    let folder = try TemporaryFolder()
    let names = (1...17).map {
      Fixtures.path("mini/images/test/\(String(format: "%06d", $0)).jpg")
    }
    func features(_ images: [String], _ more: [String] = []) throws -> [Float] {
      let output = "\(folder.path)/\(images.count)-\(more.joined()).npy"
      let outcome = try Program.run(
        ["encode", "--weights", Self.weights, "--output", output] + more + ["--image"] + images)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try NPY.read(output).floats()
    }
    let many = try features(names)
    let width = many.count / 17
    let last = try features([names[16]])
    #expect(last.count == width && Array(many.suffix(width)) == last)
    #expect(try features([names[16]], ["--preprocess", "lmpt"]) == last)
    #expect(try features([names[16]], ["--preprocess", "clip"]) != last)
    let unit = try features([names[16]], ["--normalize"])
    #expect(abs(unit.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    #expect(abs(last.reduce(0) { $0 + $1 * $1 } - 1) > 1e-2)
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

  @Test("words for another vocabulary are refused by every command; images go on")
  func vocabulary() throws {
    let folder = try TemporaryFolder()
    let weights = try ChangedModels.changed(folder, ["activation": "quickgelu"]) { tensor in
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

  /// As many entries as CLIP's vocabulary has.
  private static let vocabulary = JSON.object((0..<49_408).map { ("\($0)", .integer($0)) }).text()

  @Test("words and merges beside the weights that are not CLIP's")
  func otherWords() throws {
    let folder = try ChangedModels.linked(["vocab.json": #"{"a": 0}"#, "merges.txt": "a b\n"])
    try expectRefused(
      ["encode", "--weights", "\(folder.path)/clip.safetensors", "--text", "a cat"], "vocab.json",
      in: folder)
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
      (
        "config.json",
        #"{"model_type": "clip", "text_config": {"tokenizer_class": "BertTokenizer"}}"#,
        "text_config.tokenizer_class"
      ),
      ("tokenizer.json", #"{"model": {"type": "Unigram", "vocab": [["a", 0]]}}"#, "Unigram"),
      ("tokenizer.json", #"{"model": {"type": "BPE", "vocab": {"a": 0}}}"#, "of size 1"),
    ])
  func tokenizer(file: String, text: String, word: String) throws {
    let folder = try ChangedModels.linked([file: text])
    let weights = "\(folder.path)/clip.safetensors"
    try expectRefused(["encode", "--weights", weights, "--text", "a cat"], word, in: folder)
    let images = try Program.run([
      "encode", "--weights", weights, "--image", Self.picture, "--output",
      "\(folder.path)/images.npy",
    ])
    #expect(images.code == 0, "\(images.errors)")
    let own = try ChangedModels.linked([
      "tokenizer_config.json": #"{"tokenizer_class": "CLIPTokenizer"}"#,
      "tokenizer.json": "{\"model\": {\"type\": \"BPE\", \"vocab\": \(Self.vocabulary)}}",
      "vocab.json": Self.vocabulary, "merges.txt": "#version: 0.2\n",
    ])
    let texts = try Program.run([
      "encode", "--weights", "\(own.path)/clip.safetensors", "--text", "a cat", "--output",
      "\(own.path)/t.npy",
    ])
    #expect(texts.code == 0 && texts.errors.isEmpty, "\(texts.errors)")
  }

  @Test("another pooling, mask or table; images of such a text tower go on with a word")
  func textTowers() throws {
    for setting in [#""pool_type": "last""#, #""no_causal_mask": true"#] {
      let folder = try ChangedModels.linked([
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
    let long = try ChangedModels.changed(
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
    let silent = try ChangedModels.changed(folder)
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
}
