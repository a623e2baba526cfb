// HTMLDiagnosticsTests - the section that explains a table, and its form in files.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import Testing

@testable import LMPTReports

@Suite("what explains a table")
struct HTMLDiagnosticsTests {
  private func diagnostics(_ run: String) -> Report.Diagnostics {
    var out = Report.Diagnostics(run: run)
    out.trend = .init(slope: 0.125, intercept: 0.25, explained: 0.5)
    out.shift = [.head: 0.0125, .tail: 0.03125]
    out.partners = [
      .init(
        name: "cow", partner: "person", together: 0.5, ap: 0.75, positives: 54, apWithout: 0.25,
        positivesWithout: 41),
      .init(
        name: "sheep", partner: "dog", together: 1, ap: nil, positives: 4, apWithout: nil,
        positivesWithout: 0),
    ]
    return out
  }

  private func report(_ name: String) -> Report {
    var report = Report(title: "")
    report.results = [.init(method: name, figures: [.total: .init(0.5)])]
    report.methods = [name]
    report.classes = [
      .init(name: "person", count: 100, group: .head, ap: [0.5]),
      .init(name: "cow", count: 10, group: .tail, ap: [0.375]),
    ]
    report.diagnostics = [diagnostics(name)]
    return report
  }

  @Test("a report keeps every figure, and leaves out what is not known")
  func files() throws {
    let whole = report("m")
    #expect(try Report.parse(whole.json) == whole)
    var bare = Report(title: "")
    bare.diagnostics = [.init(run: "n")]
    #expect(try Report.parse(bare.json) == bare)
    #expect(bare.json["diagnostics"]?[0]?.text() == "{\"run\":\"n\"}")
    let broken = try JSON.parse(
      #"{"title":"","diagnostics":[{"run":"a","count_trend":{"slope":1}}]}"#)
    #expect(throws: ReportError.missing(member: "diagnostics[0].count_trend.intercept")) {
      try Report.parse(broken)
    }
  }

  @Test("one run has its line, its movement and its partners")
  func one() throws {
    let page = try Markup(HTMLReport.diagnostics(report("m")))
    let cells = page.all("td").map(\.text)
    // The line is 0.25 + 0.125 at ten images.
    #expect(Array(cells.prefix(5)) == ["+12.5", "37.50", "50.0", "0.0125", "0.03125"])
    #expect(
      Array(cells.dropFirst(5)) == [
        "person", "50", "75.00", "54", "25.00", "41", "dog", "100", NumberText.missing, "4",
        NumberText.missing, "0",
      ])
    #expect(!page.all("th").map(\.text).contains("moved, medium"))
    // From 10 to 100 images the line rises from 37.5 to 50, where the two classes stand.
    let marks = Set(page.elements.compactMap(\.title))
    #expect(
      marks.isSuperset(of: [
        "person: 50 with 100 training images", "cow: 37.5 with 10 training images",
      ]))
    #expect(page.all("path", "k-ref").count == 1)
  }

  @Test("several runs have a row each, no chart, and folded partners; names are those of the page")
  func several() throws {
    let merged = Report.merged([report("m"), report("m")], title: "")
    #expect(merged.diagnostics.map(\.run) == merged.methods)
    let page = try Markup(HTMLReport.diagnostics(merged))
    #expect(page.all("path", "k-ref").isEmpty && page.all("svg").isEmpty)
    #expect(page.all("summary").map(\.text) == ["Tail classes and their partners"])
    let names = page.all("th").map(\.text)
    #expect(names.contains("m") && names.contains("m (2)"))
  }

  @Test("a run of which nothing is known has no section")
  func none() {
    var report = Report(title: "")
    report.diagnostics = [.init(run: "m")]
    #expect(HTMLReport.diagnostics(report).isEmpty)
  }
}
