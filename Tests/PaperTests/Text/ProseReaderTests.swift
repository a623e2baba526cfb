// ProseReaderTests - the Markdown of the prose.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@testable import LMPTPaper

@Suite struct ProseReaderTests {
  private func kinds(_ text: String) throws -> [ProseBlock.Kind] {
    try ProseReader.read(text, name: "x.md").blocks.map(\.kind)
  }

  private func fault(_ text: String) -> String? {
    do {
      _ = try ProseReader.read(text, name: "x.md")
      return nil
    } catch {
      return (error as? PaperError)?.message
    }
  }

  @Test("headings take their anchor from braces, or from their words")
  func headings() throws {
    let found = try kinds("# One two\n\n## Margin {#E4}\n")
    #expect(
      found == [
        .heading(level: 1, text: "One two", id: "one-two"),
        .heading(level: 2, text: "Margin", id: "E4"),
      ])
  }

  @Test("paragraphs end at an empty line or at another block; lists keep their long items")
  func texts() throws {
    let found = try kinds("a\nb\n\n- one\n  more\n- two\n\n1. first\n2. second\n> quoted\n")
    #expect(
      found == [
        .paragraph("a\nb"), .list(ordered: false, items: ["one\nmore", "two"]),
        .list(ordered: true, items: ["first", "second"]), .quote("quoted"),
      ])
  }

  @Test("tables, with a bar inside a cell")
  func tables() throws {
    let found = try kinds("| a | b |\n|--|--|\n| x \\| y | $z$ |\n")
    #expect(found == [.table(header: ["a", "b"], rows: [["x | y", "$z$"]])])
  }

  @Test("fenced blocks are code, or directives with their argument and body")
  func fences() throws {
    let found = try kinds("```swift\nlet x = 1\n```\n```formula E4\n\\mu_i\n```\n")
    #expect(
      found == [
        .code(language: "swift", lines: ["let x = 1"]),
        .directive(name: "formula", argument: "E4", body: ["\\mu_i"]),
      ])
  }

  @Test("a voice holds its blocks")
  func voices() throws {
    let found = try ProseReader.read(":::paper\nWhat is known.\n:::\nAfter.\n", name: "x.md")
    #expect(
      found.blocks == [
        ProseBlock(
          .voice("paper", [ProseBlock(.paragraph("What is known."), line: 2)]), line: 1),
        ProseBlock(.paragraph("After."), line: 4),
      ])
    #expect(found.flat.map(\.line) == [2, 4])
  }

  @Test("what is not closed, not known or uneven is a fault with its line")
  func faults() {
    #expect(fault("\n:::paper\ntext\n")?.hasPrefix("docs/paper/x.md:2: ") == true)
    #expect(fault(":::stranger\n:::\n")?.hasPrefix("docs/paper/x.md:1: no voice") == true)
    #expect(fault(":::\n")?.hasPrefix("docs/paper/x.md:1: ") == true)
    #expect(fault("text\n\n```sh\nls\n")?.hasPrefix("docs/paper/x.md:3: ") == true)
    #expect(fault("```formulas E4\n```\n")?.hasPrefix("docs/paper/x.md:1: no block") == true)
    #expect(fault("|a|b|\n|-|-|\n|x|\n")?.hasPrefix("docs/paper/x.md:3: 1 cells") == true)
    #expect(fault("#none\n")?.hasPrefix("docs/paper/x.md:1: a heading") == true)
  }
}
