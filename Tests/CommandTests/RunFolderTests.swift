// RunFolderTests - the logs of a run that was stopped and continued, and folders that are no runs.
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
    #expect(eventRecords(bytes) == 41)
  }

  @Test("what is no run folder is not resumed, and not touched")
  func noRun() throws {
    let data = try TinyData()
    let missing = try Program.run(data.train("run", ["--resume", "--json"]))
    #expect(try missing.json["error"]?["code"]?.string == "run.not-a-run")
    #expect(!FileManager.default.fileExists(atPath: data.path("run")))

    try FileManager.default.createDirectory(
      atPath: data.path("run"), withIntermediateDirectories: true)
    _ = try data.folder.write("run/precious.txt", "mine")
    let other = try Program.run(data.train("run", ["--resume", "--json"]))
    #expect(try other.json["error"]?["code"]?.string == "run.not-a-run")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: data.path("run")) == ["precious.txt"])
  }

  @Test("a strange TZ leaves the date of a run in UTC")
  func date() throws {
    let data = try TinyData()
    let words = data.train("run", ["--epochs", "0"]).map(\.shellQuoted).joined(separator: " ")
    let outcome = try Program.shell("TZ=$(printf 'Europe/\\351') \"$LMPT\" \(words)")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      try JSON.read(data.path("run/environment.json"))["date"]?.string?.hasSuffix("Z") == true)
  }
}
