// ReportReadingTests - a report from its JSON form.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@testable import LMPTReports

@Suite struct ReportReadingTests {
  @Test func `every figure of an epoch is read from its own member`() throws {
    let text = """
      {"title":"","runs":[{"name":"r","epochs":[{"epoch":1,"loss":2,"cls":3,"cse":4,"lr":5,
      "val_map":6,"test_map":7,"seconds":8}]}]}
      """
    let epoch = try Report.parse(JSON.parse(text)).runs[0].epochs[0]
    #expect(
      epoch
        == Report.Epoch(
          epoch: 1, loss: 2, cls: 3, cse: 4, learningRate: 5, validation: 6, test: 7, seconds: 8))
  }
}
