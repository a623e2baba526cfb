// PaperNumbersTests - what `lmpt paper --numbers` prints.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTPaper

@Suite struct PaperNumbersTests {
  let example: WorkedExample
  init() throws { example = try WorkedExampleTests.example.get() }

  @Test(arguments: PaperNumbers.names) func everyNameHasATableOfEvenRows(_ name: String) throws {
    let table = try #require(try PaperNumbers.table(name, example))
    #expect(table.count > 1)
    for row in table { #expect(row.count == table[0].count, "\(row)") }
  }

  @Test func theCellsOfTheEmbeddingLossHaveItForTheirMean() throws {
    let table = try #require(try PaperNumbers.table("E6", example))
    let costs = table.filter { $0[0] == "cost" }
    #expect(costs.map { $0[1] } == example.pictures)
    let sum = costs.flatMap { $0[2...] }.compactMap(Double.init).reduce(0, +)
    // Five digits of each.
    #expect(abs(sum / 6 - Double(example.paper.cse)) < 1e-4 * Double(example.paper.cse))
  }

  @Test func anotherNameHasNone() throws {
    #expect(try PaperNumbers.table("E9", example) == nil)
  }
}
