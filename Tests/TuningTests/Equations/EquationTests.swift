// EquationTests - equations by name have fixtures, and their tags are those of docs/Equations.md.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import LMPTTuning
import Testing

@Suite struct EquationTests {
  @Test("every equation that can be run alone has fixtures")
  func everyEquationIsCovered() throws {
    let covered = Set(try StoredCases.files.get().map(\.equation.name))
    #expect(covered == Set(Equation.all.map(\.name)))
  }

  @Test(
    "--set factor multiplies E7, whose own factor is 1 in the paper's reading and 2 in the code's")
  func factor() throws {
    let inputs = [
      "logits": Tensor([0.5, -1], shape: [1, 2]), "labels": Tensor([1, 0], shape: [1, 2]),
      "counts": Tensor([3, 5]),
    ]
    func loss(_ settings: [String: String]) throws -> Float {
      let found = try Equation.named("distribution-balanced-loss")(
        inputs, settings: settings.merging(["total": "9"]) { $1 })
      return try #require(found.first { $0.name == "loss" }).value.item
    }
    let paper = try loss([:])
    // Powers of two: nothing is rounded.
    #expect(try loss(["factor": "4"]) == 4 * paper && paper > 0)
    let upstream = try loss(["variant": "upstream"])
    #expect(try loss(["variant": "upstream", "factor": "4"]) == 2 * upstream)
  }

  /// Tags of `Equation TAG:` in the doc comments of the method and the losses.
  private func tagsInCode() throws -> Set<String> {
    let sources = Fixtures.root.deletingLastPathComponent().appendingPathComponent("Sources")
    var tags: Set<String> = []
    for folder in ["Method", "Losses"] {
      let path = sources.appendingPathComponent("LMPTTuning/\(folder)").path
      for file in try FileManager.default.contentsOfDirectory(atPath: path) {
        let text = try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
        for line in text.split(separator: "\n") {
          guard let start = line.range(of: "/// Equation ") else { continue }
          tags.insert(String(line[start.upperBound...].prefix { $0 != ":" }))
        }
      }
    }
    return tags
  }

  /// The rows of the table.
  private func rows() throws -> [Substring] {
    let docs = Fixtures.root.deletingLastPathComponent().appendingPathComponent("docs")
    let text = try String(contentsOf: docs.appendingPathComponent("Equations.md"), encoding: .utf8)
    return text.split(separator: "\n").filter { $0.hasPrefix("| `") }
  }

  /// Tags in the first column of the table.
  private func tagsInTable() throws -> [String] {
    try rows().map { String($0.dropFirst(3).prefix { $0 != "`" }) }
  }

  @Test("every tag in the code is in the table, and the other way round")
  func sameTags() throws {
    let table = try tagsInTable()
    #expect(Set(table).count == table.count, "a tag stands twice")
    // L-name is the choice among the others, not an equation of its own.
    #expect(try tagsInCode() == Set(table).subtracting(["L-name"]))
  }

  @Test("every loss and every option that names an equation names one of the table")
  func values() throws {
    let table = Set(try tagsInTable())
    for loss in Loss.all { #expect(table.contains(loss.tag), "\(loss)") }
    for option in TrainingOptions.table {
      if let tag = option.tag { #expect(table.contains(tag), "\(option.name)") }
    }
    #expect(Set(Loss.all.map(\.name)).count == Loss.all.count)
    #expect(Set(Method.all.map(\.name)).count == Method.all.count)
  }

  @Test("every equation that can be run by name has a tag of the table")
  func commands() throws {
    let table = Set(try tagsInTable())
    for equation in Equation.all + [.promptSteps] {
      #expect(table.contains(equation.tag), "\(equation.name)")
    }
  }

  /// The suites of the tests, by name.
  private func suites() throws -> [String: String] {
    let tests = Fixtures.root.deletingLastPathComponent().appendingPathComponent("Tests")
    let folder = tests.appendingPathComponent("TuningTests")
    let files = try #require(FileManager.default.enumerator(atPath: folder.path))
    var texts: [String: String] = [:]
    for case let file as String in files where file.hasSuffix("Tests.swift") {
      let url = folder.appendingPathComponent(file)
      texts[url.deletingPathExtension().lastPathComponent] = try String(
        contentsOf: url, encoding: .utf8)
    }
    return texts
  }

  @Test("the suite that a row names is there and replays the row's fixtures")
  func suitesOfRows() throws {
    let (suites, names) = (try suites(), Equation.all.map(\.name))
    var replayed: Set<String> = []
    for row in try rows() {
      let cells = row.replacing("\\|", with: "").split(separator: "|").map(String.init)
      try #require(cells.count == 6, "\(row)")
      let text = try #require(suites[cells[4].trimmingCharacters(in: [" ", "`"])], "\(row)")
      for name in names where cells[3].contains("`\(name)`") {
        #expect(text.contains("\"\(name)\""), "\(cells[4]) does not replay \(name)")
        replayed.insert(name)
      }
    }
    #expect(replayed == Set(names))
  }
}
