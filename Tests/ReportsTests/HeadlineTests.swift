// HeadlineTests - the first sentence of a page, its notices, and what is left out of its tables.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import Testing

@testable import LMPTReports

@Suite struct HeadlineTests {
  private let zeroShot = Report.Row(
    method: "zero-shot CLIP",
    figures: [.total: .init(0.535), .group(.head): .init(0.484), .group(.tail): .init(0.607)])

  private func report(_ rows: [Report.Row]) -> Report {
    var report = Report(title: "t")
    report.results = rows
    return report
  }

  @Test func `a run says what it gained, and how the tail fared`() {
    let run = Report.Row(
      method: "LMPT",
      figures: [.total: .init(0.677), .group(.head): .init(0.7), .group(.tail): .init(0.598)])
    #expect(
      report([zeroShot, run]).headline == "67.7 mAP, +14.2 over zero-shot; tail \u{2212}0.9.")
    #expect(report([run]).headline == "67.7 mAP; tail 59.8.")
    let noTail = Report.Row(method: "LMPT", figures: [.total: .init(0.5, deviation: 0.012)])
    #expect(
      report([zeroShot, noTail]).headline
        == "50.0 \u{00B1} 1.2 mAP, 3.5 below zero-shot.")
  }

  @Test func `a comparison names the best of its runs`() {
    let rows = [0.61, 0.66, 0.64].enumerated().map {
      Report.Row(
        method: "run \($0.offset)", figures: [.total: .init($0.element), .group(.tail): .init(0.6)])
    }
    #expect(
      report([zeroShot] + rows).headline
        == "Best of 3: run 1 with 66.0 mAP, +12.5 over zero-shot; tail \u{2212}0.7.")
  }

  @Test func `nothing is best of different data sets, and differences are from the own zero-shot`()
    throws
  {
    var rows = [
      zeroShot, Report.Row(method: "a", figures: [.total: .init(0.6)]),
      Report.Row(method: "zero-shot CLIP (2)", figures: [.total: .init(0.3)]),
      Report.Row(method: "b", figures: [.total: .init(0.35)]),
    ]
    for index in rows.indices { rows[index].block = index < 2 ? "first" : "second" }
    let report = report(rows)
    #expect(report.headline == nil)
    #expect(report.reference(of: rows[3])?[.total]?.mean == 0.3)
    #expect(report.reference(of: rows[1])?[.total]?.mean == 0.535)
    let page = HTMLReport.page(report)
    #expect(page.contains("<small>+5.0</small>") && page.contains("<small>+6.5</small>"))
  }

  @Test func `without a figure there is no sentence`() {
    #expect(report([]).headline == nil)
    #expect(report([zeroShot]).headline == nil)
    #expect(report([.init(method: "m", figures: [.total: .init(.nan)])]).headline == nil)
    #expect(
      report([.init(method: "ERM", figures: [.total: .init(0.7)], evidence: .read("x"))]).headline
        == nil)
  }

  @Test func `classes without test images are named, with the mAP of the others`() {
    var own = Report.Row(method: "LMPT", figures: [.total: .init(0.359)])
    own.present = .init(0.431)
    var report = report([own])
    report.dataset = .init(name: "own", train: 50, test: 10, classes: 6, groups: [0, 0, 6])
    #expect(report.untestedNotice == nil)
    report.dataset?.untested = ["crow"]
    #expect(
      report.untestedNotice
        == "No test image shows crow. By the published convention its AP counts "
        + "as 0. mAP over 5 of 6 classes: 43.1 with LMPT.")
    #expect(HTMLReport.page(report).contains("mAP over 5 of 6 classes: 43.1"))
  }

  @Test func `groups without classes are left out of facts, tables and bars`() {
    var report = report([
      .init(method: "zero-shot CLIP", figures: [.total: .init(0.4), .group(.tail): .init(0.4)]),
      .init(method: "LMPT", figures: [.total: .init(0.5), .group(.tail): .init(0.5)]),
    ])
    report.dataset = .init(name: "own", train: 50, test: 10, classes: 6, groups: [0, 0, 6])
    let page = HTMLReport.page(report)
    #expect(page.contains(">tail<") && !page.contains(">medium<") && !page.contains(">head<"))
  }

  @Test func `runs stand in the order in which they were given, with what differs`() throws {
    var report = report([zeroShot, .init(method: "m", figures: [.total: .init(0.5)])])
    let rows = ["z", "a", "q"].map { Report.Row(method: $0, figures: [.total: .init(0.5)]) }
    report.comparison = .init(
      settings: ["lr"], runs: rows.map { .init(result: $0, values: ["0.01"], kept: 3, seconds: 61) }
    )
    let page = HTMLReport.page(report)
    let places = try ["z", "a", "q"].map { name in
      try #require(page.firstRange(of: "<th scope=\"row\">\(name)</th><td class=\"n\">50.00</td>"))
        .lowerBound
    }
    #expect(places == places.sorted())
    #expect(page.contains(">lr</th>") && page.contains(">1 min 01 s</td>"))
  }

  @Test func `many contexts are folded and few stand open`() {
    var report = report([])
    func words(_ count: Int) -> [Report.ContextWords] {
      (0..<count).map { .init(owner: "class \($0)", words: [.init("table", distance: 0.25)]) }
    }
    report.words = words(1)
    #expect(!HTMLReport.page(report).contains("<details>"))
    report.words = words(20)
    #expect(HTMLReport.page(report).contains("<summary>The words of 19 more contexts</summary>"))
  }

  @Test func `a learning rate that never changes is a sentence, not a chart`() {
    var report = report([])
    func run(_ rates: [Double]) -> Report.Run {
      .init(
        name: "m",
        epochs: rates.enumerated().map {
          .init(epoch: $0.offset + 1, loss: 1, learningRate: $0.element)
        })
    }
    report.runs = [run([0.01, 0.01])]
    var page = HTMLReport.page(report)
    #expect(page.contains("The learning rate is 0.01 in every epoch."))
    #expect(!page.contains("Learning rate by epoch"))
    report.runs = [run([0.01, 0.005])]
    page = HTMLReport.page(report)
    #expect(!page.contains("in every epoch.") && page.contains("Learning rate by epoch"))
  }
}
