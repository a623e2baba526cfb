// ToldErrorTests - docs/Errors.md lists exactly the codes that the sources can give.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite("error codes")
struct ToldErrorTests {
  private static let root = Fixtures.root.deletingLastPathComponent()

  /// The bodies of every `var diagnostic: Diagnostic` of the sources, with their files.
  private func bodiesInSources() throws -> [(file: String, body: String)] {
    let sources = Self.root.appendingPathComponent("Sources").path
    let files = FileManager.default.subpaths(atPath: sources) ?? []
    return try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
      try String(contentsOfFile: "\(sources)/\(file)", encoding: .utf8)
        .components(separatedBy: "var diagnostic: Diagnostic").dropFirst()
        .map { (file, body($0)) }
    }
  }

  /// The codes in these bodies.
  private func codesInSources() throws -> [String: Set<String>] {
    var found: [String: Set<String>] = ["internal": ["lmpt/ToldError.swift"]]
    for (file, body) in try bodiesInSources() {
      for code in literals(in: body) { found[code, default: []].insert(file) }
    }
    return found
  }

  /// The text between the first brace and its partner.
  private func body(_ text: String) -> String {
    var depth = 0
    var result = ""
    for character in text {
      if character == "{" { depth += 1 }
      if depth > 0 { result.append(character) }
      if character == "}" {
        depth -= 1
        if depth == 0 { break }
      }
    }
    return result
  }

  /// Texts in quotation marks of the form `stage.what-is-wrong`.
  private func literals(in text: String) -> [String] {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }.filter(isCode)
  }

  private func isCode(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.unicodeScalars.allSatisfy {
            "abcdefghijklmnopqrstuvwxyz0123456789-".unicodeScalars.contains($0)
          }
      }
  }

  /// The rows of the tables: code, meaning, remedy.
  private func rows() throws -> [[String]] {
    let text = try String(
      contentsOf: Self.root.appendingPathComponent("docs/Errors.md"), encoding: .utf8)
    return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      // A bar inside a cell is escaped.
      line.replacingOccurrences(of: "\\|", with: "\u{1}").split(separator: "|")
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  @Test("the list and the code hold the same codes, each with a meaning and a remedy")
  func complete() throws {
    let sources = try codesInSources()
    #expect(sources.count > 200)
    var listed: Set<String> = []
    for row in try rows() {
      let code = row[0].trimmingCharacters(in: ["`"])
      #expect(row.count == 3 && row.allSatisfy { $0.count > 3 }, "\(row)")
      #expect(listed.insert(code).inserted, "\(code) is listed twice")
      #expect(sources[code] != nil, "\(code) is listed, but no error has it")
    }
    for (code, files) in sources where !listed.contains(code) {
      Issue.record("\(code) of \(files.sorted()) is missing in docs/Errors.md")
    }
  }

  @Test("the library speaks to who writes a program: of no option and no command")
  func libraryHints() throws {
    let bodies = try bodiesInSources().filter { !$0.file.hasPrefix("lmpt/") }
    #expect(bodies.count > 20)
    for (file, body) in bodies {
      #expect(!body.contains("--"), "\(file) names an option")
      #expect(!body.contains("lmpt "), "\(file) names a command")
    }
  }

  @Test("no two errors share a code")
  func unique() throws {
    for (code, files) in try codesInSources() {
      #expect(files.count == 1, "\(code) stands in \(files.sorted())")
    }
  }

  @Test("the codes of some real failures are in the list")
  func real() throws {
    let listed = Set(try rows().map { $0[0].trimmingCharacters(in: ["`"]) })
    for words in [["inspect", "/nonexistent"], ["inspekt"], ["metrics"], ["pixels", "/tmp"]] {
      let outcome = try Program.run(words + ["--json"])
      let code = try #require(try outcome.json["error"]?["code"]?.string)
      #expect(listed.contains(code), "\(code)")
    }
  }
}
