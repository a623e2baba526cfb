// PageParts - what the blocks of the prose are filled with.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes

/// The numbers and drawings of a page, as HTML.
package protocol PageNumbers {
  /// The worked example at an equation.
  func example(_ tag: String, math: (String) throws -> String) throws -> String
  /// A figure above its caption.
  func figure(_ name: String, caption: String) throws -> String
  /// What checks an equation.
  func checks(_ tag: String, source: (String) -> String) throws -> String
  /// What a command line prints, and what it means, folded below the question that it answers.
  func exercise(
    _ name: String, command: String, question: String, answer: String
  ) throws -> String
  /// The numbers of a deviation under both readings; empty where there are none.
  func reading(_ deviation: String) throws -> String
}

/// What the blocks of the prose are filled with.
struct PageParts {
  let excerpts: ExcerptFinder
  let deviations: [Deviation]
  /// The files of the tests' suites, by the suites' names.
  let suites: [String: String]
  /// The files of the list of methods.
  let methodFiles: [(path: String, text: String)]
  let links: PageLinks
  let numbers: any PageNumbers

  /// Reads what the blocks may cite.
  init(checkout: String, links: PageLinks, numbers: any PageNumbers) throws {
    let sources = try Paper.files(in: checkout, "Sources", ending: ".swift")
    // The first steps of the ladder stand where they are measured.
    let bench = try Paper.files(in: checkout, "Benchmarks/bench", ending: ".swift")
    excerpts = ExcerptFinder(files: sources + bench)
    methodFiles = sources.filter { $0.path.hasPrefix("Sources/LMPTTuning/Methods/") }
    let document = try Paper.files(in: checkout, "docs", ending: "Deviations.md")
    deviations = document.flatMap { Deviation.all(in: $0.text) }
    let tests = FileManager.default.subpaths(atPath: "\(checkout)/Tests") ?? []
    let files = tests.filter { $0.hasSuffix("Tests.swift") }.sorted()
    suites = Dictionary(
      files.map { ($0.fileName.replacing(".swift", with: ""), "Tests/\($0)") },
      uniquingKeysWith: { first, _ in first })
    (self.links, self.numbers) = (links, numbers)
  }

  func example(_ tag: String, _ body: [String], _ inline: InlineText) throws -> String {
    let lead = try paragraphs(body, inline)
    let numbers = try numbers.example(tag) { try inline.math.formula($0, display: false) }
    return "<div class=\"box\">\n<p class=\"who\">The worked example</p>\n\(lead)\(numbers)</div>\n"
  }

  func figure(_ name: String, _ body: [String], _ inline: InlineText) throws -> String {
    try numbers.figure(name, caption: try inline.html(body.joined(separator: "\n")))
  }

  func checks(_ tag: String) throws -> String {
    try numbers.checks(tag) { links.source($0) }
  }

  /// A question, a line `$ command`, and what its output means.
  func exercise(_ name: String, _ body: [String], _ inline: InlineText) throws -> String {
    guard let at = body.firstIndex(where: { $0.hasPrefix("$ ") }) else {
      throw PaperError.excerpt(name, what: "an exercise has a line '$ lmpt ...'")
    }
    let question = try paragraphs(Array(body[..<at]), inline)
    let hint = try paragraphs(Array(body[(at + 1)...]), inline)
    let answer = try numbers.exercise(
      name, command: String(body[at].dropFirst(2)), question: question, answer: hint)
    return
      "<div class=\"box exercise\" id=\"exercise-\(name)\">\n<p class=\"who\">Exercise</p>\n\(answer)</div>\n"
  }

  private func paragraphs(_ lines: [String], _ inline: InlineText) throws -> String {
    try lines.split { $0.isEmpty }.map {
      "<p>\(try inline.html($0.joined(separator: "\n")))</p>\n"
    }.joined()
  }
}
