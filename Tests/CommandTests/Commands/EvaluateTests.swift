// EvaluateTests - `lmpt evaluate` of a run folder.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing
import LMPTWeights

@Suite struct EvaluateTests {
  @Test("thresholds in single precision and top k, counted by hand from the run's scores")
  func figures() throws {
    let data = try TinyData()
    #expect(try Program.run(data.train("run", ["--epochs", "1"])).code == 0)
    let file = try Safetensors.read("\(data.path("run"))/test_scores.safetensors")
    let (scores, labels) = (
      try #require(file["scores"]).floats(), try #require(file["labels"]).floats()
    )
    let classes = 20
    // A score that occurs, so that one image lies on the threshold and is not predicted.
    let threshold = scores.sorted()[scores.count * 9 / 10]
    let outcome = try Program.run([
      "evaluate", "--run", data.path("run"), "--threshold", "\(threshold)", "--top-k", "2",
      "--bootstrap", "20", "--json",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let json = try outcome.json
    func expectPooled(_ predicted: [Bool], _ found: JSON?, _ name: String) {
      let hits = scores.indices.filter { predicted[$0] && labels[$0] == 1 }.count
      let precision = Double(hits) / Double(predicted.filter(\.self).count)
      let recall = Double(hits) / Double(labels.filter { $0 == 1 }.count)
      #expect(found?["op"]?.double == precision, "\(name)")
      #expect(found?["or"]?.double == recall, "\(name)")
      // A harmonic mean in Double.
      let harmonic = 2 * precision * recall / (precision + recall)
      #expect(abs((found?["of1"]?.double ?? 0) - harmonic) < 1e-12, "\(name)")
    }
    #expect(scores.filter { $0 > threshold }.count == scores.count - scores.count * 9 / 10 - 1)
    expectPooled(scores.map { $0 > threshold }, json, "threshold")
    var top = [Bool](repeating: false, count: scores.count)
    for row in stride(from: 0, to: scores.count, by: classes) {
      let order = (row..<row + classes).sorted { scores[$0] > scores[$1] }
      for index in order.prefix(2) { top[index] = true }
    }
    expectPooled(top, json["top_k"], "top 2")
    #expect(json["top_k"]?["k"]?.int == 2 && json["intervals"]?["resamples"]?.int == 20)
    // The threshold is 0.3 where none is given, in every command.
    let usual = try Program.run(["evaluate", "--run", data.path("run"), "--json"]).json
    let stated = try Program.run([
      "evaluate", "--run", data.path("run"), "--json", "--threshold", "0.3",
    ]).json
    #expect(usual == stated && usual["op"] != json["op"])
    let zero = try Program.run(["zeroshot"] + data.source + ["--json"]).json
    let zeroStated = try Program.run(
      ["zeroshot"] + data.source + ["--json", "--threshold", "0.3"]
    ).json
    #expect(zero == zeroStated)
    // Another kind of score ranks otherwise, and says so.
    let logit = try Program.run([
      "evaluate", "--run", data.path("run"), "--json", "--scores", "logit",
    ]).json
    #expect(logit["scores"] == "logit" && logit["map"] != usual["map"])
  }

  @Test("a run is resumed and evaluated by its folder alone")
  func folderAlone() throws {
    let data = try TinyData()
    let run = data.path("run")
    // A picture that is none, in a list that is allowed to skip it.
    _ = try data.folder.write("broken.jpg", "not a picture")
    try data.writeLists(test: data.test + ["broken.jpg 0"])
    let trained = try Program.run(data.train("run", ["--epochs", "2", "--on-bad-image", "skip"]))
    #expect(trained.code == 0, "\(trained.errors)")
    let resumed = try Program.run(["train", "--resume", "--out", run, "--quiet"])
    #expect(resumed.code == 0, "\(resumed.errors)")
    let commands = try JSON.read("\(run)/report.json")["commands"]?.array
    #expect(commands?.first?.string?.contains("--on-bad-image skip") == true)
    let evaluated = try Program.run(["evaluate", "--run", run, "--json"])
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    #expect(try evaluated.json["map"] == JSON.read("\(run)/metrics.json")["map"])
  }

  @Test("other classes than the run's are refused by name of the run")
  func otherClasses() throws {
    let data = try TinyData()
    #expect(try Program.run(data.train("run", ["--epochs", "1"])).code == 0)
    let labels = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: data.path("labels.txt"))), as: UTF8.self)
    _ = try data.folder.write("labels.txt", "ox" + labels.dropFirst(2))
    let outcome = try Program.run(["evaluate", "--run", data.path("run"), "--quiet"])
    #expect(outcome.code == 3 && outcome.errors.contains("classes was"), "\(outcome.errors)")
  }
}
