// ReportMergingTests - several runs on one page.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct ReportMergingTests {
  @Test func `a class that one of several runs has not keeps its columns`() {
    func report(_ total: Double, _ classes: [String]) -> Report {
      var report = Report(title: "")
      report.results = [.init(method: "m", figures: [.total: .init(total)])]
      report.methods = ["m"]
      report.classes = classes.map { .init(name: $0, count: 1, group: .tail, ap: [total]) }
      return report
    }
    let three = Report.merged(
      [report(0.1, ["a"]), report(0.2, ["b"]), report(0.3, ["a", "b"])], title: "")
    #expect(three.classes.map(\.name) == ["a", "b"])
    #expect(three.classes[0].ap == [0.1, nil, 0.3])
    #expect(three.classes[1].ap == [nil, 0.2, 0.3])
  }
}
