// SweepRunnerTests - sweeps that share a folder, and tables that failures do not replace.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import LMPTTensors
import LMPTTuning
import Testing

@testable import lmpt

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

  /// Whether a program has the lock of a run that has had an epoch.
  private func isAtWork(_ program: RunningProgram, in out: String) -> Bool {
    func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []
    return names.contains { name in
      text("\(out)/\(name)/.lock") == "\(program.id)\n"
        && text("\(out)/\(name)/events.jsonl")?.isEmpty == false
    }
  }

  /// Waits until one of these programs is at work, for ten seconds at most: they may have come past
  /// it unseen.
  private func waitForWork(_ programs: [RunningProgram], in out: String) {
    for _ in 0..<5000 {
      guard programs.contains(where: \.isRunning),
        !programs.contains(where: { isAtWork($0, in: out) })
      else { return }
      usleep(2000)
    }
  }

  /// Runs a sweep in processes that share a folder, and one more that is killed at work and started
  /// again, killed at work beside the others and started a third time.
  ///
  /// All that end print all rows, whoever ran them.
  private func runTogether(_ words: [String], in out: String, steady: Int, rows: Int) throws {
    let words = words + ["--json"]
    var programs: [RunningProgram] = []
    for others in [0, steady] {
      let victim = try RunningProgram(words)
      waitForWork([victim], in: out)
      // Held, because it could finish before the others have begun.
      victim.send(SIGSTOP)
      programs += try (0..<others).map { _ in try RunningProgram(words) }
      waitForWork(programs, in: out)
      victim.send(SIGKILL)
      #expect(victim.wait().code == -SIGKILL, "it was to be killed, not to finish")
    }
    for program in programs + [try RunningProgram(words)] {
      let outcome = program.wait()
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try outcome.json["runs"]?.array?.count == rows)
    }
  }

  @Test("a run that another process works on is waited for, and its row is in the table")
  func waiting() throws {
    let data = try TinyData()
    let plan = try data.plan(
      #"""
      {"name":"x","arms":[{"name":"a","zeroshot":true},
       {"name":"b","zeroshot":true,"options":{"scores":"logit"}}]}
      """#)
    let out = data.path("out")
    var other = SweepRunner(
      plan.runs, out: out, observer: SweepRunner.Observer(open: RunData.init))
    let folder = other.folder(of: plan.runs[0], try other.data(of: plan.runs[0]))
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let lock = try FolderLock(folder)
    // The other one finishes its run once this one has nothing left to do but wait.
    var held: [Int] = []
    var observer = SweepRunner.Observer(open: RunData.init)
    observer.waiting = {
      held.append($0)
      lock.release()
      #expect(throws: Never.self) { try other.run() }
    }
    var runner = SweepRunner(plan.runs, out: out, observer: observer)
    var tables: [[String]] = []
    let outcomes = try runner.run { tables.append($0.map(\.run.label)) }
    #expect(held == [1])
    #expect(outcomes.map(\.run.label) == ["a", "b"] && outcomes.allSatisfy { $0.failure == nil })
    #expect(tables == [["b"], ["a", "b"]])
  }

  @Test("processes on one folder, one killed twice, make the table of one", arguments: [2, 4])
  func together(processes: Int) throws {
    let data = try TinyData()
    #expect(try Program.run(try words(data, "alone")).code == 0)
    try runTogether(
      try words(data, "shared"), in: data.path("shared"), steady: processes - 1, rows: 5)
    #expect(try rows(data, "shared") == rows(data, "alone"))
    // Nothing ran twice: a run ends once, and nothing begins after its end. One that was killed
    // before its first checkpoint begins again.
    var logs = 0
    for row in try #require(try JSON.read("\(data.path("shared"))/results.json")["runs"]?.array) {
      let log = "\(row["folder"]?.string ?? "")/log.txt"
      guard let text = try? String(contentsOfFile: log, encoding: .utf8) else { continue }
      logs += 1
      let (starts, ends) = (text.count(of: "started, lmpt"), text.count(of: "finished; "))
      #expect((1...3).contains(starts) && ends == 1, "\(text)")
      #expect(text.split(separator: "\n").last?.contains("finished; ") == true, "\(text)")
    }
    // Two seeds of two arms; zero-shot CLIP keeps no log.
    #expect(logs == 4)
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
    try runTogether(words("shared"), in: data.path("shared"), steady: 2, rows: 9)
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

  // Elsewhere there is one kernel set.
  #if arch(x86_64)
    /// The kernels that results name after one sweep under `first` and one under `second`.
    private func kernels(_ first: String, _ second: String) throws -> Set<String?> {
      let data = try TinyData()
      for kernel in [first, second] {
        let outcome = try Program.run(try words(data, "out"), environment: ["LMPT_KERNEL": kernel])
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
      let results = try JSON.read("\(data.path("out"))/results.json")
      let runs = try #require(results["runs"]?.array)
      #expect(runs.allSatisfy { $0["kernel"]?.string == results["kernel"]?.string })
      return Set(runs.map { $0["kernel"]?.string })
    }

    static let quick = KernelSet.equal.map(\.name).filter { $0 != "baseline" }

    @Test(
      "results name the kernels that computed them, not those of the rerun",
      .enabled(if: quick.count > 1))
    func sameBits() throws {
      #expect(try kernels(Self.quick[1], Self.quick[0]) == [Self.quick[1]])
    }

    @Test("runs of other bits are not taken over", .enabled(if: !quick.isEmpty))
    func otherBits() throws {
      #expect(try kernels("baseline-fast", Self.quick[0]) == [Self.quick[0]])
    }
  #endif

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
