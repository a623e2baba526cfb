// CSVTests - quoting and numbers that read back.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@testable import Reports

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

  @Test func `the three forms of an epoch have the same figures`() throws {
    let epoch = Report.Epoch(epoch: 3, loss: 0.75, learningRate: 5e-4, test: 0.5)
    #expect(EpochLog.csvHeader == "epoch,loss,cls,cse,lr,val_map,test_map,seconds\n")
    #expect(EpochLog.csvLine(epoch) == "3,0.75,,,0.0005,,0.5,\n")
    #expect(
      EpochLog.jsonLine(epoch) == "{\"epoch\":3,\"loss\":0.75,\"lr\":0.0005,\"test_map\":0.5}\n")
    let expected = EventFile.scalars(
      [("loss/total", 0.75), ("lr", 5e-4), ("map/test", 0.5)], step: 3, wallTime: 9)
    #expect(EpochLog.events(epoch, wallTime: 9) == expected)
  }
}
