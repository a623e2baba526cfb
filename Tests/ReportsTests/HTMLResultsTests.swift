// HTMLResultsTests - what is underlined in the table of results, and the signs of differences.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import Testing

@testable import LMPTReports

@Suite struct HTMLResultsTests {
  /// A row with mAP in percent: of all classes, of head and of tail.
  private func row(
    _ method: String, _ total: Double, _ head: Double, _ tail: Double, block: String? = nil,
    evidence: Report.Evidence = .measured
  ) -> Report.Row {
    .init(
      method: method, block: block,
      figures: [
        .total: .init(total / 100), .group(.head): .init(head / 100),
        .group(.tail): .init(tail / 100),
      ], evidence: evidence)
  }

  private var three: [Report.Row] {
    [
      row("zero-shot CLIP", 53.5, 48.4, 60.7), row("CoOp", 61, 70, 55),
      row("LMPT", 67.7, 65, 59.8),
    ]
  }

  /// Of each row its name, then the texts of some of its elements.
  private func texts(
    _ rows: [Report.Row], _ isWanted: (Element) -> Bool
  ) throws -> [[String]] {
    var report = Report(title: "")
    report.results = rows
    return try Markup(HTMLReport.results(report)).rows.compactMap { row in
      let name = row.first { $0.name == "th" && $0.attributes["scope"] == "row" }
      return name.map { [$0.text] + row.filter(isWanted).map(\.text) }
    }
  }

  private func underlined(_ rows: [Report.Row]) throws -> [[String]] {
    try texts(rows) { $0.attributes["class"] == "best" }
  }

  private func differences(_ rows: [Report.Row]) throws -> [[String]] {
    try texts(rows) { $0.name == "small" }
  }

  @Test func `the greatest figure of each column is underlined`() throws {
    let best = [["zero-shot CLIP", "60.70"], ["CoOp", "70.00"], ["LMPT", "67.70"]]
    #expect(try underlined(three) == best)
    #expect(try underlined(three.reversed()) == best.reversed())
  }

  @Test func `equal figures are best together`() throws {
    let rows = [row("a", 50, 40, 30), row("b", 50, 41, 29)]
    #expect(try underlined(rows) == [["a", "50.00", "30.00"], ["b", "50.00", "41.00"]])
  }

  @Test func `rows that were read are never underlined and take nothing from those measured`()
    throws
  {
    let read = [
      row("better", 99, 98, 97, block: "published", evidence: .read("a paper")),
      row("worse", 9, 8, 7, block: "published", evidence: .read("a paper")),
    ]
    #expect(
      try underlined(read + three) == [
        ["better"], ["worse"], ["zero-shot CLIP", "60.70"], ["CoOp", "70.00"], ["LMPT", "67.70"],
      ])
    #expect(try differences(read + three).prefix(2) == [["better"], ["worse"]])
    #expect(try underlined(read) == [["better"], ["worse"]])
  }

  @Test func `one measured row is the best of nothing`() throws {
    #expect(try underlined([row("LMPT", 67.7, 65, 59.8)]) == [["LMPT"]])
  }

  @Test func `rows of different data sets have no best`() throws {
    let rows = [row("a", 60, 50, 40, block: "one"), row("b", 30, 20, 10, block: "other")]
    #expect(try underlined(rows) == [["a"], ["b"]])
  }

  @Test func `more than zero-shot has a plus and less a minus`() throws {
    let minus = "\u{2212}"
    #expect(
      try differences(three) == [
        ["zero-shot CLIP"], ["CoOp", "+7.5", "+21.6", minus + "5.7"],
        ["LMPT", "+14.2", "+16.6", minus + "0.9"],
      ])
    // No sign without a difference, and none without zero-shot CLIP.
    let same = try differences([three[0], row("same", 53.5, 48.4, 60.7)])
    #expect(same == [["zero-shot CLIP"], ["same", "0.0", "0.0", "0.0"]])
    #expect(try differences(Array(three.dropFirst())) == [["CoOp"], ["LMPT"]])
  }

  @Test func `what is below the table is of what the table has`() throws {
    func says(_ words: String, _ rows: [Report.Row]) -> Bool {
      var report = Report(title: "")
      report.results = rows
      return HTMLReport.results(report).contains(words)
    }
    let both = ["one", "other"].flatMap { block in
      [row("zero-shot CLIP", 50, 40, 30, block: block), row("LMPT", 60, 50, 40, block: block)]
    }
    for (rows, best, sign) in [
      (three, true, true), (both, false, true), (Array(three.dropFirst()), true, false),
      (Array(three.prefix(1)), false, false),
    ] {
      #expect(says("Underlined:", rows) == best, "\(rows.map(\.method))")
      #expect(says("With a sign:", rows) == sign, "\(rows.map(\.method))")
    }
  }

  @Test func `a deviation stands before the difference`() throws {
    var rows = Array(three.prefix(2))
    rows[1].figures = [.total: .init(0.61, deviation: 0.0125)]
    #expect(try differences(rows)[1] == ["CoOp", "\u{00B1} 1.25 \u{00B7} +7.5"])
  }
}
