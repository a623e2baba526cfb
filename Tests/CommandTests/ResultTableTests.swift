// ResultTableTests - the table of `lmpt train`, `demo` and `sweep`, by hand.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import Testing

@testable import lmpt

@Suite struct ResultTableTests {
  @Test("percent with one digit; several values give mean and sample deviation")
  func summaries() {
    #expect(ResultTable.summary([0.6243]) == "62.4" && ResultTable.summary([]) == "-")
    // Mean 0.5; the sample deviation of 0.4 and 0.6 is 0.1 times the root of 2.
    #expect(ResultTable.summary([0.4, 0.6]) == "50.0 +-14.1")
  }

  @Test("columns are as wide as their heads, and a method without a group has a dash")
  func table() {
    let text = ResultTable.text([
      ("zero-shot", [MeanAveragePrecision(perClass: [0.5, 0.25], counts: [100, 100])])
    ])
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.count == 2 && lines[0].hasPrefix("mAP, %") && lines[0].hasSuffix("tail"))
    #expect(lines[1].split(separator: " ") == ["zero-shot", "37.5", "37.5", "-", "-"])
    #expect(lines[0].count == lines[1].count)
  }
}
