// TrainingFigureTests - the run that the page draws is the one of the stored table.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@testable import LMPTPaper

@Suite struct TrainingFigureTests {
  private func table() throws -> [[String]] {
    let example = try WorkedExampleTests.example.get()
    let figure = try #require(try PaperFigures.figure("training", example))
    return try #require(figure.table)
  }

  /// Full LMPT with seed 0, as the component sweep stored it: its epoch and its figures.
  @Test func theKeptEpochIsTheSweeps() throws {
    let root = Fixtures.root.deletingLastPathComponent().path
    let stored = try JSON.read("\(root)/Benchmarks/Results/mini/components.json")
    let row = try #require(
      stored["runs"]?.array?.first {
        $0["label"]?.string == "+ E5 (full LMPT)" && $0["seed"]?.int == 0
      })
    let table = try table()
    let kept = try #require(table.first { $0[0].hasSuffix(", kept") })
    #expect(table.count { $0[0].hasSuffix(", kept") } == 1)
    #expect(kept[0] == "\(try #require(row["epoch"]?.int)), kept")
    let names = ["test mAP, %", "test, head", "test, medium", "test, tail"]
    for (name, key) in zip(names, ["total", "head", "medium", "tail"]) {
      let column = try #require(table[0].firstIndex(of: name))
      let shown = try #require(Double(kept[column]))
      // One digit behind the point is printed.
      #expect(abs(shown - 100 * (try #require(row[key]?.double))) <= 0.0501, "\(name)")
    }
  }

  @Test func everyEpochHasEveryFigure() throws {
    let table = try table()
    #expect(table.count == 31 && table[0].count == 12)
    for row in table.dropFirst() {
      #expect(row.dropFirst().allSatisfy { Double($0) != nil }, "\(row)")
    }
  }
}
