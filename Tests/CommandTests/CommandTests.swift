// CommandTests - the forms of the command contract, as another program would use them.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Support
import Testing
import Weights

@Suite("commands")
struct CommandTests {
  @Test("tokenize: ids, lines from standard input, too long and truncated")
  func tokenize() throws {
    let one = try Program.run(["tokenize", "a photo of a tvmonitor.", "--json"])
    #expect(one.output == "{\"ids\":[49406,320,1125,539,320,3197,10198,269,49407]}\n")
    let long = String(repeating: "dog ", count: 90)
    let lines = try Program.run(["tokenize", "--lines", "-", "--json"], input: "\n\(long)\ncat")
    #expect(lines.code == 0)
    let rows = lines.output.split(separator: "\n")
    #expect(rows.count == 3)
    #expect(rows[0] == "{\"ids\":[49406,49407]}")
    #expect(rows[1].hasPrefix("{\"error\":{\"code\":\"tokenizer.too-long\""))
    let cut = try Program.run(["tokenize", long, "--truncate", "--json"])
    let ids = try #require(try cut.json["ids"]?.array)
    #expect(ids.count == 77 && ids.last?.int == 49407)
  }

  @Test("metrics of a ranking worked by hand, counts and threshold")
  func metrics() throws {
    let folder = try TemporaryFolder()
    let paths = ["s", "y", "n"].map { "\(folder.path)/\($0).npy" }
    try NPY.write(
      [0.9, 0.2, 0.8, 0.6, 0.7, 0.4, 0.1, 0.3] as [Float], shape: [4, 2], to: paths[0])
    try NPY.write([1, 0, 0, 1, 1, 0, 0, 0] as [UInt8], shape: [4, 2], to: paths[1])
    try NPY.write([100, 19] as [Int], shape: [2], to: paths[2])
    let outcome = try Program.run([
      "metrics", "--scores", paths[0], "--labels", paths[1], "--counts", paths[2],
      "--threshold", "0.5", "--json",
    ])
    let json = try outcome.json
    let ap0 = 0.5 * 1 + 0.5 * 2.0 / 3
    #expect(abs((json["head"]?.double ?? 0) - ap0) < 1e-12)
    #expect(json["tail"]?.double == 1)
    #expect(json["medium"]?.isNull == true)
    #expect(abs((json["map"]?.double ?? 0) - (ap0 + 1) / 2) < 1e-12)
    #expect(abs((json["op"]?.double ?? 0) - 3.0 / 4) < 1e-12)
    #expect(json["or"]?.double == 1)
  }

  @Test("a score on the threshold is not predicted, in the scores' own precision")
  func scoreOnTheThreshold() throws {
    // 0.3 in single precision is above 0.3 in double precision.
    let folder = try TemporaryFolder()
    let (single, double) = ("\(folder.path)/f4.npy", "\(folder.path)/f8.npy")
    let labels = "\(folder.path)/y.npy"
    try NPY.write([0.3, 0.300_000_1] as [Float], shape: [2, 1], to: single)
    try NPY.write([0.3, 0.300_000_000_000_001] as [Double], shape: [2, 1], to: double)
    try NPY.write([1, 1] as [UInt8], shape: [2, 1], to: labels)
    let half = "\(folder.path)/f2.npy"
    let halves = NamedArray("", floats: [0.3, 0.301], shape: [2, 1], as: .f16)
    try WeightFile.write([halves], to: half)
    for scores in [half, single, double] {
      let outcome = try Program.run([
        "metrics", "--scores", scores, "--labels", labels, "--threshold", "0.3", "--json",
      ])
      #expect(try outcome.json["or"]?.double == 0.5)
    }
  }

  @Test("pixels: every stage has its shape and type")
  func pixels() throws {
    let folder = try TemporaryFolder()
    let image = try #require(
      try String(decoding: Data(try Fixtures.bytes("mini/mini_lt_test.txt")), as: UTF8.self)
        .split(separator: " ").first)
    for (stage, shape, dtype) in [
      ("decoded", [96, 96, 3], DType.u8), ("resized", [32, 32, 3], .u8),
      ("input", [3, 32, 32], .f32),
    ] {
      let output = "\(folder.path)/\(stage).npy"
      let outcome = try Program.run([
        "pixels", Fixtures.path("mini/\(image)"), "--stage", stage, "--size", "32",
        "--preprocess", "clip", "--output", output,
      ])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let array = try NPY.read(output)
      #expect(array.shape == shape && array.dtype == dtype)
    }
  }

  @Test("inspect lists the tensors of the embedded weights")
  func inspect() throws {
    let outcome = try Program.run(["inspect", Fixtures.path("mini/clip.safetensors"), "--json"])
    let tensors = try #require(try outcome.json["tensors"]?.array)
    let proj = try #require(tensors.first { $0["name"]?.string == "visual.proj" })
    #expect(proj["shape"] == [128, 128])
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

  @Test("results do not depend on the number of threads")
  func threads() throws {
    let data = try TinyData()
    let outputs = try ["1", "2"].map { count in
      try Program.run(
        ["zeroshot"] + data.source.dropLast() + [data.path("cache-\(count)")]
          + ["--json", "--threads", count]
      ).output
    }
    #expect(outputs[0] == outputs[1])
    #expect(outputs[0].contains("\"map\""))
  }
}
