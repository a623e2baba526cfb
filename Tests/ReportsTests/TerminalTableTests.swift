// TerminalTableTests - alignment, width and hostile text.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct TerminalTableTests {
  private var table: TerminalTable {
    var table = TerminalTable([.init("class"), .init("AP", .right)])
    table.add(["person", "91.20"])
    table.add(["cow", "7.5"])
    return table
  }

  @Test func `columns are aligned and lines end without spaces`() {
    let expected = """
      class      AP
      ------  -----
      person  91.20
      cow       7.5

      """
    #expect(table.text(glyphs: .ascii) == expected)
  }

  @Test func `the first column gives way to a narrow terminal`() {
    let lines = table.text(width: 12, glyphs: .ascii).split(separator: "\n")
    #expect(lines[2] == "pers\u{2026}  91.20")
    #expect(lines.allSatisfy { $0.count <= 12 })
    // because a table never drops figures, the narrowest form is wider than one column.
    #expect(table.text(width: 1).contains("91.20"))
  }

  @Test func `escape sequences and direction marks from outside are replaced`() {
    var table = TerminalTable([.init("x")])
    table.add(["\u{1B}[31mred\u{202E}\n"])
    let text = table.text()
    #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
    #expect(text.split(separator: "\n").count == 3)
  }

  @Test func `wide characters take two columns and combining marks none`() {
    #expect(TerminalText.width("\u{732B}") == 2)
    #expect(TerminalText.width("e\u{301}") == 1)
    #expect(TerminalText.width("\u{1F600}") == 2)
  }

  @Test func `rows of another length are completed or cut`() {
    var table = TerminalTable([.init("a"), .init("b")])
    table.add(["1"])
    table.add(["1", "2", "3"])
    #expect(!table.text().contains("3"))
  }

  @Test func `colours only where asked for`() {
    #expect(!table.text(style: .plain).contains("\u{1B}"))
    #expect(table.text(style: .color).contains("\u{1B}[1m"))
  }

  @Test(arguments: [
    (0.0, "          "), (0.5, "#####     "), (1.0, "##########"), (2.0, "##########"),
    (-1.0, "          "), (Double.nan, "          "),
  ])
  func `bars are clipped to their width`(fraction: Double, expected: String) {
    #expect(TerminalBar.text(fraction, width: 10, glyphs: .ascii) == expected)
  }

  @Test func `unicode bars have steps of an eighth`() {
    #expect(TerminalBar.text(0.3125, width: 2) == "\u{258B} ")
    #expect(TerminalBar.text(1, width: 2) == "\u{2588}\u{2588}")
    #expect(TerminalBar.text(0.5, width: 2, ink: .tail, style: .color).hasPrefix("\u{1B}[35m"))
  }

  @Test func `a table that just fits is not cut`() {
    var table = TerminalTable([.init("class"), .init("AP", .right)])
    table.add(["person", "91.20"])
    // 6 and 5 columns with 2 between them.
    #expect(table.text(width: 13, glyphs: .ascii) == table.text(glyphs: .ascii))
    #expect(table.text(width: 12, glyphs: .ascii) != table.text(glyphs: .ascii))
  }
}
