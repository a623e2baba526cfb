// PaperFigureTests - every figure is drawn, from numbers, and the same each time.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import LMPTTuning
import Testing

@testable import LMPTPaper

@Suite struct PaperFigureTests {
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

  @Test func aFigureWithoutNumbersOfItsOwnIsNoneOfThePage() throws {
    for name in PaperFigures.names {
      #expect(try PaperFigures.figure(name, example)?.table != nil, "\(name)")
    }
  }

  @Test func anUnknownNameHasNone() throws {
    #expect(try PaperFigures.figure("none", example) == nil)
  }
}
