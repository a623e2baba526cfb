// StandardTests - what commands do where an option is left out, given twice, or at its edge.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Support
import Testing
import Weights

@Suite("standards and edges of options")
struct StandardTests {
  @Test("of an option given twice the last counts; a share beyond its range is refused")
  func twice() throws {
    let folder = try TemporaryFolder()
    let output = "\(folder.path)/x.npy"
    let picture = Fixtures.path("mini/images/test/000001.jpg")
    let outcome = try Program.run([
      "pixels", picture, "--size", "8", "--size", "16", "--output", output,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try NPY.read(output).shape == [3, 16, 16])
    let table = try folder.write("a.csv", "path,labels\na.jpg,cat\n")
    for share in ["1.5", "0.001"] {
      let create = try Program.run([
        "data", "create", "--from", table, "--name", "x", "--data", folder.path, "--test-share",
        share,
      ])
      #expect(create.code == 2 && create.errors.contains("--test-share is '\(share)'"))
    }
  }

  @Test("m may be as large as the context, as in the released code, and no larger")
  func split() throws {
    let folder = try TemporaryFolder()
    for (split, code) in [("4", 0), ("5", 2)] {
      let file = try folder.write(
        "s.json", #"{"name":"x","options":{"n-ctx":4,"m-ctx":"# + split + #"}}"#)
      let outcome = try Program.run(["sweep", file, "--list"])
      #expect((outcome.code == 0) == (code == 0), "m \(split): \(outcome.errors)")
    }
  }

  @Test("metrics: a label is predicted above 0.3, and is 0 or 1")
  func metrics() throws {
    let folder = try TemporaryFolder()
    let (scores, labels) = ("\(folder.path)/s.npy", "\(folder.path)/y.npy")
    try NPY.write([0.25, 0.35, 0.45, 0.55] as [Float], shape: [4, 1], to: scores)
    try NPY.write([1, 1, 1, 1] as [UInt8], shape: [4, 1], to: labels)
    let words = ["metrics", "--scores", scores, "--labels", labels, "--json"]
    #expect(try Program.run(words).json["or"]?.double == 0.75)
    try NPY.write([1, 0, 2, 1] as [UInt8], shape: [4, 1], to: labels)
    let bad = try Program.run(words)
    #expect(bad.code == 3 && bad.errors.contains("2.0 (row 2, column 0"), "\(bad.errors)")
  }

  @Test("create: every labelled image with --keep-all, other test images with another seed")
  func create() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<40).map { "\($0).jpg,\($0 % 4 == 0 ? "" : $0 % 2 == 0 ? "dog" : "cat")\n" }
    let table = try folder.write("pets.csv", "path,labels\n" + rows.joined())
    func lists(_ name: String, _ more: [String]) throws -> (train: [String], test: [String]) {
      let outcome = try Program.run(
        [
          "data", "create", "--from", table, "--test-share", "0.25", "--name", name, "--data",
          folder.path,
        ] + more)
      #expect(outcome.code == 0, "\(outcome.errors)")
      func lines(_ part: String) throws -> [String] {
        try String(contentsOfFile: "\(folder.path)/\(name)_lt_\(part).txt", encoding: .utf8)
          .split(separator: "\n").map(String.init)
      }
      return (try lines("train"), try lines("test"))
    }
    let (train, test) = try lists("a", ["--keep-all"])
    #expect(test.count == 10)
    let unlabelled = test.count { !$0.contains(" ") }
    #expect(train.count == 30 - (10 - unlabelled) && train.allSatisfy { $0.contains(" ") })
    #expect(try lists("b", ["--keep-all"]).test == test)
    #expect(try lists("c", ["--keep-all", "--seed", "1"]).test != test)
  }

  @Test("stats counts the test list's own labels")
  func stats() throws {
    let outcome = try Program.run(["data", "stats", "--dataset", "mini", "--json"])
    for (key, file) in [("counts", "mini_lt_train"), ("test_counts", "mini_lt_test")] {
      var counts = [Int](repeating: 0, count: 20)
      let list = String(decoding: try Fixtures.bytes("mini/\(file).txt"), as: UTF8.self)
      for line in list.split(separator: "\n") {
        for label in line.split(separator: " ").dropFirst() { counts[Int(label) ?? 0] += 1 }
      }
      #expect(try outcome.json[key]?.array?.compactMap(\.int) == counts, "\(key)")
    }
  }

  @Test("a converted file says what the configuration beside it said")
  func convert() throws {
    let folder = try TemporaryFolder()
    let output = "\(folder.path)/out.safetensors"
    let outcome = try Program.run([
      "convert", Fixtures.path("clip/small/huggingface/model.safetensors"), output,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try Safetensors.read(output).metadata["activation"] == "quickgelu")
  }

  @Test("an exported prompt ends in its full stop and the end token")
  func export() throws {
    let data = try TinyData()
    #expect(
      try Program.run(data.train("run", ["--epochs", "0", "--n-ctx", "2", "--cseloss", "none"]))
        .code == 0)
    let output = data.path("coop.safetensors")
    let outcome = try Program.run([
      "export", "--run", data.path("run"), "--layout", "coop", "--output", output,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let suffix = try #require(try Safetensors.read(output)["token_suffix"])
    let table = try #require(
      try Safetensors.read(Fixtures.path("mini/clip.safetensors"))["token_embedding.weight"])
    let (width, rows, embeddings) = (suffix.shape[2], suffix.floats(), table.floats())
    func embedding(_ id: Int) -> [Float] { Array(embeddings[id * width..<(id + 1) * width]) }
    for index in 0..<suffix.shape[0] {
      let row = rows[index * suffix.shape[1] * width..<(index + 1) * suffix.shape[1] * width]
      let positions = stride(from: row.startIndex, to: row.endIndex, by: width).map {
        Array(row[$0..<$0 + width])
      }
      // CLIP's ids of a full stop and of the end.
      let end = try #require(positions.firstIndex(of: embedding(49407)))
      #expect(end > 1 && positions[end - 1] == embedding(269), "class \(index)")
    }
  }

  @Test("zero-shot CLIP by another score is another result of a sweep")
  func sweep() throws {
    let data = try TinyData()
    let file = try data.folder.write(
      "s.json",
      #"""
      {"name":"x","arms":[{"name":"a","zeroshot":true},
       {"name":"b","zeroshot":true,"options":{"scores":"logit"}}]}
      """#)
    let outcome = try Program.run(
      ["sweep", file, "--out", data.path("out"), "--json"] + data.source)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let runs = try #require(try outcome.json["runs"]?.array)
    let folders = runs.compactMap { $0["folder"]?.string }
    #expect(folders.count == 2 && Set(folders).count == 2)
    let kinds = try folders.map { try JSON.read("\($0)/metrics.json")["scores"]?.string }
    #expect(kinds == ["softmax", "logit"])
  }
}
