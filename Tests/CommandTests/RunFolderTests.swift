// RunFolderTests - the logs of a run that was stopped and continued, and reports of several runs.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning
import LMPTReports
import LMPTSupport
import Testing

@Suite("run folders")
struct RunFolderTests {
  private static let options = [
    "--epochs", "40", "--optimizer", "adam", "--lr", "1e-2", "--cseloss", "none", "--n-ctx", "4",
  ]

  private func lines(_ path: String) throws -> [String] {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  /// The epochs of events.jsonl without their durations, which no run repeats.
  private func epochs(_ run: String) throws -> [Report.Epoch] {
    try lines("\(run)/events.jsonl").map { line in
      let report = try Report.parse([
        "title": "", "runs": [["name": "", "epochs": [try JSON.parse(Array(line.utf8))]]],
      ])
      var epoch = report.runs[0].epochs[0]
      epoch.seconds = nil
      return epoch
    }
  }

  @Test("Ctrl-C saves and says how to resume; the logs end as if nothing had happened")
  func interrupted() throws {
    let data = try TinyData()
    let (straight, stopped) = (data.path("straight"), data.path("stopped"))
    let whole = try Program.run(data.train("straight", Self.options + ["--json"]))
    #expect(whole.code == 0, "\(whole.errors)")

    let program = try RunningProgram(data.train("stopped", Self.options))
    // The first epoch is over when its line is in the log.
    let deadline = Date() + 60
    while Date() < deadline, ((try? lines("\(stopped)/events.jsonl")) ?? []).isEmpty {
      usleep(1000)
    }
    program.send(SIGINT)
    let outcome = program.wait()
    let message = outcome.errors
    #expect(outcome.code == 130)
    #expect(message.contains("continue with 'lmpt train --resume --out \(stopped)'"), "\(message)")
    #expect(try lines("\(stopped)/log.txt").last?.contains("stopped: interrupted") == true)

    // A run that is killed may leave torn ends behind.
    let events = try #require(
      try FileManager.default.contentsOfDirectory(atPath: stopped).first {
        $0.hasPrefix("events.out.tfevents.")
      })
    for name in ["metrics.csv", "events.jsonl", events] {
      let handle = try #require(FileHandle(forWritingAtPath: "\(stopped)/\(name)"))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("7,0.".utf8))
      try handle.close()
    }
    let resumed = try Program.run(["train", "--resume", "--out", stopped, "--json"])
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(try resumed.json["map"] == whole.json["map"])
    let expected = try epochs(straight)
    #expect(expected.map(\.epoch) == Array(1...40))
    #expect(try epochs(stopped) == expected)
    let rows = try lines("\(stopped)/metrics.csv")
    #expect(rows[0].hasPrefix("epoch,loss,cls,cse,lr,val_map,test_map,seconds,val_head,"))
    #expect(rows.count == 41)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(stopped)/\(events)")))
    #expect(EventFile.validLength(bytes) == bytes.count)
    #expect(bytes.count > 40 * 16)
  }

  @Test("report: seeds become a mean, arms an ablation, zero-shot is shown once")
  func report() throws {
    let folder = try TemporaryFolder()
    var maps: [Double] = []
    for (term, seed) in [("none", "0"), ("none", "1"), ("hinge", "0")] {
      let outcome = try Program.run([
        "train", "--dataset", "mini", "--epochs", "1", "--optimizer", "adam", "--lr", "1e-2",
        "--cseloss", term, "--seed", seed, "--out", "\(folder.path)/\(term)-\(seed)", "--json",
      ])
      maps.append(try #require(try outcome.json["map"]?.double))
    }
    let page = "\(folder.path)/out.html"
    let runs = ["none-0", "none-1", "hinge-0"].map { "\(folder.path)/\($0)" }
    let outcome = try Program.run(["report"] + runs + ["--html", page, "--json"])
    let report = try Report.parse(try outcome.json)
    #expect(
      report.results.map(\.method) == [
        "zero-shot CLIP", "LMPT (none-0 and 1 more)", "LMPT (hinge-0)",
      ])
    let mean = try #require(report.results[1][.total])
    #expect(abs(mean.mean - (maps[0] + maps[1]) / 2) < 1e-12)
    // The sample deviation of two values is their distance over the root of 2.
    #expect(abs((mean.deviation ?? 0) - abs(maps[0] - maps[1]) / 2.0.squareRoot()) < 1e-12)
    #expect(
      report.results[2][.total]?.mean == maps[2] && report.results[2][.total]?.deviation == nil)
    #expect(
      report.ablation?.arms.map(\.uses) == [
        [false, false, false, false], [true, false, false, false], [true, true, false, false],
      ])
    #expect(report.classes.count == 20 && report.classes.allSatisfy { $0.ap.count == 3 })
    #expect(report.curves.count == 20 && report.examples.count == 8 && report.words.count == 20)
    #expect(report.map?.panels.count == 2)
    #expect(report.methods == report.results.map(\.method))
    #expect(!report.commands.isEmpty && report.commands.allSatisfy { $0.hasPrefix("lmpt train") })
    let html = try String(contentsOfFile: page, encoding: .utf8)
    for id in [
      "results", "groups", "runs", "classes", "training", "curves", "examples",
      "map", "words", "repeat",
    ] {
      #expect(html.contains("<section id=\"\(id)\">"), "the page has no part \(id)")
    }
    // Neither arm has margins by class.
    #expect(!html.contains("<section id=\"margins\">"))
    let table = try Program.run(["report", runs[2]])
    #expect(table.output.contains("hinge-0"))
    let none = try Program.run(["report", folder.path])
    #expect(none.code == 3 && none.errorLines.count == 1 && none.errors.contains("report.json"))
  }
}
