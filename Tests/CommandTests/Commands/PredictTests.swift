// PredictTests - `lmpt predict`.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite struct PredictTests {
  @Test("bars, JSON and a page with the picture; colours only where they are wanted")
  func predict() throws {
    let folder = try TemporaryFolder()
    let words = [
      "predict", Fixtures.path("mini/images/test/000001.jpg"), "--weights",
      Fixtures.path("mini/clip.safetensors"), "--classes", "cat, dog, red bus", "--top", "2",
    ]
    let page = "\(folder.path)/page.html"
    let plain = try Program.run(words + ["--html", page], environment: ["LC_ALL": "C"])
    #expect(plain.code == 0, "\(plain.errors)")
    #expect(!plain.output.contains("\u{1B}") && plain.output.contains("#"))
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("data:image/jpeg;base64,") && html.contains(">Predictions<"))
    let json = try Program.run(words + ["--json"]).json
    let scores = try #require(json["images"]?[0]?["scores"]?.array)
    #expect(scores.count == 2)
    for score in scores {
      let name = try #require(score["class"]?.string)
      #expect(["cat", "dog", "red bus"].contains(name) && plain.output.contains(name))
    }
    let colored = try onTerminal(words, ["TERM": "xterm", "LC_ALL": "C.UTF-8"])
    #expect(colored.contains("\u{1B}[36m") && colored.contains("\u{2588}"), "\(colored)")
    let refused = try onTerminal(words, ["TERM": "xterm", "NO_COLOR": "1"])
    #expect(!refused.contains("\u{1B}[3"), "\(refused)")
  }

  @Test("zero-shot: CLIP's own recipe, scores of a softmax, the greatest first")
  func zeroShot() throws {
    // Neither square nor of the model's size: squashing and cropping differ.
    let words = [
      "predict", Fixtures.path("images/jpeg/china-q95-420-baseline.jpg"), "--weights",
      Fixtures.path("mini/clip.safetensors"), "--classes", "cat, dog, red bus", "--json",
    ]
    func scores(_ more: [String] = []) throws -> [Double] {
      let outcome = try Program.run(words + more)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try #require(try outcome.json["images"]?[0]?["scores"]?.array)
        .compactMap { $0["score"]?.double }
    }
    let own = try scores()
    let total = own.reduce(0, +)
    #expect(own.count == 3 && abs(total - 1) < 1e-6)  // three scores in single precision
    let falling = own.sorted { $0 > $1 }
    #expect(own == falling && Set(own).count == 3)
    #expect(try scores(["--top", "2"]) == Array(own.prefix(2)))
    #expect(try scores(["--preprocess", "clip"]) == own)
    #expect(try scores(["--preprocess", "lmpt"]) != own)
  }

  @Test("a model with another vocabulary is refused before it is used")
  func vocabulary() throws {
    let outcome = try Program.run([
      "predict", Fixtures.path("mini/images/test/000001.jpg"), "--classes", "zebra, cat",
      "--weights", Fixtures.path("clip/small/openai.safetensors"),
    ])
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
  }

  @Test("a class that is named twice is a mistake of the command line")
  func repeated() throws {
    let outcome = try Program.run([
      "predict", Fixtures.path("mini/images/test/000001.jpg"), "--classes", "red bus, red  bus",
      "--weights", Fixtures.path("mini/clip.safetensors"),
    ])
    #expect(outcome.code == 2 && outcome.errors.contains("expected every name once"))
    #expect(outcome.errors.contains("'lmpt predict --help'"), "\(outcome.errors)")
  }
}
