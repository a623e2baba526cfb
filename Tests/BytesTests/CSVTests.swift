// CSVTests - quoting and numbers that read back.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTBytes

@Suite struct CSVTests {
  @Test func `only cells that need quotes get them`() {
    let cells: [CSV.Cell] = [
      .text("plain"), .text("a,b"), .text("say \"hi\""), .text("two\nlines"), .text("cr\r\nlf"),
      .text(""), .text(" x"), .empty, .integer(-3),
    ]
    #expect(
      CSV.line(cells)
        == "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\nlf\",\"\",\" x\",,-3\n")
    #expect(CSV.line([.empty]) == "\"\"\n")
  }

  @Test(arguments: [0.1, 1e-5, 5e-324, 1.797_693_134_862_315_7e308, -0.0, 1 / 3.0])
  func `numbers read back to the same value`(value: Double) {
    let text = CSV.line([.number(value)]).dropLast()
    #expect(Double(text)?.bitPattern == value.bitPattern)
  }
}
