// SymbolIndexTests - the symbols of all legends, each where it enters.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTPaper

@Suite struct SymbolIndexTests {
  private func entries(_ chapters: String...) throws -> [SymbolIndex.Entry] {
    SymbolIndex(try chapters.map { try ProseReader.read($0, name: "01-x.md") }).entries
  }

  @Test("a symbol that is taken over has one row; one with another meaning a row of its own")
  func rows() throws {
    let found = try entries(
      "```legend E3\nd | d | [B, C] | a distance\n```\n",
      "```legend E5\n\\gamma | gamma | number | the exponent\n```\n",
      """
      ```legend E6
      d | d | [B, C] | distance of a pair (E3)
      ```
      ```legend E7
      \\gamma | gamma | number | the focal exponent
      d | `d` | [B, C] | a distance
      ```
      """)
    #expect(found.map(\.symbol) == ["d", "\\gamma", "\\gamma"])
    #expect(found.map(\.tags) == [["E3", "E6", "E7"], ["E5"], ["E7"]])
    #expect(found[0].meaning == "a distance" && found[0].identifier == "d")
  }

  @Test("the table links each symbol to its equations")
  func table() throws {
    let index = SymbolIndex([
      try ProseReader.read("```legend E4\nn_i | n | [C] | *pictures*\n```\n", name: "01-x.md")
    ])
    let html = try index.html(InlineText(math: MathML(symbols: SymbolTable()), link: { $0 }))
    #expect(
      html.contains("<td><em>pictures</em></td><td class=\"shape\">[C]</td><td><code>n</code></td>")
    )
    #expect(html.contains("<td><a href=\"#E4\">E4</a></td><td><em>pictures</em></td>"))
  }
}
