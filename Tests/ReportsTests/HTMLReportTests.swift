// HTMLReportTests - whole pages: what is there, what is not, and what cannot break out.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@testable import LMPTReports

@Suite struct HTMLReportTests {
  private func sample(_ name: String) throws -> Report {
    try Report.parse(JSON.parse(Fixtures.bytes("reports/\(name).json")))
  }

  /// The page without its style sheet, which the reader does not know.
  private func markup(_ page: String) throws -> Markup {
    let start = try #require(page.firstRange(of: "<style>"))
    let end = try #require(page.firstRange(of: "</style>"))
    var rest = page
    rest.removeSubrange(start.lowerBound..<end.upperBound)
    return try Markup(rest)
  }

  @Test func `a full report has every section, well formed`() throws {
    let page = try markup(HTMLReport.page(sample("sample-comparison")))
    #expect(
      page.all("section").compactMap { $0.attributes["id"] } == [
        "results", "groups", "ablation", "classes", "margins", "training", "curves", "examples",
        "map", "words", "repeat",
      ])
    #expect(page.all("img").count == 4)
    #expect(page.all("script").isEmpty)
    #expect(page.all("link").isEmpty)
  }

  @Test func `a section without data is absent`() throws {
    let page = try markup(HTMLReport.page(sample("sample-run")))
    #expect(
      page.all("section").compactMap { $0.attributes["id"] } == [
        "results", "groups", "classes", "training", "curves", "repeat",
      ])
    #expect(try markup(HTMLReport.page(Report(title: "x"))).all("section").isEmpty)
    let words = "stands in a table below it"
    #expect(try HTMLReport.page(sample("sample-run")).contains(words))
    #expect(!HTMLReport.page(Report(title: "x")).contains(words))
  }

  @Test func `nothing on the page comes from elsewhere`() throws {
    let page = HTMLReport.page(try sample("sample-comparison"))
    for element in try markup(page).elements {
      for key in ["src", "href"] {
        guard let value = element.attributes[key] else { continue }
        #expect(value.hasPrefix("#") || value.hasPrefix("data:image/jpeg;base64,"))
      }
    }
    #expect(!page.contains("url(") && !page.contains("@import"))
  }

  @Test func `every number of the charts stands in a table too`() throws {
    let report = try sample("sample-comparison")
    let cells = try Set(
      markup(HTMLReport.page(report)).elements.filter { $0.name == "td" }.map(\.text))
    for row in report.classes {
      for ap in row.ap { #expect(cells.contains(NumberText.percent(ap))) }
      let margin = try #require(row.margin)
      #expect(cells.contains(NumberText.significant(margin)))
    }
    for row in report.results where row.evidence == .measured {
      for measure in row.measures.compactMap(\.self) { #expect(cells.contains(measure.text)) }
    }
    for run in report.runs {
      for epoch in run.epochs {
        for value in [epoch.loss, epoch.cls, epoch.cse, epoch.learningRate].compactMap(\.self) {
          #expect(cells.contains(NumberText.significant(value)))
        }
        #expect(cells.contains(NumberText.percent(epoch.test)))
      }
    }
    for row in report.curves {
      for curve in row.curves {
        let text = curve.points.map {
          NumberText.fixed($0.recall, 3) + "\u{00A0}" + NumberText.fixed($0.precision, 3)
        }
        #expect(cells.contains(text.joined(separator: ", ")))
      }
    }
  }

  @Test func `text from outside stays text`() throws {
    let evil = "\"><script>alert('x')</script>&amp;\u{0}\u{202E}"
    var report = Report(title: evil)
    (report.summary, report.notice, report.selection) = (evil, evil, evil)
    report.dataset = .init(name: evil, train: 1, test: 1, classes: 1, groups: [1, 0, 0])
    report.results = [
      .init(
        method: evil, block: evil, figures: [.total: .init(0.5)], evidence: .read(evil),
        note: evil),
      .init(method: evil, figures: [.total: .init(0.5), .group(.head): .init(0.5)]),
    ]
    report.dataset?.untested = [evil]
    (report.date, report.palette) = (evil, [evil: 1])
    report.comparison = .init(
      settings: [evil],
      runs: [
        .init(result: report.results[1], values: [evil]),
        .init(result: report.results[0], values: [nil]),
      ])
    report.methods = [evil, evil]
    report.classes = [
      .init(name: evil, count: 3, group: .tail, ap: [0.5, 0.5], margin: 1, weight: 1)
    ]
    report.runs = [.init(name: evil, epochs: [.init(epoch: 1, loss: 1)])]
    report.curves = [
      .init(
        name: evil, group: .head,
        curves: [.init(method: evil, ap: 1, points: [.init(recall: 0, precision: 1)])])
    ]
    // An arm that is no row of the results has a table of its own.
    report.ablation = .init(
      components: [evil],
      arms: [.init(uses: [true], result: .init(method: evil + evil, figures: [.total: .init(0.5)]))]
    )
    let svg = Array("<svg onload=alert(1)>".utf8)
    let decisions = [Report.Example.Decision(method: evil, scores: [.init(evil, .infinity)])]
    report.examples = [
      .init(image: svg, name: evil, labels: [evil], decisions: decisions),
      .init(image: [0xFF, 0xD8, 0xFF, 0x22], name: evil, labels: [evil], decisions: []),
    ]
    report.map = .init(
      method: evil,
      panels: [
        .init(name: evil, images: [], classes: [.init(name: evil, x: 0, y: 0, group: .tail)])
      ])
    report.words = [.init(owner: evil, words: [.init(evil, distance: 1)])]
    report.environment = [.init(evil, evil)]
    report.commands = [evil]
    let text = HTMLReport.page(report)
    let page = try markup(text)
    #expect(page.all("script").isEmpty)
    #expect(page.all("section").count == 12)
    #expect(page.all("img").count == 1)  // bytes that are neither JPEG nor PNG are not shown
    #expect(!text.contains("\u{0}") && !text.contains("\u{202E}"))
    let visible = "\"><script>alert('x')</script>&amp;\u{FFFD}\u{FFFD}"
    #expect(page.all("h1").map(\.text) == [visible])
  }

  @Test func `figures that are not finite give dashes, not broken charts`() throws {
    var report = Report(title: "x")
    report.methods = ["m"]
    report.classes = [
      .init(name: "a", count: 0, group: .tail, ap: [.nan], margin: .infinity),
      .init(name: "b", count: -4, group: .tail, ap: [.infinity], margin: .nan),
      .init(name: "c", count: .max, group: .head, ap: [0.5], margin: 1),
    ]
    report.results = [
      .init(
        method: "m",
        figures: [.total: .init(.nan, deviation: .nan), .group(.head): .init(0.5)])
    ]
    report.map = .init(panels: [
      .init(name: "p", images: [.init(x: .nan, y: .infinity, group: .head)], classes: [])
    ])
    let page = HTMLReport.page(report)
    #expect(!page.contains("nan") && !page.contains("\"inf"))
    _ = try markup(page)
  }

  @Test func `rows that were read have their source and unread figures a dash`() throws {
    var report = Report(title: "VOC-LT")
    report.results = PublishedResults.rows(.vocLT)
    let page = try markup(HTMLReport.page(report))
    let text = page.all("main")[0].text
    #expect(text.contains("87.88") && text.contains("85.44"))
    #expect(text.contains("[2] read in two public leaderboards"))
    // Bars compare methods measured here, so a page of quoted rows has none.
    #expect(page.all("svg").isEmpty)
  }
}
