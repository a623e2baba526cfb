// SamplePages - writes what outside checks look at: pages for a browser, a run folder for readers.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@testable import LMPTReports

/// Set `LMPT_SAMPLE_PAGES` to an existing folder to get the files (`.ci/report-screenshot` and
/// `Fixtures/generators/check_reports.py` take them from there).
private let folder = ProcessInfo.processInfo.environment["LMPT_SAMPLE_PAGES"]

@Suite(.enabled(if: folder != nil)) struct SamplePages {
  @Test(arguments: ["sample-run", "sample-comparison"])
  func `sample pages are written`(name: String) throws {
    let folder = try #require(folder)
    let report = try Report.parse(JSON.parse(Fixtures.bytes("reports/\(name).json")))
    try AtomicFile.write(HTMLReport.page(report), to: "\(folder)/\(name).html")
    try AtomicFile.write(report.json.text(), to: "\(folder)/report.json")
  }
}
