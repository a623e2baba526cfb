// TuneTests - `lmpt tune`: test pictures are opened last, runs are not repeated, tables say what was done.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import LMPTWeights
import Testing

@Suite("tune")
struct TuneTests {
  /// Tunes two methods on tiny data, for one epoch; rate and weight decay are varied.
  private func words(
    _ data: TinyData, out: String = "tuned", more: [String] = []
  ) -> [String] {
    ["tune"] + data.source + [
      "--out", data.path(out), "--methods", "linear-probe,coop", "--trials", "2", "--splits",
      "2", "--seeds", "2", "--set", "epochs=1", "--set", "n-ctx=2", "--quiet",
    ] + more
  }

  @Test("no test picture is opened before the last stage; then all that is missing is told")
  func testPicturesLast() throws {
    let data = try TinyData()
    for line in data.test { try FileManager.default.removeItem(atPath: data.picture(line)) }
    let outcome = try Program.run(words(data))
    #expect(outcome.code == 3, "\(outcome.errors)")
    // Both methods have every trial on both splits.
    let trials = try String(contentsOfFile: data.path("tuned/trials.csv"), encoding: .utf8)
    let rows = trials.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    #expect(rows.count == 4)
    #expect(rows.allSatisfy { Double($0[2]) != nil && $0.count >= 8 }, "\(trials)")
    // Each of the four runs of the last stage fails for want of a test picture, and says which.
    let told = outcome.errors.split(separator: "\n").filter { line in
      data.test.contains { line.contains(data.picture($0)) }
    }
    #expect(told.count >= 4, "\(outcome.errors)")
  }

  @Test("the table is the runs' own numbers; a second call runs nothing again and says the same")
  func resumed() throws {
    let data = try TinyData()
    let first = try Program.run(words(data, more: ["--json"]))
    #expect(first.code == 0, "\(first.errors)")
    let marks = try FileManager.default.contentsOfDirectory(atPath: data.path("tuned"))
      .filter { $0.contains("-seed-") }
    #expect(marks.count == 2 * 2 * 2 + 2 * 2)
    let again = try Program.run(words(data, more: ["--json"]))
    #expect(again.output == first.output)

    let methods = try #require(first.json["methods"]?.array)
    #expect(methods.count == 2)
    for method in methods {
      let runs = try #require(method["runs"]?.array)
      let maps = try runs.map { run -> Double in
        let folder = try #require(run["folder"]?.string)
        let metrics = try JSON.read("\(folder)/metrics.json")
        #expect(metrics["map"] == run["map"])
        #expect(try metrics["kernel"]?.string == first.json["kernel"]?.string)
        #expect(metrics["test_images"]?.int == data.test.count)
        #expect(metrics["train_images"]?.int == data.train.count, "nothing is held out")
        return try #require(run["map"]?.double)
      }
      let name = try #require(method["name"]?.string)
      for run in runs { try diagnosticsAreTheFolders(run, of: name) }
      let mean = try #require(method["test"]?["total"]?["mean"]?.double)
      #expect(abs(mean - (maps[0] + maps[1]) / 2) < 1e-12)
      // The chosen trial has the highest mean over its splits.
      let trials = try #require(method["trials"]?.array)
      let scores = trials.map { trial in
        (trial["scores"]?.array ?? []).compactMap(\.double).reduce(0, +) / 2
      }
      let chosen = try #require(method["chosen"]?.int)
      #expect(scores[chosen] == scores.max())
      #expect(trials[0]["settings"] == JSON.object([]))
    }
    let means = methods.compactMap { $0["test"]?["total"]?["mean"]?.double }
    #expect(means == means.sorted(by: >))
    let difference = try #require(first.json["differences"]?.array?.first)
    #expect(abs(try #require(difference["mean"]?.double) - (means[0] - means[1])) < 1e-12)
    #expect(try #require(difference["low"]?.double) <= means[0] - means[1])
  }

  /// The diagnostics of a run in the table, against metrics.json and the log of its folder.
  private func diagnosticsAreTheFolders(_ run: JSON, of method: String) throws {
    let folder = try #require(run["folder"]?.string)
    let found = try #require(run["diagnostics"])
    let metrics = try #require(try JSON.read("\(folder)/metrics.json")["diagnostics"])
    // Classes of three pictures and of thirty make a line.
    #expect(found["slope"]?.double != nil)
    #expect(found["slope"] == metrics["count_trend"]?["slope"] ?? .null)
    #expect(found["explained"] == metrics["count_trend"]?["explained"] ?? .null)
    // CoOp keeps class features, and most classes here are tail classes; the probe keeps none.
    if method == "coop" {
      #expect(found["moved"]?["tail"]?.double != nil)
    } else {
      #expect(found["moved"] == .null)
    }
    for group in ["head", "medium", "tail"] {
      let moved = metrics["prompt_shift"]?[group] ?? .null
      #expect((found["moved"]?[group] ?? .null) == moved)
    }
    let drops = (metrics["partners"]?.array ?? []).compactMap { effect -> Double? in
      guard let all = effect["ap"]?.double, let alone = effect["ap_without"]?.double else {
        return nil
      }
      return all - alone
    }
    if drops.isEmpty {
      #expect(found["partner_drop"] == .null)
    } else {
      let mean = drops.reduce(0, +) / Double(drops.count)
      #expect(abs(try #require(found["partner_drop"]?.double) - mean) < 1e-12)
    }
    // log.txt says the same to a reader.
    let log = try String(contentsOfFile: "\(folder)/log.txt", encoding: .utf8)
    #expect(log.contains("slope"))
    #expect(log.contains("moved from zero-shot") == (method == "coop"))
  }

