// SweepTests - grids, refusals, resuming and failures of `lmpt sweep`.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite("sweep")
struct SweepTests {
  private func list(_ text: String, _ more: [String] = []) throws -> Outcome {
    let folder = try TemporaryFolder()
    return try Program.run(["sweep", try folder.write("s.json", text), "--list"] + more)
  }

  @Test("arms, grid and seeds are crossed in the order of the file; zero-shot CLIP stands alone")
  func order() throws {
    let text = #"""
      {"name":"x","seeds":[3,5],"arms":[{"name":"zero","zeroshot":true},{"name":"a"},
       {"name":"b","options":{"csc":true}}],"grid":{"lam":[0.1,1],"ctx_init":["","a photo of a"]}}
      """#
    let outcome = try list(text)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 1 + 2 * 4 * 2)
    #expect(lines[0] == "zero")
    #expect(lines[1] == "a, lam 0.1, ctx-init none, seed 3")
    #expect(lines[2] == "a, lam 0.1, ctx-init none, seed 5")
    #expect(lines[3] == "a, lam 0.1, ctx-init a photo of a, seed 3")
    #expect(lines[16] == "b, lam 1, ctx-init a photo of a, seed 5")
    #expect(try list(text, ["--seeds", "7"]).output.split(separator: "\n").count == 9)
  }

  @Test(
    "--set ends a grid's variation; --list speaks JSON; a mistake of the line is not the file's")
  func changes() throws {
    let text = #"{"name":"x","grid":{"lam":[0.1,0.5],"margin":[0.1,0.2]}}"#
    let runs = try list(text, ["--set", "lambda=0.9", "--json"]).json["runs"]?.array
    #expect(runs?.map { $0["label"]?.string } == ["margin 0.1", "margin 0.2"])
    #expect(runs?.first?["command"]?.string?.contains("--lam=0.9") == true)
    #expect(runs?.first?["command"]?.string?.hasSuffix("--seed=0") == true)
    for words in [["--set", "lamda=1"], ["--seeds", "a"], ["--seeds", "1,1"]] {
      let outcome = try list(text, words)
      #expect(outcome.code == 2 && !outcome.errors.contains("s.json"), "\(outcome.errors)")
      #expect(outcome.output.isEmpty && outcome.errors.contains(words[0]), "\(outcome.errors)")
    }
    let values = (0..<10).map { "\($0)" }.joined(separator: ",")
    let keys = ["lr", "gamma", "alpha", "beta", "kappa", "focal", "consistency", "momentum"]
    let huge = keys.map { "\"\($0)\":[\(values)]" }.joined(separator: ",")
    let outcome = try list("{\"name\":\"x\",\"grid\":{\(huge)}}")
    #expect(outcome.errors.contains("100000000 runs"), "\(outcome.errors)")
  }

  @Test(
    "a mistake is refused before anything runs, with file, place and hint",
    arguments: [
      (#"{"nam":"x"}"#, "'nam'", "did you mean 'name'"),
      (#"{"name":"x","options":{"epoch":3}}"#, "'options.epoch'", "did you mean 'options.epochs'"),
      (
        #"{"name":"x","arms":[{"name":"a","options":{"lamm":3}}]}"#, "'arms[0].options.lamm'", "lam"
      ),
      (#"{"name":"x","arms":[{"name":"a","option":{}}]}"#, "'arms[0].option'", "arms"),
      (#"{"name":"x","grid":{"lam":[0.5,2]}}"#, "'grid.lam[1]'", "--lam is '2'"),
      (#"{"name":"x","grid":{"lam":0.5}}"#, "'grid.lam'", "a list"),
      (#"{"name":"x","grid":{"seed":[1]}}"#, "'grid.seed[0]'", "seeds"),
      (#"{"name":"x","options":{"csc":3}}"#, "'options.csc'", "true or false"),
      (#"{"name":"x","options":{"loss":"best"}}"#, "'options.loss'", "--loss-function is 'best'"),
      (#"{"name":"x","options":{"n-ctx":1,"m-ctx":2}}"#, "n-ctx", "greater"),
      (#"{"name":"x","seeds":[1,1]}"#, "'seeds'", "different"),
      (#"{"name":"x","seeds":[]}"#, "'seeds'", "different"),
      (#"{"name":"x","arms":[{"name":"a"},{"name":"a"}]}"#, "'arms[1].name'", "two arms"),
      (#"{"name":"x","datasets":{"voc-lt":{}}}"#, "'mini'", "voc-lt"),
      (#"{"name":"x""#, "offset", "JSON"), ("[]", "'the file'", "object"),
      (#"{"title":"x"}"#, "'name'", "missing"),
    ])
  func refusals(text: String, place: String, hint: String) throws {
    let outcome = try list(text)
    #expect(outcome.code == 3 || outcome.code == 2, "\(text)")
    #expect(outcome.errorLines.count == 1 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("s.json"), "\(outcome.errors)")
    #expect(outcome.errors.contains(place), "\(outcome.errors)")
    #expect(outcome.errors.contains(hint), "\(outcome.errors)")
  }

  @Test("one command of the repository per ablation: every stored sweep can be planned")
  func stored() throws {
    let folder = Fixtures.root.deletingLastPathComponent()
      .appendingPathComponent("Benchmarks/sweeps").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names.count >= 10)
    for name in names {
      for dataset in name == "backbones.json"
        ? ["voc-lt", "coco-lt"] : ["mini", "voc-lt", "coco-lt"]
      {
        let outcome = try Program.run([
          "sweep", "\(folder)/\(name)", "--list", "--dataset", dataset,
        ])
        #expect(outcome.code == 0, "\(name), \(dataset): \(outcome.errors)")
      }
    }
  }

  @Test("--dry-run counts what is left, measures each arm once and writes nothing")
  func dryRun() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "s.json",
      #"""
      {"name":"x","options":{"epochs":1,"n-ctx":4,"batch-size":512,"cseloss":"none"},"seeds":[0,1],
       "arms":[{"name":"zero","zeroshot":true},{"name":"short"},
        {"name":"long","options":{"epochs":3}}]}
      """#)
    let words = ["sweep", file, "--out", "\(folder.path)/out", "--seeds", "0", "--json"]
    let dry = try Program.run(words + ["--dry-run", "--set", "epochs=2"])
    #expect(dry.code == 0, "\(dry.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/out"))
    #expect(try dry.json["runs_left"]?.int == 3 && dry.json["runs"]?.int == 3)
    // 2 steps of 512 pictures; `--set` wins over both arms.
    #expect(try dry.json["arms"]?.array?.map { $0["steps"]?.int } == [0, 4, 4])

    #expect(try Program.run(words).code == 0)
    let more = try Program.run(words + ["--dry-run", "--seeds", "0,1"]).json
    #expect(more["runs"]?.int == 5 && more["runs_left"]?.int == 2)
    #expect(more["arms"]?.array?.map { $0["steps"]?.int } == [0, 2, 6])
    #expect((more["seconds_training"]?.double ?? 0) > 0 && more["views_to_encode"]?.int == 0)
  }

  @Test("a failed run is reported, the rest goes on, and nothing finished is run again")
  func resuming() throws {
    let folder = try TemporaryFolder()
    // The second arm diverges: its rate is beyond what single precision can hold.
    let file = try folder.write(
      "s.json",
      #"""
      {"name":"x","options":{"epochs":1,"n-ctx":4,"batch-size":512,"optimizer":"sgd"},"seeds":[0,1],
       "arms":[{"name":"zero","zeroshot":true},{"name":"bad","options":{"lr":1e3,"momentum":1,
        "weight-decay":1000,"epochs":40}},{"name":"good","options":{"cseloss":"none"}}]}
      """#)
    let words = ["sweep", file, "--out", "\(folder.path)/out", "--json"]
    let first = try Program.run(words)
    let runs = try #require(try first.json["runs"]?.array)
    #expect(runs.map { $0["label"]?.string } == ["zero", "bad", "bad", "good", "good"])
    #expect(runs.map { $0["status"]?.string } == ["ok", "failed", "failed", "ok", "ok"])
    #expect(first.code == 3)
    #expect(first.errorLines.count == 3, "\(first.errors)")
    #expect(runs[1]["error"]?.string?.contains("not finite") == true)
    #expect(runs[1]["total"]?.isNull == true && runs[3]["total"]?.double != nil)
    let summary = try #require(try first.json["summary"]?.array)
    #expect(summary.map { $0["failed"]?.int } == [0, 2, 0])
    // By hand: mean and sample deviation of two values.
    let (a, b) = (runs[3]["total"]?.double ?? 0, runs[4]["total"]?.double ?? 0)
    #expect(abs((summary[2]["total"]?["mean"]?.double ?? 0) - (a + b) / 2) < 1e-12)
    #expect(
      abs((summary[2]["total"]?["deviation"]?.double ?? 0) - abs(a - b) / 2.0.squareRoot()) < 1e-12)
    let rows = try String(contentsOfFile: "\(folder.path)/out/results.csv", encoding: .utf8)
      .split(separator: "\n")
    #expect(rows.count == 6 && rows[0].hasPrefix("arm,seed,status,total,head,medium,tail,epoch"))
    #expect(
      rows.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[2] }
        == ["ok", "failed", "failed", "ok", "ok"])

    // Another file with the same runs under other names finds them.
    let other = try folder.write(
      "t.json",
      #"""
      {"name":"y","options":{"epochs":1,"n-ctx":4,"batch-size":512,"optimizer":"sgd"},"seeds":[1,0],
       "arms":[{"name":"renamed","options":{"cseloss":"none"}}]}
      """#)
    func stamps() throws -> [Date?] {
      try runs.suffix(2).map { run in
        let folder = try #require(run["folder"]?.string)
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/metrics.json")
        return attributes[.modificationDate] as? Date
      }
    }
    let before = try stamps()
    let second = try Program.run(["sweep", other, "--out", "\(folder.path)/out", "--json"])
    #expect(second.code == 0, "\(second.errors)")
    #expect(try second.json["runs"]?[1]?["folder"] == runs[3]["folder"])
    #expect(try second.json["runs"]?[1]?["total"] == runs[3]["total"])
    #expect(try stamps() == before)
  }

  @Test("m may be as large as the context, as in the released code, and no larger")
  func largestSplit() throws {
    let folder = try TemporaryFolder()
    for (split, code) in [("4", 0), ("5", 2)] {
      let file = try folder.write(
        "s.json", #"{"name":"x","options":{"n-ctx":4,"m-ctx":"# + split + #"}}"#)
      let outcome = try Program.run(["sweep", file, "--list"])
      #expect((outcome.code == 0) == (code == 0), "m \(split): \(outcome.errors)")
    }
  }

  @Test("zero-shot CLIP by another score is another result of a sweep")
  func otherScores() throws {
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

  @Test("an activation that is assumed is told once, in the table too")
  func assumedActivation() throws {
    let data = try TinyData()
    let silent = try ChangedModels.changed(data.folder)
    let file = try data.folder.write(
      "s.json",
      #"""
      {"name":"x","arms":[{"name":"a","zeroshot":true},
       {"name":"b","zeroshot":true,"options":{"scores":"logit"}}]}
      """#)
    let words =
      ["sweep", file, "--out", data.path("out"), "--json"]
      + data.source.map { $0 == Fixtures.path("mini/clip.safetensors") ? silent : $0 }
    let assumed = try Program.run(words)
    #expect(assumed.code == 0 && assumed.errorLines.count == 1, "\(assumed.errors)")
    #expect(assumed.errors.contains("\(silent): nothing says its activation"))
    #expect(try assumed.json["activation_assumed"]?.bool == true)
    let table = try JSON.read("\(data.path("out"))/results.json")
    #expect(table["activation_assumed"]?.bool == true)
    let chosen = try Program.run(words + ["--activation", "quickgelu"])
    #expect(chosen.code == 0 && chosen.errors.isEmpty, "\(chosen.errors)")
    #expect(try chosen.json["activation_assumed"]?.bool == false)
  }
}
