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
  }
}
