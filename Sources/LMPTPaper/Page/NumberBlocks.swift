// NumberBlocks - the worked example, figures, checks and answers as HTML.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTReports

/// The numbers of a page, computed when the page is made.
package struct NumberBlocks: PageNumbers {
  private let worked: WorkedExample
  private let readings: [WorkedReading]
  /// Runs a command line and gives what it prints.
  private let run: ([String]) throws -> String

  /// Computes what both readings give.
  ///
  /// - Parameters:
  ///   - worked: the worked example.
  ///   - run: runs a command line of the program, without its name, and gives what it prints.
  /// - Throws: what computing the released reading throws.
  package init(_ worked: WorkedExample, run: @escaping ([String]) throws -> String) throws {
    self.worked = worked
    readings = try worked.readings()
    self.run = run
  }

  /// The numbers of an equation, each symbol with its shape.
  package func example(_ tag: String, math: (String) throws -> String) throws -> String {
    guard let step = try worked.step(tag) else {
      throw PaperError.excerpt(tag, what: "the worked example has no such step")
    }
    let values = try step.values.map { try value($0, math: math) }.joined()
    return "<div class=\"values\">\n\(values)</div>\n"
      + Self.commands(try worked.commands(tag) + [PaperNumbers.command(tag)])
  }

  private func value(_ value: WorkedValue, math: (String) throws -> String) throws -> String {
    let key = SymbolTable.key(value.identifier).map { " data-s=\"\($0.escapedForHTML)\"" } ?? ""
    let shape = value.shape.isEmpty ? "" : " " + value.shape.description
    var out = "<div>\n<p class=\"name\"><span\(key)>\(try math(value.symbol))</span> "
    out += "<code>\(value.identifier.escapedForHTML)</code><small>\(shape)"
    out += "\(value.isComplete ? "" : ", first entries")</small></p>\n"
    let numbers = value.printed
    if numbers.count == 1, value.rows == nil, value.columns == nil {
      out += "<p><strong>\(numbers[0])</strong></p>\n"
    } else {
      out += Self.table(
        columns: value.columns, rows: value.rows,
        cells: stride(from: 0, to: numbers.count, by: value.width).map { start in
          let row = Array(numbers[start..<min(start + value.width, numbers.count)])
          return value.isComplete ? row : row + ["…"]
        })
    }
    if let note = value.note { out += "<p><small>\(note.escapedForHTML)</small></p>\n" }
    return out + "</div>\n"
  }

  /// Numbers with the names of their rows and columns.
  private static func table(columns: [String]?, rows: [String]?, cells: [[String]]) -> String {
    var out = "<div class=\"scroll\" tabindex=\"0\"><table>\n"
    if let columns {
      let corner = rows == nil ? "" : "<td></td>"
      let names = columns.map { "<th scope=\"col\" class=\"n\">\($0.escapedForHTML)</th>" }
      out += "<thead><tr>\(corner)\(names.joined())</tr></thead>\n"
    }
    out += "<tbody>\n"
    for (index, row) in cells.enumerated() {
      let name = rows.map { index < $0.count ? $0[index] : "" }
      let head = name.map { "<th scope=\"row\">\($0.escapedForHTML)</th>" } ?? ""
      let numbers = row.map { "<td class=\"n\">\($0.escapedForHTML)</td>" }.joined()
      out += "<tr>\(head)\(numbers)</tr>\n"
    }
    return out + "</tbody>\n</table></div>\n"
  }

  /// The commands that print what stands above.
  private static func commands(_ lines: [String], lead: String = "Print it") -> String {
    let shown = lines.map { "<code>\($0.escapedForHTML)</code>" }
    return "<p class=\"run\">\(lead): \(shown.joined(separator: ", "))</p>\n"
  }

  /// A drawing above its caption, with its numbers folded below.
  package func figure(_ name: String, caption: String) throws -> String {
    guard let figure = try PaperFigures.figure(name, worked) else {
      let known = PaperFigures.names.joined(separator: ", ")
      throw PaperError.excerpt(name, what: "there is no such figure; there are \(known)")
    }
    var out = "<figure class=\"drawn\" id=\"figure-\(name)\">\n\(figure.svg)\n"
    out += "<figcaption>\(caption)</figcaption>\n</figure>\n"
    if let table = figure.table, let header = table.first {
      out += "<details><summary>The numbers of this figure</summary>\n"
      out += Self.table(columns: header, rows: nil, cells: Array(table.dropFirst()))
      out += Self.commands(figure.commands + [PaperNumbers.command(name)]) + "</details>\n"
    }
    return out
  }

  /// The stored cases of an equation, replayed.
  package func checks(_ tag: String, source: (String) -> String) throws -> String {
    let checks = try PaperChecks.checks(tag, checkout: worked.checkout)
    guard !checks.isEmpty else {
      throw PaperError.excerpt(tag, what: "no stored cases check this equation")
    }
    var rows = ""
    for check in checks {
      let worst = NumberText.significant(check.worstError, 2)
      rows += "<tr><td><a href=\"\(source(check.fixture))\">\(check.fixture.fileName)</a></td>"
      rows += "<td><a href=\"\(source(check.oracle))\">\(check.oracle.fileName)</a></td>"
      rows += "<td class=\"n\">\(check.cases)</td>"
      rows += "<td class=\"n\"><span data-machine>\(worst)</span></td>"
      rows += "<td><a href=\"\(source(check.testFile))\"><code>\(check.test)</code></a></td></tr>\n"
    }
    let names = [
      "stored cases", "made by", "cases", "worst error, as a share of the allowed", "test",
    ]
    let head = names.map { "<th scope=\"col\">\($0)</th>" }.joined()
    return "<div class=\"checks\" id=\"checks-\(tag)\">\n<p class=\"who\">What checks it</p>\n"
      + "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n"
      + rows + "</tbody>\n</table></div>\n"
      + Self.commands([PaperChecks.command(tag)], lead: "Repeat it") + "</div>\n"
  }

  /// A question with its command and, folded, what the command prints.
  package func exercise(
    _ name: String, command: String, question: String, answer meaning: String
  ) throws -> String {
    guard let answer = try PaperExercises.answer(command, run: run) else {
      throw PaperError.excerpt(name, what: "an exercise's command begins with 'lmpt'")
    }
    return question + CodeMarkup.plain([command], language: "sh")
      + "<details><summary>What it prints</summary>\n"
      + CodeMarkup.plain(
        answer.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
        language: "text") + meaning + "</details>\n"
  }

  /// The numbers of a deviation under both readings.
  package func reading(_ deviation: String) throws -> String {
    let found = readings.filter { "\($0.deviation)" == deviation }
    return found.map { reading in
      let columns = reading.labels ?? [""]
      let cells = [reading.paper, reading.released].map { $0.map(WorkedValue.text) }
      return "<p class=\"name\">\(reading.what.escapedForHTML)</p>\n"
        + Self.table(
          columns: reading.labels == nil ? nil : columns,
          rows: ["this program", "the released code"], cells: cells)
        + Self.commands([reading.command])
    }.joined()
  }
}
