// ReportReadingTests - a report from its JSON form.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@testable import LMPTReports

@Suite struct ReportReadingTests {
  @Test func `every figure of an epoch is read from its own member`() throws {
    let text = """
      {"title":"","runs":[{"name":"r","epochs":[{"epoch":1,"loss":2,"cls":3,"cse":4,"lr":5,
      "val_map":6,"test_map":7,"seconds":8,"val_head":9,"val_medium":10,"val_tail":11,
      "test_head":12,"test_medium":13,"test_tail":14,"active_head":15,"active_medium":16,
      "active_tail":17}]}]}
      """
    let report = try Report.parse(JSON.parse(text))
    var expected = Report.Epoch(
      epoch: 1, loss: 2, cls: 3, cse: 4, learningRate: 5, validation: 6, test: 7, seconds: 8)
    expected.validationGroups = [.head: 9, .medium: 10, .tail: 11]
    expected.testGroups = [.head: 12, .medium: 13, .tail: 14]
    expected.activeMargins = [.head: 15, .medium: 16, .tail: 17]
    #expect(report.runs[0].epochs[0] == expected)
    #expect(try Report.parse(report.json) == report)
  }
}
