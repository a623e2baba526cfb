// SweepPartsTests - a sweep on machines without a common folder: parts, and the one table of all.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import Testing

@Suite("parts of a sweep")
struct SweepPartsTests {
  // The second arm diverges: its rate is beyond what single precision can hold.
  private let file = #"""
    {"name":"x","options":{"epochs":1,"n-ctx":4,"batch-size":32,"optimizer":"sgd"},"seeds":[0,1],
     "arms":[{"name":"zero","zeroshot":true},{"name":"a","options":{"cseloss":"none"}},
      {"name":"twin of a","options":{"cseloss":"none"}},
      {"name":"bad","options":{"lr":1e3,"momentum":1,"weight-decay":1000,"epochs":40}}]}
    """#

  /// Runs the program in a folder beside the data, as another machine would.
  private func run(_ machine: String, _ data: TinyData, _ words: [String]) throws -> Outcome {
    let folder = data.path(machine)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let quoted = words.map(\.shellQuoted).joined(separator: " ")
    return try Program.shell("cd \(folder.shellQuoted) && \"$LMPT\" \(quoted)")
  }

  private func sweep(_ data: TinyData, _ more: [String]) throws -> [String] {
    ["sweep", try data.folder.write("s.json", file), "--quiet"] + data.source + more
  }

  private func expectSameTables(
    _ data: TinyData, _ a: String, _ b: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectSame(
      data.path("\(a)/results."), data.path("\(b)/results."), ["csv", "json", "md"],
      sourceLocation: sourceLocation)
  }

  @Test("parts run apart make, joined, the table of one process, failures included")
  func joined() throws {
    let data = try TinyData()
    let whole = try run("one", data, sweep(data, ["--out", "table"]))
    #expect(whole.code == 3 && whole.errors.contains("2 of 7 runs failed"), "\(whole.errors)")
    // The second part has the twins of the first part's runs, the third the failures.
    for part in 1...3 {
      let outcome = try run(
        "machine\(part)", data, sweep(data, ["--out", "mine", "--shard", "\(part)/3"]))
      #expect(outcome.code == (part == 3 ? 3 : 0), "\(outcome.errors)")
    }
    let parts = [3, 1, 2].map { data.path("machine\($0)/mine") }
    let merged = try run("joined", data, ["sweep", "--merge", "table"] + parts)
    #expect(merged.code == 3 && merged.errors.contains("2 of 7 runs failed"), "\(merged.errors)")
    #expect(merged.errors.contains("run its part again"), "\(merged.errors)")
    #expect(merged.output == whole.output)
    expectSameTables(data, "one/table", "joined/table")
    // What was joined is a sweep's folder: nothing is run again but what failed.
    let again = try run("joined", data, sweep(data, ["--out", "table", "--json"]))
    #expect(again.code == 3)
    #expect(try again.json["error"]?["code"]?.string == "sweep.failed-runs")
    expectSameTables(data, "one/table", "joined/table")
    var logs = 0
    for row in try #require(try again.json["runs"]?.array).prefix(5) {
      let log = data.path("joined/\(row["folder"]?.string ?? "")/log.txt")
      guard let text = try? String(contentsOfFile: log, encoding: .utf8) else { continue }
      logs += 1
      #expect(text.components(separatedBy: "finished; ").count == 2, "\(text)")
    }
    // Two seeds of `a` and of its twin, which has the same folders; zero-shot CLIP keeps no log.
    #expect(logs == 4)
    // A join that was interrupted goes on: half of a run is completed.
    let runs = try FileManager.default.contentsOfDirectory(atPath: data.path("joined/table"))
    let name = try #require(runs.first { $0.hasPrefix("a-seed-1") })
    for file in ["finished.json", "metrics.json"] {
      try FileManager.default.removeItem(atPath: data.path("joined/table/\(name)/\(file)"))
    }
    let last = try run("joined", data, ["sweep", "--merge", "table", "--json"] + parts)
    #expect(last.code == 3)
    #expect(try last.json["error"]?["code"]?.string == again.json["error"]?["code"]?.string)
    expectSameTables(data, "one/table", "joined/table")
  }

  @Test("a part that is missing, twice, unfinished, of other settings or damaged is told")
  func refused() throws {
    let data = try TinyData()
    let short = #"""
      {"name":"x","options":{"epochs":1,"n-ctx":4,"batch-size":32,"cseloss":"none"},"seeds":[0,1],
       "arms":[{"name":"a"}]}
      """#
    func part(_ out: String, _ shard: String, _ more: [String] = []) throws {
      let outcome = try Program.run(
        [
          "sweep", try data.folder.write("s.json", short), "--quiet", "--out", data.path(out),
          "--shard", shard,
        ] + data.source + more)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    try part("a", "1/2")
    try part("b", "2/2")
    try part("other", "2/2", ["--set", "lr=0.5"])
    try part("cropped", "2/2", ["--preprocess", "clip"])
    try part("third", "3/3")
    func merge(_ names: String...) throws -> Outcome {
      try Program.run(["sweep", "--merge", data.path("out")] + names.map(data.path))
    }
    for (names, told) in [
      (["a"], "part 2 of 2"), (["a", "b", "a"], "part 1 is in"), (["a", "other"], "its set is"),
      (["a", "cropped"], "its preprocess is"), (["a", "third"], "number of parts"),
      (["a", "none"], "no record of a part"),
    ] {
      let outcome = try Program.run(["sweep", "--merge", data.path("out")] + names.map(data.path))
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains(told), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: data.path("out")))
    }
    // A folder keeps to its part, and to its sweep.
    for words in [["--shard", "1/2"], ["--shard", "2/2", "--seeds", "0"]] {
      let outcome = try Program.run(
        ["sweep", data.path("s.json"), "--out", data.path("b")] + data.source + words)
      #expect(
        outcome.code == 3 && outcome.errors.contains("a folder of its own"), "\(outcome.errors)")
    }
    let record = data.path("b/shard.json")
    let good = try String(contentsOfFile: record, encoding: .utf8)
    let name = try #require(try JSON.read(record)["runs"]?[0]?["folder"]?.string)
    // Names that lead elsewhere, runs of another part, no record at all.
    for (text, told) in [
      (good.replacing(name, with: "../b/\(name)"), "is not finished"),
      (good.replacing(name, with: "\(name)/../\(name)"), "is not finished"),
      (good.replacing("\"run\": 1", with: "\"run\": 0"), "no record"), ("{}", "no record"),
      ("{", "JSON"),
    ] {
      try text.write(toFile: record, atomically: true, encoding: .utf8)
      let outcome = try merge("a", "b")
      #expect(outcome.code == 3 && outcome.errors.contains(told), "\(outcome.errors)")
    }
    try good.write(toFile: record, atomically: true, encoding: .utf8)
    try FileManager.default.removeItem(atPath: data.path("b/\(name)/finished.json"))
    let unfinished = try merge("a", "b")
    #expect(unfinished.code == 3 && unfinished.errors.contains("'a', seed 1, is not finished"))
    #expect(!FileManager.default.fileExists(atPath: data.path("out")))
    try part("b", "2/2")
    #expect(try merge("a", "b").code == 0)
    // One machine's copy of a picture is broken: the lists are the same, what is trained on is not.
    try "no picture".write(toFile: data.picture(data.train[0]), atomically: true, encoding: .utf8)
    try part("holes", "2/2", ["--on-bad-image", "skip"])
    let holes = try merge("a", "holes")
    #expect(holes.code == 3 && holes.errors.contains("its skipped_images is"), "\(holes.errors)")
  }

  @Test("more parts than runs, a list of a part, and options that say nothing beside --merge")
  func edges() throws {
    let data = try TinyData()
    let short = try data.folder.write(
      "s.json", #"{"name":"x","arms":[{"name":"z","zeroshot":true}]}"#)
    for part in 1...2 {
      let outcome = try Program.run(
        ["sweep", short, "--out", data.path("part\(part)"), "--shard", "\(part)/2", "--quiet"]
          + data.source)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    let merged = try Program.run(
      ["sweep", "--merge", data.path("out"), data.path("part2"), data.path("part1"), "--json"])
    #expect(merged.code == 0, "\(merged.errors)")
    #expect(try merged.json["runs"]?.array?.count == 1)
    // A part's folder is no place for the whole.
    let record = try Data(contentsOf: URL(fileURLWithPath: data.path("part1/results.json")))
    let inPart = ["sweep", "--merge", data.path("part1"), data.path("part2"), data.path("part1")]
    let whole = ["sweep", short, "--out", data.path("part1"), "--quiet"] + data.source
    for words in [inPart, whole] {
      let refused = try Program.run(words + ["--json"])
      #expect(refused.code == 3)
      #expect(try refused.json["error"]?["code"]?.string == "sweep.is-part")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: data.path("part1/results.json"))) == record)
    let listed = try Program.run(
      ["sweep", try data.folder.write("l.json", file), "--list", "--shard", "2/3"])
    #expect(listed.output == "twin of a, seed 0\ntwin of a, seed 1\n")
    for words in [["--seeds", "0"], ["--out", "x"], ["--shard", "1/2"], ["--orient"]] {
      #expect(
        try Program.run(["sweep", "--merge", data.path("no"), data.path("part1")] + words).code == 2
      )
    }
    #expect(try Program.run(["sweep", "--merge", data.path("no")]).code == 2)
  }
}
