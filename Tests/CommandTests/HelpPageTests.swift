// HelpPageTests - pages of help and tables as text, at 80 and at 120 columns.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite("pages of help")
struct HelpPageTests {
  private static let root = Fixtures.root.deletingLastPathComponent()

  /// The pages one after the other, each below its command line; then tables.
  private func pages(_ columns: Int) throws -> String {
    let help = try HelpPage.all(columns: columns).map { words, page in
      (["lmpt"] + words + ["--help"], page.text)
    }
    let tables = try [
      ["equation", "--list"], ["data", "stats", "--dataset", "mini"],
    ].map { words in
      let outcome = try Program.run(words, environment: ["COLUMNS": "\(columns)"])
      return (["lmpt"] + words, outcome.output)
    }
    return (help + tables).map { "$ \($0.joined(separator: " "))\n\($1)\n" }.joined()
  }

  @Test(
    "pages and tables are the stored ones, which somebody has read, and fit the terminal",
    arguments: [80, 120])
  func stored(columns: Int) throws {
    let path = Self.root.appendingPathComponent("docs/help/columns-\(columns).txt").path
    let found = try pages(columns).components(separatedBy: "\n")
    let stored = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
    let difference = zip(found, stored).first { $0 != $1 }
    #expect(
      found == stored,
      "first at \(difference.map { "\($0)" } ?? "the end"); see docs/help/README.md"
    )
    for line in found { #expect(line.count <= columns, "\(line)") }
  }

  @Test("broken lines lose nothing: a page says of each option what the table has")
  func whole() throws {
    let table = try #require(try Program.run(["--help", "--json"]).json["commands"]?.array)
    for (words, page) in try HelpPage.all(columns: 50) where !words.isEmpty && page.commands.isEmpty
    {
      let command = table.first { $0["name"]?.string == words[0] }
      let name = words.joined(separator: " ")
      let found =
        words.count == 1
        ? command : command?["subcommands"]?.array?.first { $0["name"]?.string == name }
      let options = try #require(found?["options"]?.array, "\(words)")
      #expect(options.count == page.options.count, "\(words)")
      for (option, shown) in zip(options, page.options) {
        let name = try #require(option["name"]?.string)
        #expect(shown.names.first == "--\(name)", "\(words)")
        let said = shown.said.filter { $0 != " " }
        let help = try #require(option["help"]?.string)
        let fallback = option["default"]?.string.map { " (default: \($0))" } ?? ""
        #expect(said.hasSuffix((help + fallback).filter { $0 != " " }), "\(words) --\(name)")
        if let value = option["value"]?.string?.filter({ $0 != " " }) {
          #expect(said.contains(value), "\(words) --\(name)")
        }
      }
    }
  }

  @Test("the options of train stand under five headings")
  func headings() throws {
    let text = try HelpPage(["train"]).text
    let found = text.split(separator: "\n").filter { $0.hasSuffix(":") && !$0.hasPrefix(" ") }
    #expect(
      found == ["Data:", "Prompts:", "Loss:", "Optimiser:", "Run:", "Every command:", "Examples:"])
  }

  @Test("each option that has a gamma says whose it is")
  func gammas() throws {
    let options = try HelpPage(["train"]).options
    for (name, owner) in [
      ("--weight-gamma", "E5"), ("--gamma", "E7"), ("--focal", "E7"), ("--gamma-neg", "loss asl"),
      ("--gamma-pos", "loss asl"),
    ] {
      let said = try #require(options.first { $0.names.contains(name) }).said
      #expect(said.contains(" \(owner)"), "\(said)")
    }
  }

  @Test("a command below another takes its own options only")
  func subcommands() throws {
    let foreign = try Program.run(["data", "stats", "--dataset", "mini", "--from", "x.csv"])
    #expect(foreign.code == 2)
    #expect(foreign.errors.contains("data stats has no option '--from'"), "\(foreign.errors)")
    #expect(foreign.errors.contains("'lmpt data stats --help'"))
    let pages = try [["help", "data", "check"], ["data", "check", "--help"]].map {
      try Program.run($0).output
    }
    #expect(pages[0] == pages[1] && pages[0].contains("Usage: lmpt data check [OPTIONS]"))
    #expect(try Program.run(["data", "chekc"]).code == 2)
  }
}
