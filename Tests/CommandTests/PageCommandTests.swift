// PageCommandTests - what runs, comparisons and predictions say on their pages.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTImaging
import LMPTMetrics
import LMPTReports
import LMPTSupport
import Testing

@Suite("pages")
struct PageCommandTests {
  private func read(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test("a run's page begins with its result, and names the classes that no test image shows")
  func run() throws {
    let data = try TinyData()
    let trained = try Program.run(data.train("run", ["--epochs", "2", "--n-ctx", "2", "--json"]))
    #expect(trained.code == 0, "\(trained.errors)")
    let report = try Report.parse(JSON.read(data.path("run/report.json")))
    let environment = try JSON.read(data.path("run/environment.json"))
    #expect(report.date == environment["date"]?.string && report.date?.count == 20)
    #expect(try report.runs[0].kept == trained.json["epoch"]?.int)

    // Counted from the list.
    let names = try read(data.path("labels.txt")).split(whereSeparator: \.isNewline).map {
      String($0.prefix { $0 != " " })
    }
    let shown = Set(
      data.test.flatMap { $0.split(separator: " ").dropFirst() }.compactMap { Int($0) })
    let missing = names.indices.filter { !shown.contains($0) }
    #expect(!missing.isEmpty)
    #expect(report.dataset?.untested == missing.map { names[$0] })
    let aps = try #require(try trained.json["ap"]?.array).compactMap(\.double)
    let present = shown.map { aps[$0] }
    let mean = try #require(report.results.last?.present?.mean)
    #expect(abs(mean - present.reduce(0, +) / Double(present.count)) < 1e-12)
    for row in report.classes {
      #expect(row.ap.allSatisfy { ($0 == nil) == missing.contains { names[$0] == row.name } })
    }

    let page = try read(data.path("run/report.html"))
    let map = try #require(try trained.json["map"]?.double)
    let lead = try #require(page.firstMatch(of: #/<p class="lead">([^<]*)</p>/#)).1
    #expect(lead.hasPrefix("\(String(format: "%.1f", map * 100)) mAP, "), "\(lead)")
    #expect(page.contains("mAP over \(shown.count) of 20 classes: "))
    #expect(
      page.contains("clip.safetensors: a vision transformer of ") && !page.contains(">96 pixels<"))
    #expect(report.palette.values.sorted() == [0])
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
    #expect(try !read(page).contains("class=\"lead\""), "no run is the best of two data sets")
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

  @Test("pictures of a page are small JPEG files, and only names stand below them")
  func predict() throws {
    let folder = try TemporaryFolder()
    let photo = Fixtures.path("images/photos/640x480-photo.png")
    let page = "\(folder.path)/page.html"
    let outcome = try Program.run([
      "predict", photo, Fixtures.path("mini/images/test/000001.jpg"), "--weights",
      Fixtures.path("mini/clip.safetensors"), "--classes", "cat, dog, red bus", "--html", page,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let html = try read(page)
    #expect(html.contains("<h1>Predictions of zero-shot CLIP</h1>"))
    #expect(html.contains(">640x480-photo.png</h3>") && html.contains(">000001.jpg</h3>"))
    #expect(html.contains(#/<p class="lead">2 pictures. Best class: [a-z ]+ \d/#))
    let pictures = html.matches(of: #/src="data:image\/jpeg;base64,([^"]*)"/#)
    #expect(pictures.count == 2)
    let bytes = try #require(Base64.decode(String(pictures[0].1)))
    #expect(bytes.count < 60_000)
    let picture = try RGBImage(decoding: bytes)
    #expect(picture.width == 400 && picture.height == 300)
    // A small JPEG file is shown as it is.
    #expect(
      try Base64.decode(String(pictures[1].1)) == Fixtures.bytes("mini/images/test/000001.jpg"))
  }
}
