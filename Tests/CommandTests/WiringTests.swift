// WiringTests - what an option is called, where it goes, and what it is when nobody gives it.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Support
import Testing
import Weights

import Reports

@Suite("from options to results")
struct WiringTests {
  private static let picture = Fixtures.path("mini/images/test/000001.jpg")
  private static let weights = Fixtures.path("mini/clip.safetensors")

  private func json(_ words: [String]) throws -> JSON {
    let outcome = try Program.run(words + ["--json"])
    #expect(outcome.code == 0, "\(words): \(outcome.errors)")
    return try outcome.json
  }

  private func scores(_ words: [String]) throws -> [(name: String, value: Double)] {
    try #require(try json(words)["images"]?[0]?["scores"]?.array).map {
      ($0["class"]?.string ?? "", $0["score"]?.double ?? .nan)
    }
  }

  @Test("a run remembers its recipe, activation, scores and words, and whose weights it was")
  func remembers() throws {
    let data = try TinyData()
    let run = data.path("run")
    let trained = try Program.run(
      data.train(
        "run",
        [
          "--epochs", "3", "--preprocess", "clip", "--activation", "gelu", "--scores", "logit",
          "--ctx-init", "a photo of a", "--optimizer", "adam", "--lr", "1e-2",
        ]))
    #expect(trained.code == 0, "\(trained.errors)")
    let configuration = try JSON.read("\(run)/config.json")
    #expect(configuration["n_ctx"]?.int == 4)
    let metrics = try JSON.read("\(run)/metrics.json")
    let evaluated = try json(["evaluate", "--run", run])
    #expect(evaluated["scores"]?.string == "logit")
    #expect(evaluated["map"] == metrics["map"] && evaluated["of1"] == metrics["of1"])
    #expect(try json(["evaluate", "--run", run, "--threshold", "1e30"])["or"]?.double == 0)
    #expect(try json(["evaluate", "--run", run, "--threshold", "-1e30"])["or"]?.double == 1)

    // The best epoch by the test images is the greatest of the log.
    let log = try String(contentsOfFile: "\(run)/events.jsonl", encoding: .utf8)
    let tests = try log.split(separator: "\n").compactMap {
      try JSON.parse(String($0))["test_map"]?.double
    }
    #expect(tests.count == 3 && Set(tests).count > 1)
    #expect(metrics["best_test_epoch_overstates"]?["map"]?.double == tests.max())

    let predict = ["predict", Self.picture, "--run", run, "--top", "20"]
    let all = try scores(predict)
    #expect(all.count == 20 && Set(all.map(\.name)).count == 20)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.value >= $1.value })
    #expect(try scores(predict.dropLast() + ["3"]).map(\.name) == all.prefix(3).map(\.name))
    #expect(try scores(predict + ["--preprocess", "clip"]).map(\.value) == all.map(\.value))
    #expect(try scores(predict + ["--preprocess", "lmpt"]).map(\.value) != all.map(\.value))

    // A point of the map has the group of its rarest label: more than 100 training images of the
    // class, 20 to 100, or fewer.
    var counts: [Substring: Int] = [:]
    for line in data.train {
      for label in line.split(separator: " ").dropFirst() { counts[label, default: 0] += 1 }
    }
    let groups = data.test.map { line in
      let rarest = line.split(separator: " ").dropFirst().map { counts[$0] ?? 0 }.min() ?? 0
      return rarest > 100 ? Report.Group.head : rarest >= 20 ? .medium : .tail
    }
    #expect(Set(groups).count > 1)
    let report = try Report.parse(JSON.read("\(run)/report.json"))
    #expect(report.map?.panels[0].images.map(\.group) == groups)

    let other = data.path("other.safetensors")
    let arrays = try Safetensors.read(Self.weights).tensors.map { tensor in
      tensor.name == "logit_scale"
        ? NamedArray("logit_scale", floats: [1], shape: tensor.shape) : NamedArray(tensor)
    }
    try Safetensors.write(arrays, to: other)
    let refused = try Program.run(["evaluate", "--run", run, "--weights", other])
    #expect(refused.code == 3 && refused.errors.contains("weights were"), "\(refused.errors)")

    let last = try #require(data.train.last)
    let label = last.split(separator: " ")[1] == "0" ? "1" : "0"
    let changed = "\(last.split(separator: " ")[0]) \(label)"
    try data.writeLists(train: data.train.dropLast() + [changed])
    let resumed = try Program.run(["train", "--resume", "--out", run, "--quiet"])
    #expect(resumed.code == 3 && resumed.errors.contains("lists_sha256"), "\(resumed.errors)")
  }

  @Test("the arms of an ablation say which parts of E6 they have")
  func ablation() throws {
    let data = try TinyData()
    let terms = ["margin", "weighted"]
    for term in terms {
      let trained = try Program.run(data.train(term, ["--epochs", "0", "--cseloss", term]))
      #expect(trained.code == 0, "\(trained.errors)")
    }
    let report = try Report.parse(json(["report"] + terms.map(data.path)))
    #expect(
      report.ablation?.arms.map(\.uses) == [
        [false, false, false, false], [true, true, true, false], [true, true, false, true],
      ])
  }

  @Test("a page's columns are those of the metrics, and its points have the rarest label's group")
  func page() throws {
    let folder = try TemporaryFolder()
    let run = "\(folder.path)/run"
    let trained = try Program.run([
      "train", "--dataset", "mini", "--out", run, "--epochs", "0", "--cseloss", "none", "--quiet",
      "--variant", "released",
    ])
    #expect(trained.code == 0, "\(trained.errors)")
    let configuration = try JSON.read("\(run)/config.json")
    #expect(configuration["captions"]?.string == "released")
    #expect(configuration["alignment"]?.string == "tokens-all")
    let metrics = try JSON.read("\(run)/metrics.json")
    let report = try Report.parse(JSON.read("\(run)/report.json"))
    let row = try #require(report.results.last)
    #expect(row.total?.mean == metrics["map"]?.double)
    #expect(row.head?.mean == metrics["head"]?.double)
    #expect(row.medium?.mean == metrics["medium"]?.double)
    #expect(row.tail?.mean == metrics["tail"]?.double)
    let counts = report.classes.map(\.count)
    let lists = String(decoding: try Fixtures.bytes("mini/mini_lt_test.txt"), as: UTF8.self)
      .split(separator: "\n").map { $0.split(separator: " ").dropFirst().compactMap { Int($0) } }
    let images = try #require(report.map?.panels[0].images)
    // Every third of 1,500 test images, up to 400.
    for (index, image) in images.enumerated() {
      let rarest = try #require(lists[3 * index].map { counts[$0] }.min())
      #expect(image.group == (rarest >= 100 ? .head : rarest >= 20 ? .medium : .tail))
    }
    #expect(images.count == 400)
  }

  @Test("zero-shot CLIP: one prompt, CLIP's own recipe for pictures, softmax, a threshold")
  func zeroShot() throws {
    let words = ["zeroshot", "--dataset", "mini"]
    let plain = try json(words)
    #expect(try json(words + ["--templates", "single"])["ap"] == plain["ap"])
    #expect(try json(words + ["--templates", "ensemble"])["ap"] != plain["ap"])
    #expect(try json(words + ["--threshold", "2"])["or"]?.double == 0)
    let predict = [
      "predict", Self.picture, "--classes", "cat, dog, bus", "--weights", Self.weights,
    ]
    let own = try scores(predict)
    #expect(abs(own.reduce(0) { $0 + $1.value } - 1) < 1e-6)  // three scores of a softmax
    #expect(try scores(predict + ["--preprocess", "clip"]).map(\.value) == own.map(\.value))
    #expect(try scores(predict + ["--preprocess", "lmpt"]).map(\.value) != own.map(\.value))
  }

  @Test("encode: the 17th picture is itself, the recipe is lmpt's, unit length when asked")
  func encode() throws {
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

  @Test("selftest ends with code 4 when something differs")
  func selftest() throws {
    let folder = try TemporaryFolder()
    for name in ["equations", "losses"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/\(name)", withDestinationPath: Fixtures.path(name))
    }
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/tokenizer", withIntermediateDirectories: true)
    let words = ["selftest", "--fixtures", folder.path, "--filter", "tokens"]
    _ = try folder.write("tokenizer/texts.jsonl", "{\"text\":\"cat\",\"ids\":[2368]}\n")
    #expect(try Program.run(words).code == 0)
    _ = try folder.write("tokenizer/texts.jsonl", "{\"text\":\"cat\",\"ids\":[2369]}\n")
    #expect(try Program.run(words).code == 4)
  }
}
