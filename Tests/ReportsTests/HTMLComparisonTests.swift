// HTMLComparisonTests - each setting of a run stands below its own name.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import Testing

@testable import LMPTReports

@Suite struct HTMLComparisonTests {
  private func entry(
    _ name: String, _ total: Double, _ values: [String?], kept: Int? = nil, seconds: Double? = nil
  ) -> Report.Comparison.Entry {
    .init(
      result: .init(method: name, figures: [.total: .init(total)]), values: values, kept: kept,
      seconds: seconds)
  }

  private func page(
    _ settings: [String], _ runs: [Report.Comparison.Entry]
  ) throws -> Markup {
    var report = Report(title: "")
    report.comparison = .init(settings: settings, runs: runs)
    return try Markup(HTMLReport.runs(report))
  }

  @Test func `every value stands below the name of its setting`() throws {
    let page = try page(
      ["lr", "batch-size", "cseloss"],
      [
        entry("a", 0.5, ["0.01", "32", "none"]), entry("b", 0.625, ["0.02", "64", "softmargin"]),
      ])
    #expect(
      page.cells == [
        ["run", "mAP, %", "lr", "batch-size", "cseloss"],
        ["a", "50.00", "0.01", "32", "none"],
        ["b", "62.50", "0.02", "64", "softmargin"],
      ])
  }

  @Test func `a setting that a run has not is a dash, and moves no other`() throws {
    let dash = NumberText.missing
    let page = try page(
      ["lr", "batch-size", "cseloss"],
      [
        entry("a", 0.5, ["0.01", nil, "none"]), entry("b", 0.5, [nil, "64", nil]),
        entry("short", 0.5, ["0.04"]),
      ])
    #expect(
      page.cells.dropFirst().map { Array($0.dropFirst(2)) } == [
        ["0.01", dash, "none"], [dash, "64", dash], ["0.04", dash, dash],
      ])
  }

  @Test func `the kept epoch and the duration stand behind the settings`() throws {
    let page = try page(
      ["lr"],
      [entry("a", 0.5, ["0.01"], kept: 3, seconds: 61), entry("b", 0.5, ["0.02"])])
    #expect(
      page.cells == [
        ["run", "mAP, %", "lr", "kept epoch", "duration"],
        ["a", "50.00", "0.01", "3", "1 min 01 s"],
        ["b", "50.00", "0.02", NumberText.missing, NumberText.missing],
      ])
  }
}
