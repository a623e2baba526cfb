// SweepRunnerTests - sweeps that share a folder, and tables that failures do not replace.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite("shared sweeps")
struct SweepRunnerTests {
  private let file = #"""
    {"name":"x","options":{"epochs":2,"n-ctx":4,"batch-size":32,"cseloss":"none"},"seeds":[0,1],
     "arms":[{"name":"zero","zeroshot":true},{"name":"a"},{"name":"b","options":{"lr":0.01}}]}
    """#

  private func words(_ data: TinyData, _ out: String) throws -> [String] {
    ["sweep", try data.folder.write("s.json", file), "--out", data.path(out), "--quiet"]
      + data.source
  }

  /// The rows without what names a folder.
  private func rows(_ data: TinyData, _ out: String) throws -> [JSON] {
    try #require(try JSON.read("\(data.path(out))/results.json")["runs"]?.array).map { row in
      guard case .object(let object) = row else { return row }
      return .object(object.members.filter { $0.key != "folder" }.map { ($0.key, $0.value) })
    }
  }

  @Test("processes on one folder, one killed twice, make the table of one", arguments: [2, 4])
  func together(processes: Int) throws {
    let data = try TinyData()
    #expect(try Program.run(try words(data, "alone")).code == 0)
    let shared = try words(data, "shared")
    var steady = try (1..<processes).map { _ in try RunningProgram(shared) }
    for _ in 0..<2 {
      let victim = try RunningProgram(shared)
      usleep(700_000)
      victim.send(SIGKILL)
      _ = victim.wait()
    }
    steady.append(try RunningProgram(shared))
    for program in steady {
      let outcome = program.wait()
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    #expect(try rows(data, "shared") == rows(data, "alone"))
    // Nothing ran twice: a run ends once, and nothing begins after its end. One that was killed
    // before its first checkpoint begins again.
    for row in try #require(try JSON.read("\(data.path("shared"))/results.json")["runs"]?.array) {
      let log = "\(row["folder"]?.string ?? "")/log.txt"
      guard let text = try? String(contentsOfFile: log, encoding: .utf8) else { continue }
      let (starts, ends) = (text.count(of: "started, lmpt"), text.count(of: "finished; "))
      #expect((1...3).contains(starts) && ends == 1, "\(text)")
      #expect(text.split(separator: "\n").last?.contains("finished; ") == true, "\(text)")
    }
  }

  @Test("the stored sweep `components` by three processes, one killed twice, is that by one")
  func components() throws {
    let data = try TinyData()
    let file = Fixtures.root.deletingLastPathComponent()
      .appendingPathComponent("Benchmarks/sweeps/components.json").path
    func words(_ out: String) -> [String] {
      ["sweep", file, "--out", data.path(out), "--quiet", "--seeds", "0,1", "--set", "epochs=2"]
        + ["--set", "n-ctx=4", "--set", "batch-size=32"] + data.source
    }
    #expect(try Program.run(words("alone")).code == 0)
    let steady = try (0..<2).map { _ in try RunningProgram(words("shared")) }
    for _ in 0..<2 {
      let victim = try RunningProgram(words("shared"))
      usleep(500_000)
      victim.send(SIGKILL)
      _ = victim.wait()
    }
    for program in steady + [try RunningProgram(words("shared"))] {
      let outcome = program.wait()
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    #expect(try rows(data, "shared") == rows(data, "alone"))
    #expect(try rows(data, "alone").count == 9)
  }

  @Test("a training run and a sweep that fill one cache come to what they come to alone")
  func oneCache() throws {
    let data = try TinyData(training: 100, testing: 100)
    let training = ["--epochs", "2", "--n-ctx", "4", "--batch-size", "32", "--cseloss", "none"]
    #expect(try Program.run(try words(data, "alone")).code == 0)
    #expect(try Program.run(data.train("run-alone", training)).code == 0)
    try FileManager.default.removeItem(atPath: data.path("cache"))
    let sweep = try RunningProgram(try words(data, "shared"))
    // Who comes second to the cache is told so; a sweep waits by itself, a run is started again.
    var outcome = try Program.run(data.train("run", training))
    while outcome.code == 3, outcome.errors.contains("is working in"), sweep.isRunning {
      usleep(100_000)
      outcome = try Program.run(data.train("run", training))
    }
    #expect(outcome.code == 0, "\(outcome.errors)")
    let swept = sweep.wait()
    #expect(swept.code == 0, "\(swept.errors)")
    #expect(try rows(data, "shared") == rows(data, "alone"))
    #expect(try numbers(of: data.path("run")) == numbers(of: data.path("run-alone")))
  }

  @Test("a rerun that cannot open its pictures leaves a finished table as it is")
  func kept() throws {
    let data = try TinyData()
    #expect(try Program.run(try words(data, "out")).code == 0)
    let table = try Data(contentsOf: URL(fileURLWithPath: "\(data.path("out"))/results.csv"))
    // The cache is a file now, and then the weights are gone too.
    let noCache = try words(data, "out") + ["--cache", data.path("labels.txt")]
    let again = try Program.run(noCache)
    #expect(again.code == 0, "finished runs need no pictures: \(again.errors)")
    let noWeights = try words(data, "out") + ["--weights", data.path("none.pt")]
    let broken = try Program.run(noWeights)
    #expect(broken.code == 3)
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(data.path("out"))/results.csv")) == table)
    let failures = try #require(try JSON.read("\(data.path("out"))/failures.json").array)
    #expect(failures.count == 5)
    #expect(failures[0]["error"]?["code"]?.string == "file.missing")
  }

  @Test("results name the kernels that computed them, not those of the rerun")
  func kernel() throws {
    let data = try TinyData()
    let first = try Program.run(
      try words(data, "out"), environment: ["LMPT_KERNEL": "baseline"])
    #expect(first.code == 0, "\(first.errors)")
    #expect(try Program.run(try words(data, "out")).code == 0)
    let results = try JSON.read("\(data.path("out"))/results.json")
    #expect(results["kernel"]?.string == "baseline")
    #expect(results["runs"]?.array?.allSatisfy { $0["kernel"]?.string == "baseline" } == true)
  }

  @Test("a run that lacks its mark is completed by the sweep, and temporary files are removed")
  func completed() throws {
    let data = try TinyData()
    #expect(try Program.run(try words(data, "out")).code == 0)
    let before = try rows(data, "out")
    let out = data.path("out")
    for row in try #require(try JSON.read("\(out)/results.json")["runs"]?.array) {
      let folder = try #require(row["folder"]?.string)
      for name in ["finished.json", "prompts.safetensors", "test_scores.safetensors"] {
        try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
    }
    let leftover = "\(out)/.results.csv.tmp-1-1"
    try Data("half".utf8).write(to: URL(fileURLWithPath: leftover))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: leftover)
    #expect(try Program.run(try words(data, "out")).code == 0)
    #expect(try rows(data, "out") == before)
    #expect(!FileManager.default.fileExists(atPath: leftover))
  }
}

extension String {
  /// How often a text stands in this one.
  fileprivate func count(of part: String) -> Int { components(separatedBy: part).count - 1 }
}
