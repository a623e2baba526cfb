// PaperFiguresTests - every figure is drawn, from numbers, and the same each time.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import LMPTTuning
import Testing

@testable import LMPTPaper

@Suite struct PaperFiguresTests {
  let example: WorkedExample
  init() throws { example = try WorkedExampleTests.example.get() }

  @Test(arguments: PaperFigures.names) func isDrawnTheSameEachTime(_ name: String) throws {
    let figure = try #require(try PaperFigures.figure(name, example))
    #expect(figure.name == name)
    let again = try PaperFigures.figure(name, example)
    #expect(figure.svg == again?.svg)
    let depth = try depth(of: figure.svg)
    #expect(depth == 0)
    #expect(!figure.svg.contains("NaN"))
    for row in figure.table ?? [] { #expect(row.count == figure.table?[0].count) }
  }

  /// How many elements are left open; a text that is no XML throws.
  private func depth(of text: String) throws -> Int {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var (reader, depth) = (XMLReader(bytes: bytes), 0)
      while let event = try reader.next() {
        switch event {
        case .open(_, let isEmpty): depth += isEmpty ? 0 : 1
        case .close: depth -= 1
        case .text: break
        }
      }
      return depth
    }
  }

  @Test func anUnknownNameHasNone() throws {
    #expect(try PaperFigures.figure("none", example) == nil)
  }

  /// Of the published list: 8,316 labels of 80 classes, 22 head, 33 medium and 25 tail, greatest 1128,
  /// smallest 6.
  @Test func theCountsAreThoseOfTheList() {
    let coco = PublishedCounts.coco
    #expect(coco.counts.count == 80 && coco.names.count == 80)
    #expect(coco.counts.max() == 1128 && coco.counts.min() == 6)
    #expect(coco.ordered.first?.name == "person" && coco.counts.reduce(0, +) == 8316)
    #expect(coco.counts.count { $0 >= 100 } == 22 && coco.counts.count { $0 < 20 } == 25)
    #expect(PublishedCounts.voc(example).counts.reduce(0, +) == 2346)
  }

  @Test func everyEquationHasChecksThatHold() throws {
    for tag in WorkedExample.tags {
      let checks = try PaperChecks.checks(tag, checkout: example.checkout)
      #expect(!checks.isEmpty, "\(tag)")
      for check in checks {
        #expect(check.worstError <= 1 && check.cases > 0, "\(tag) \(check.fixture)")
      }
    }
  }
}
