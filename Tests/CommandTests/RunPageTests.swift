// RunPageTests - the page of a run, against its lists and metrics.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTReports
import LMPTSupport
import LMPTTuning
import Testing

@testable import lmpt

@Suite struct RunPageTests {
  @Test("the figures of other papers are found by the names of the published data sets")
  func published() {
    #expect(
      PublishedResults.Dataset.allCases.map(\.rawValue) == KnownDataset.published.map(\.name))
  }

  private func read(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test("a page's columns are those of the metrics, and its points have the rarest label's group")
  func page() throws {
    let folder = try TemporaryFolder()
    let run = "\(folder.path)/run"
    let trained = try Program.run([
      "train", "--dataset", "mini", "--out", run, "--epochs", "0", "--cseloss", "none", "--quiet",
      "--variant", "released",
    ])
    #expect(trained.code == 0, "\(trained.errors)")
    let configuration = try JSON.read("\(run)/config.json")
    #expect(configuration["captions"]?.string == "released")
    #expect(configuration["alignment"]?.string == "tokens-all")
    let metrics = try JSON.read("\(run)/metrics.json")
    let report = try Report.parse(JSON.read("\(run)/report.json"))
    let row = try #require(report.results.last)
    #expect(row[.total]?.mean == metrics["map"]?.double)
    #expect(row[.group(.head)]?.mean == metrics["head"]?.double)
    #expect(row[.group(.medium)]?.mean == metrics["medium"]?.double)
    #expect(row[.group(.tail)]?.mean == metrics["tail"]?.double)
    let counts = report.classes.map(\.count)
    let lists = String(decoding: try Fixtures.bytes("mini/mini_lt_test.txt"), as: UTF8.self)
      .split(separator: "\n").map { $0.split(separator: " ").dropFirst().compactMap { Int($0) } }
    let images = try #require(report.map?.panels[0].images)
    // Every third of 1,500 test images, up to 400.
    for (index, image) in images.enumerated() {
      let rarest = try #require(lists[3 * index].map { counts[$0] }.min())
      #expect(image.group == (rarest >= 100 ? .head : rarest >= 20 ? .medium : .tail))
    }
    #expect(images.count == 400)

    let found = try #require(report.diagnostics.first)
    #expect(report.diagnostics.count == 1 && found.run == report.methods.last)
    let stored = try #require(metrics["diagnostics"])
    #expect(found.trend?.slope == stored["count_trend"]?["slope"]?.double)
    #expect(found.trend?.intercept == stored["count_trend"]?["intercept"]?.double)
    #expect(found.shift[.tail] == stored["prompt_shift"]?["tail"]?.double)
    #expect(found.shift.count == 3 && stored["prompt_shift"]?["classes"]?.array?.count == 20)
    // Counted in the lists: the rarest class stands beside person in 2 of 4 training pictures; 54 test
    // pictures show it, 41 of them without a person. All five of sheep show a person.
    let rarest = try #require(found.partners.first)
    #expect(rarest.name == "cow" && rarest.partner == "person" && rarest.together == 0.5)
    #expect(rarest.positives == 54 && rarest.positivesWithout == 41)
    #expect(
      rarest.ap
        == metrics["ap"]?[
          try #require(
            report.classes.firstIndex {
              $0.name == "cow"
            })]?.double)
    let next = found.partners[1]
    #expect(next.name == "sheep" && next.together == 1)
    #expect(next.positives == 51 && next.positivesWithout == 42)
    #expect(stored["partners"]?[1]?["ap_without"]?.double == next.apWithout)
  }

  @Test("a run's page begins with its result, and names the classes that no test image shows")
  func result() throws {
    let data = try TinyData()
    let trained = try Program.run(data.train("run", ["--epochs", "2", "--n-ctx", "2", "--json"]))
    #expect(trained.code == 0, "\(trained.errors)")
    let report = try Report.parse(JSON.read(data.path("run/report.json")))
    let environment = try JSON.read(data.path("run/environment.json"))
    #expect(report.date == environment["date"]?.string && report.date?.count == 20)
    let commit = report.environment.first { $0.name == "commit" }?.value
    #expect(commit == environment["commit"]?.string)
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

  @Test("a finished run's folder alone makes its page again, to the byte")
  func again() throws {
    let data = try TinyData()
    let trained = try Program.run(
      data.train("run", ["--epochs", "2", "--n-ctx", "2", "--cseloss", "none"]))
    #expect(trained.code == 0, "\(trained.errors)")
    let run = try TunedRun(data.path("run"))
    let source = try run.configuration.data()
    let page = try RunPage(
      source, source.features(for: run.options.method.sees), scores: run.options.scores)
    let report = try page.report(
      run, name: "\(run.options.method.title) (run)",
      commandLine: run.environment["command"]?.array?.compactMap(\.string) ?? [])
    let stored = try read(data.path("run/report.json"))
    #expect(report.json.text() + "\n" == stored)
    #expect(report.runs[0].epochs.count == 2 && report.map != nil && !report.words.isEmpty)
  }
}
