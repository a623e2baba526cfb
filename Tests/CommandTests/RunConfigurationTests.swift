// RunConfigurationTests - what a run is compared by when it goes on, and figures that follow its scores.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Support
import Tensors
import Testing
import Weights

@Suite("what a run remembers")
struct RunConfigurationTests {
  /// Every option of a run with another value than `--method lmpt` has, as the command line says it
  /// and as the refusal does.
  private static let changes: [(words: [String], refusal: String)] = [
    (["--method", "coop"], #"method was "lmpt", is "coop""#),
    (["--ctx-init", "a photo of a"], #"ctx_init was "", is "a photo of a""#),
    ([], "n_ctx was 16, is 4"),  // the number of these words
    (["--m-ctx", "3"], "m_ctx was 2, is 3"),
    (["--class-token-position", "front"], #"class_token_position was "end", is "front""#),
    (["--shared"], #"context was "class-specific", is "shared""#),
    (["--loss-function", "bce"], #"loss_function was "dbl", is "bce""#),
    (["--variant", "upstream"], #"variant was "paper", is "upstream""#),
    (["--cseloss", "hinge"], #"cseloss was "softmargin", is "hinge""#),
    (["--alignment", "tokens"], #"alignment was "sentence", is "tokens""#),
    (["--captions", "released"], #"captions was "tokens", is "released""#),
    (["--weights-sum", "mean"], #"weights_sum was "sum", is "mean""#),
    (["--weight-gamma", "1.5"], "weight_gamma was 2.0, is 1.5"),
    (["--margin", "0.25"], "margin was 0.2, is 0.25"), (["--lam", "0.25"], "lam was 0.5, is 0.25"),
    (["--alpha", "0.5"], "alpha was 0.1, is 0.5"), (["--beta", "9"], "beta was 10.0, is 9.0"),
    (["--gamma", "0.25"], "gamma was 0.3, is 0.25"),
    (["--neg-scale", "4"], "neg_scale was 5.0, is 4.0"),
    (["--kappa", "0.5"], "kappa was 0.05, is 0.5"),
    (["--focal", "1"], "focal was 2.0, is 1.0"),
    (["--gamma-neg", "3"], "gamma_neg was 4.0, is 3.0"),
    (["--gamma-pos", "1"], "gamma_pos was 0.0, is 1.0"),
    (["--sampling", "class-aware"], #"sampling was "uniform", is "class-aware""#),
    (["--consistency", "0.5"], "consistency was 0.1, is 0.5"),
    (["--optimizer", "adam"], #"optimizer was "sgd", is "adam""#),
    (["--lr", "0.5"], "lr was 0.0005, is 0.5"),
    (["--momentum", "0.5"], "momentum was 0.9, is 0.5"),
    (["--weight-decay", "0.5"], "weight_decay was 0.0001, is 0.5"),
    (["--schedule", "cosine"], #"schedule was "plateau", is "cosine""#),
    (["--batch-size", "32"], "batch_size was 64, is 32"),
    (["--epochs", "2"], "epochs was 1, is 2"),
    (["--seed", "4"], "seed was 0, is 4"),
    (["--select", "last"], #"select was "validation", is "last""#),
    (["--validation", "0.25"], "validation was 0.2, is 0.25"),
    (["--scores", "logit"], #"scores was "softmax", is "logit""#),
    (["--preprocess", "clip"], #"preprocess was "lmpt", is "clip""#),
    (["--activation", "gelu"], #"activation was "quickgelu", is "gelu""#),
  ]

  @Test("each option that decides numbers is named when a resumed run has another")
  func everyOption() throws {
    let data = try TinyData()
    #expect(try Program.run(data.train("run", ["--epochs", "1"])).code == 0)
    let words = Self.changes.flatMap(\.words)
    let outcome = try Program.run(
      ["train", "--resume", "--out", data.path("run"), "--quiet", "--json"] + words)
    // Another activation changes the weights' fingerprint, which is looked at first.
    #expect(outcome.code == 3 && outcome.errors.contains("weights were"), "\(outcome.errors)")
    let last = try Program.run(
      ["train", "--resume", "--out", data.path("run"), "--quiet"] + words.dropLast(2))
    #expect(last.code == 3 && last.errorLines.count == 1, "\(last.errors)")
    for change in Self.changes.dropLast() {
      #expect(last.errors.contains(change.refusal), "\(change.refusal) in \(last.errors)")
    }
    // Each difference once and nothing that was not changed, after "the run was started".
    #expect(last.errors.components(separatedBy: " was ").count - 2 == Self.changes.count - 1)
  }

  @Test("threads, cache, and what to do with bad pictures decide no number and may change")
  func indifferent() throws {
    let data = try TinyData()
    #expect(try Program.run(data.train("run", ["--epochs", "1"])).code == 0)
    let expected = try numbers(of: data.path("run"))
    let outcome = try Program.run([
      "train", "--resume", "--out", data.path("run"), "--quiet", "--threads", "1", "--cache",
      data.path("other"), "--on-bad-image", "skip", "--epochs", "1", "--lr", "5e-4",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try numbers(of: data.path("run")) == expected)
  }

  @Test(
    "each kernel has a cache of its own, and says so in its blocks",
    .enabled(if: KernelSet.available.count > 1, "this processor runs one kernel set"))
  func kernels() throws {
    let data = try TinyData()
    var folders: Set<String> = []
    for kernel in KernelSet.available.map(\.name) {
      let outcome = try Program.run(
        ["features"] + data.source + ["--json"], environment: ["LMPT_KERNEL": kernel])
      let folder = try #require(try outcome.json["train"]?["folder"]?.string)
      #expect(folders.insert(folder).inserted, "\(kernel)")
      let block = try Safetensors.read("\(folder)/block-0.safetensors")
      #expect(block.metadata["kernel"] == kernel)
    }
  }

  @Test("evaluate: thresholds in single precision and top k, counted by hand from the run's scores")
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
}