  /// A table without what differs between two folders: their names, and how long runs took.
  private func withoutPlace(_ json: JSON) -> JSON {
    switch json {
    case .array(let list): .array(list.map(withoutPlace))
    case .object(let object):
      .object(
        object.members.filter { !["folder", "seconds", "note"].contains($0.key) }
          .map { ($0.key, withoutPlace($0.value)) })
    default: json
    }
  }

  @Test("one that is killed at work, and then two processes, make the table of one; no run twice")
  func shared() throws {
    let data = try TinyData()
    let alone = try Program.run(words(data, out: "alone", more: ["--json"]))
    #expect(alone.code == 0, "\(alone.errors)")

    let (out, together) = (data.path("shared"), words(data, out: "shared", more: ["--json"]))
    func runs() -> [String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []
      return names.filter { $0.contains("-seed-") }.map { "\(out)/\($0)" }
    }
    let victim = try RunningProgram(together)
    // Killed in its second run, or between two.
    while victim.isRunning, runs().count < 2 { usleep(500) }
    victim.send(SIGKILL)
    #expect(victim.wait().code == -SIGKILL, "it was to be killed, not to finish")
    #expect(!FileManager.default.fileExists(atPath: "\(out)/tuned.json"))

    for program in try [RunningProgram(together), RunningProgram(together)] {
      let outcome = program.wait()
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try withoutPlace(outcome.json) == withoutPlace(alone.json))
    }
    // Two trials of two methods on two splits, and two runs of the best of each.
    #expect(runs().count == 12)
    for run in runs() {
      let log = try String(contentsOfFile: "\(run)/log.txt", encoding: .utf8)
      #expect(log.components(separatedBy: "finished; ").count == 2, "\(log)")
    }
  }

  @Test(
    "held-out pictures are training pictures, and what was held out of a trial is in its folder")
  func heldOut() throws {
    let data = try TinyData()
    _ = try Program.run(words(data))
    let folder = try #require(
      try FileManager.default.contentsOfDirectory(atPath: data.path("tuned"))
        .first { $0.hasPrefix("coop-trial-1-seed-1") })
    let metrics = try JSON.read(data.path("tuned/\(folder)/metrics.json"))
    let (train, held) = (metrics["train_images"]?.int ?? 0, metrics["test_images"]?.int ?? 0)
    #expect(train + held == data.train.count && held > 0)
  }

  @Test("trials, splits, seeds and the share held out are those of the command line")
  func budget() throws {
    let data = try TinyData()
    let outcome = try Program.run(
      ["tune"] + data.source + [
        "--out", data.path("tuned"), "--methods", "linear-probe", "--trials", "2", "--splits", "1",
        "--seeds", "3", "--fraction", "0.4", "--set", "epochs=1", "--quiet", "--json",
      ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let json = try outcome.json
    #expect(json["trials"]?.int == 2 && json["splits"]?.int == 1 && json["seeds"]?.int == 3)
    #expect(json["fraction"]?.double == 0.4)
    let method = try #require(json["methods"]?.array?.first)
    let trials = try #require(method["trials"]?.array)
    #expect(trials.map { $0["scores"]?.array?.count } == [1, 1])
    #expect(method["runs"]?.array?.count == 3)
    // Three images of a class or more: 0.4 of three is one, of five two.
    let folder = try #require(
      try FileManager.default.contentsOfDirectory(atPath: data.path("tuned"))
        .first { $0.hasPrefix("linear-probe-trial-0") })
    let held = try JSON.read(data.path("tuned/\(folder)/metrics.json"))["test_images"]?.int ?? 0
    let share = Double(held) / Double(data.train.count)
    #expect(share > 0.3 && share < 0.5, "\(share)")
  }

  @Test(
    "what does not fit is a mistake of the command line",
    arguments: [
      (["--methods", "coop,coop"], "--methods"), (["--methods", "cop"], "--methods"),
      (["--vary", "lr"], "--vary"), (["--vary", "lr=1..0.1"], "--vary"),
      (["--vary", "lr=0..1"], "--vary"),
      (["--vary", "lr=1e-3..1e-3"], "--vary"), (["--vary", "epochs=1..2"], "--vary"),
      (["--trials", "0"], "--trials"), (["--set", "lamm=1"], "--set"), (["file"], "file"),
    ])
  func usage(more: [String], named: String) throws {
    let outcome = try Program.run(["tune"] + more)
    #expect(outcome.code == 2 && outcome.errors.contains(named), "\(outcome.errors)")
  }

  @Test("--list names the trials and what they are drawn from, and runs nothing")
  func list() throws {
    let outcome = try Program.run(["tune", "--methods", "coop", "--trials", "3", "--list"])
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0].hasPrefix("coop: 3 trials; lr "))
    #expect(lines[1] == "  0  as published")
  }
}
