// ReportTests - `lmpt report`.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTReports
import LMPTSupport
import Testing

@Suite struct ReportTests {
  private func json(_ words: [String]) throws -> JSON {
    let outcome = try Program.run(words + ["--json"])
    #expect(outcome.code == 0, "\(words): \(outcome.errors)")
    return try outcome.json
  }

  @Test("the arms of an ablation say which parts of E6 they have")
  func ablation() throws {
    let data = try TinyData()
    let terms = ["margin", "weighted"]
    for term in terms {
      let trained = try Program.run(data.train(term, ["--epochs", "0", "--cseloss", term]))
      #expect(trained.code == 0, "\(trained.errors)")
    }
    let report = try Report.parse(json(["report"] + terms.map(data.path)))
    #expect(
      report.ablation?.arms.map(\.uses) == [
        [false, false, false, false], [true, true, true, false], [true, true, false, true],
      ])
    for name in ["sweep", "going"] {
      try FileManager.default.createDirectory(
        atPath: data.path(name), withIntermediateDirectories: true)
    }
    _ = try data.folder.write("sweep/results.md", "| mAP |")
    _ = try data.folder.write("going/config.json", "{}")
    let runs = (terms + ["sweep", "going"]).map(data.path)
    let outcome = try Program.run(["report"] + runs)
    #expect(outcome.code == 0 && outcome.errorLines.count == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains("no report.json yet: \(data.path("going"))\n"))
    #expect(outcome.errors.contains("a sweep: its table is \(data.path("sweep"))/results.md"))
    let mistyped = try Program.run(["report"] + runs + [data.path("nowhere")])
    #expect(
      mistyped.code == 3 && mistyped.errors.contains("nowhere/report.json"), "\(mistyped.errors)")
  }

  @Test("report goes into the folder of a sweep and tells settings and data sets apart")
  func sweep() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "s.json",
      #"""
      {"name":"x","options":{"epochs":0,"n-ctx":2,"m-ctx":1,"cseloss":"none"},"seeds":[0],
       "arms":[{"name":"zero","zeroshot":true},{"name":"wide","options":{"n-ctx":4}},
        {"name":"slow","options":{"lr":1e-4}}]}
      """#)
    let out = "\(folder.path)/out"
    let swept = try Program.run(["sweep", file, "--out", out, "--json"])
    #expect(swept.code == 0, "\(swept.errors)")
    let page = "\(folder.path)/page.html"
    let outcome = try Program.run(["report", out, "--html", page, "--json"])
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let comparison = try #require(try Report.parse(outcome.json).comparison)
    // Both arms have the sweep's options but one each, in the order of the file.
    #expect(comparison.settings == ["n_ctx", "lr"])
    #expect(comparison.runs.map { $0.values[0] } == ["4", "2"])
    #expect(comparison.runs[1].values[1] == "0.0001")
    let totals = try #require(try swept.json["runs"]?.array).dropFirst().map { $0["total"]?.double }
    #expect(comparison.runs.map { $0.result[.total]?.mean } == totals)

    // The other way round: rows follow the order in which runs are given.
    let folders = try #require(try swept.json["runs"]?.array).dropFirst().compactMap {
      $0["folder"]?.string
    }
    let turned = try Program.run(["report"] + folders.reversed() + ["--json"])
    let rows = try #require(try Report.parse(turned.json).comparison).runs
    #expect(rows.map { $0.values[0] } == ["2", "4"])

    let data = try TinyData()
    let trained = try Program.run(data.train("run", ["--epochs", "0", "--n-ctx", "2"]))
    #expect(trained.code == 0, "\(trained.errors)")
    let both = try Program.run(["report", out, data.path("run"), "--html", page, "--json"])
    let report = try Report.parse(both.json)
    #expect(report.notice?.contains("different data sets: mini, tiny.") == true)
    #expect(Set(report.results.map(\.block)).count == 2)
    #expect(
      try !String(contentsOfFile: page, encoding: .utf8).contains("class=\"lead\""),
      "no run is the best of two data sets")
  }

  @Test("seeds of one setting are one row, and a row shows which parts of the method it uses")
  func parts() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "s.json",
      #"""
      {"name":"x","options":{"epochs":0,"n-ctx":2,"m-ctx":1},"seeds":[0,1],
       "arms":[{"name":"a","options":{"cseloss":"none"}},
        {"name":"d","options":{"cseloss":"softmargin"}}]}
      """#)
    let out = "\(folder.path)/out"
    let swept = try Program.run(["sweep", file, "--out", out, "--json"])
    #expect(swept.code == 0, "\(swept.errors)")
    let runs = try #require(try swept.json["runs"]?.array).compactMap { $0["folder"]?.string }
    #expect(runs.count == 4)
    let report = try Report.parse(try Program.run(["report"] + runs + ["--json"]).json)
    let arms = try #require(report.ablation).arms
    // E7, E6, E4, E5: zero-shot CLIP uses none of them.
    #expect(
      arms.map(\.uses) == [
        [false, false, false, false], [true, false, false, false], [true, true, true, true],
      ])
    let commit = report.environment.first { $0.name == "commit" }?.value
    #expect(commit == (try Self.commit()), "the page names the checkout's commit")
  }

  /// The commit of the sources as git tells it; nil outside a repository.
  private static func commit() throws -> String? {
    let git = Process()
    let output = Pipe()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "-C", Fixtures.path(""), "rev-parse", "--short=12", "HEAD"]
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    try git.run()
    git.waitUntilExit()
    guard git.terminationStatus == 0 else { return nil }
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    return text.split(separator: "\n").first.map(String.init)
  }

  @Test("a run that is named twice is one, and --title names the page of a single run, too")
  func twice() throws {
    let data = try TinyData()
    let words = data.train("run", ["--epochs", "1", "--cseloss", "none", "--n-ctx", "2"])
    #expect(try Program.run(words).code == 0)
    let run = data.path("run")
    func page(_ words: [String]) throws -> String {
      let outcome = try Program.run(["report"] + words + ["--json"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      return outcome.output
    }
    let own = try page([run])
    #expect(try page([run, run]) == own && page([run, "\(run)/../run"]) == own)
    #expect(try Report.parse(JSON.parse(own)).title != "Mine")
    #expect(try Report.parse(JSON.parse(page([run, "--title", "Mine"]))).title == "Mine")
  }

  @Test("seeds become a mean, arms an ablation, zero-shot is shown once")
  func repetitions() throws {
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
