// HelpTests - pages of help and tables as text, at 80 and at 120 columns.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import Testing

@Suite("pages of help")
struct HelpTests {
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

  @Test("--help of every command shows its options and at least two examples")
  func help() throws {
    #expect(try Program.run(["--help"]).code == 0)
    let commands = try HelpPage([]).commands
    #expect(commands.count >= 10)
    for command in commands {
      let page = try HelpPage([command]).text
      #expect(page.contains("Usage: lmpt \(command)"))
      let examples = page.split(separator: "\n").drop { $0 != "Examples:" }.dropFirst()
      #expect(examples.count >= 2, "\(command) has \(examples.count) examples")
    }
  }

  /// What a help page says behind each option.
  private func printed(_ command: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for (names, said) in try HelpPage([command]).options {
      guard let start = said.range(of: "(default: "), said.hasSuffix(")") else { continue }
      found[String(names[0])] = String(said[start.upperBound...].dropLast())
    }
    return found
  }

  private static let published: [(String, [String: String])] = [
    (
      "train",
      [
        "--dataset": "mini", "--preprocess": "lmpt", "--cache": "~/.cache/lmpt",
        "--on-bad-image": "fail", "--method": "lmpt", "--n-ctx": "16", "--m-ctx": "2",
        "--ctx-init": "\"\"", "--class-token-position": "end",
        "--loss-function": "dbl",
        "--variant": "paper", "--cseloss": "softmargin", "--alignment": "sentence",
        "--captions": "tokens", "--weights-sum": "sum", "--weight-gamma": "2", "--margin": "0.2",
        "--lam": "0.5", "--alpha": "0.1", "--beta": "10", "--gamma": "0.3; coco-lt 0.2",
        "--neg-scale": "5; coco-lt 2", "--kappa": "0.05", "--focal": "2",
        "--gamma-neg": "4", "--gamma-pos": "0; dualcoop 1", "--smoothing": "0.1",
        "--rarity": "1.35", "--sampling": "uniform", "--consistency": "0.1",
        "--templates": "single", "--residual-scale": "0.5", "--adapter-ratio": "0.2",
        "--prior-strength": "1", "--cache-weight": "1.17", "--cache-sharpness": "1",
        "--contrast": "1", "--cls-weight": "0.4", "--optimizer": "sgd", "--lr": "5e-4",
        "--momentum": "0.9",
        "--weight-decay": "1e-4", "--schedule": "plateau", "--batch-size": "64", "--epochs": "50",
        "--seed": "0", "--select": "validation", "--validation": "0.2", "--scores": "softmax",
        "--threads": "all cores",
      ]
    ),
    (
      "evaluate",
      [
        "--cache": "the run's", "--scores": "the run's", "--on-bad-image": "the run's",
        "--threshold": "0.3", "--threads": "all cores",
      ]
    ),
    (
      "predict",
      [
        "--preprocess": "the run's; clip", "--top": "5", "--threshold": "auto",
        "--on-bad-image": "fail", "--threads": "all cores", "--html-first": "200",
        "--shard": "1/1",
      ]
    ),
    (
      "zeroshot",
      [
        "--dataset": "mini", "--preprocess": "lmpt", "--cache": "~/.cache/lmpt",
        "--on-bad-image": "fail", "--template": "a photo of a {}.", "--templates": "single",
        "--scores": "softmax", "--threshold": "0.3", "--threads": "all cores",
      ]
    ),
    ("metrics", ["--threshold": "0.3", "--threads": "all cores"]),
    (
      "pixels",
      ["--stage": "input", "--preprocess": "lmpt", "--size": "224", "--threads": "all cores"]
    ),
    (
      "encode",
      [
        "--preprocess": "lmpt", "--threads": "all cores", "--dtype": "f4", "--shard": "1/1",
        "--on-bad-image": "fail",
      ]
    ),
  ]

  @Test("help pages print the published defaults", arguments: published)
  func defaults(command: String, expected: [String: String]) throws {
    #expect(try printed(command) == expected)
  }
}
