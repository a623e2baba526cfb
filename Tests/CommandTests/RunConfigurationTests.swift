// RunConfigurationTests - what a run is compared by when it goes on, and figures that follow its scores.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTReports
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@Suite("what a run remembers")
struct RunConfigurationTests {
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

  @Test("other data, classes, weights, options or kernels are refused, each named")
  func differences() throws {
    let data = try TinyData()
    let options = ["--epochs", "1"]
    #expect(try Program.run(data.train("run", options)).code == 0)
    let before = try Data(
      contentsOf: URL(fileURLWithPath: data.path("run") + "/checkpoint.safetensors"))

    func refused(
      _ expected: [String], _ words: [String], environment: [String: String] = [:]
    ) throws {
      let outcome = try Program.run(
        data.train("run", options + ["--resume", "--json"] + words), environment: environment)
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(try outcome.json["error"]?["code"]?.string == "run.differs")
      for text in expected { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
    }
    // Every difference is in the list, not only the first.
    try refused(
      ["lr was 0.0005, is 0.1", "seed was 0, is 4", "batch_size was 64, is 32"],
      ["--lr", "0.1", "--seed", "4", "--batch-size", "32"])
    try refused(["schedule was \"plateau\", is \"cosine\""], ["--schedule", "cosine"])
    try refused(["epochs was 1, is 2"], ["--epochs", "2"])
    try refused(["preprocess was \"lmpt\", is \"clip\""], ["--preprocess", "clip"])
    #if arch(x86_64)
      try refused(["kernel was"], [], environment: ["LMPT_KERNEL": "baseline-fast"])
    #endif

    // Another order of the same images, another caption, another test image.
    try data.writeLists(train: data.train.reversed(), captions: data.captions.reversed())
    try refused(["lists_sha256"], [])
    try data.writeLists(captions: [data.captions[0] + " again"] + data.captions.dropFirst())
    try refused(["lists_sha256"], [])
    try data.writeLists(test: data.test.dropLast())
    try refused(["lists_sha256", "test_images was 24, is 23"], [])
    try data.writeLists()

    let labels = data.path("labels.txt")
    let names = try String(contentsOfFile: labels, encoding: .utf8)
    _ = try data.folder.write("labels.txt", names.replacingOccurrences(of: "cow", with: "yak"))
    try refused(["classes was", "yak"], [])
    _ = try data.folder.write("labels.txt", names)

    let changed = try changedWeights(in: data.folder)
    try refused(["weights were"], ["--weights", changed])

    // A run that was begun by another version of the arithmetic, or before versions were kept.
    let configuration = data.path("run/config.json")
    let kept = try String(contentsOfFile: configuration, encoding: .utf8)
    for (other, told) in [("\"arithmetic\": 1", "was 1"), ("\"other\": 0", "was absent")] {
      let text = kept.replacingOccurrences(of: "\"arithmetic\": 2", with: other)
      try #require(text != kept)
      try text.write(toFile: configuration, atomically: true, encoding: .utf8)
      try refused(["arithmetic \(told), is 2"], [])
    }
    try kept.write(toFile: configuration, atomically: true, encoding: .utf8)

    // Nothing was touched, and with everything as it was the run goes on.
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: data.path("run") + "/checkpoint.safetensors"))
        == before)
    // Kernels of the same bits are no difference; the baseline takes ten seconds.
    for set in KernelSet.equal where set.name != "baseline" || Long.isWanted {
      let outcome = try Program.run(
        data.train("run", options + ["--resume"]), environment: ["LMPT_KERNEL": set.name])
      #expect(outcome.code == 0, "\(set.name): \(outcome.errors)")
    }
  }

  @Test("an activation that a run assumed is no choice: weights that say another are refused")
  func assumedActivation() throws {
    let (data, other) = (try TinyData(), try TemporaryFolder())
    let silent = try ChangedModels.changed(data.folder)
    let trained = try Program.run(data.train("run", ["--epochs", "1", "--weights", silent]))
    #expect(trained.code == 0 && trained.errors.contains("QuickGELU assumed"), "\(trained.errors)")
    let commands = [["evaluate"], ["predict", Self.picture]].map {
      $0 + ["--run", data.path("run"), "--json"]
    }
    for words in commands {
      #expect(try Program.run(words).json["activation_assumed"]?.bool == true)
    }
    let gelu = try ChangedModels.changed(other, ["activation": "gelu"])
    for words in commands {
      let refused = try Program.run(words + ["--weights", gelu])
      #expect(refused.code == 3 && refused.errorLines.count == 1, "\(refused.errors)")
      #expect(
        refused.errors.contains("activation was quickgelu, assumed, is gelu by the metadata"),
        "\(refused.errors)")
    }
    let stated = try ChangedModels.changed(other, ["activation": "quickgelu"])
    for words in commands {
      let outcome = try Program.run(words + ["--weights", stated])
      #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      #expect(try outcome.json["activation_assumed"]?.bool == false)
    }
    // The run's own weights, beside which a configuration has appeared.
    let exact = #"{"model_cfg": {"vision_cfg": {}, "text_cfg": {}}}"#
    _ = try data.folder.write("open_clip_config.json", exact)
    for words in commands {
      let refused = try Program.run(words)
      #expect(refused.code == 3 && refused.errors.contains("is gelu by "), "\(refused.errors)")
    }
  }
}
