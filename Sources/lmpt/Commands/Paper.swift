// Paper - `lmpt paper`: the annotated page, made from the sources and a run.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTPaper
import LMPTReports

extension Command {
  static let paper = Command(
    name: "paper",
    summary: "write the annotated page: every equation with its code and its numbers",
    options: [
      page.option,
      .value("example", "FOLDER", "also write the files that the page's commands read"),
      .value(
        "numbers", "NAME", "print the numbers of an equation or a figure instead, as E6 or tape"),
    ],
    examples: [
      "lmpt paper",
      "lmpt paper --html paper.html --example .",
      "lmpt paper --numbers E6",
    ],
    run: runPaper)
}

private let page = DefaultOption("html", "FILE", "annotated-lmpt.html", "where the page goes")

private func runPaper(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let folder = FileManager.default.currentDirectoryPath
  let checkout = try Paper.checkout(around: folder)
  if let name = arguments.string("numbers") {
    guard try arguments.given(page) == nil else {
      throw UsageError.conflict("--numbers prints, and --html writes the page; give one of them")
    }
    return try numbers(name, checkout)
  }
  let html = try arguments[page]
  let scratch = FileManager.default.temporaryDirectory.path + "/lmpt-paper-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: scratch) }
  let kept = arguments.string("example") ?? scratch
  do {
    try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
  } catch {
    let isThere = FileManager.default.fileExists(atPath: kept)
    throw FileError(file: kept, cause: isThere ? FileAccessError.isFile : .unwritable)
  }
  let example = try WorkedExample(checkout: checkout)
  try example.write(to: kept)
  let numbers = try NumberBlocks(example) { words in
    // The page's commands name the arrays as they lie in the reader's folder.
    try printed(words.map { WorkedExample.files.contains($0) ? "\(kept)/\($0)" : $0 })
  }
  let text = try Paper.page(checkout: checkout, for: html, numbers: numbers)
  try AtomicFile.write(text, to: html)
  return Output(
    json: JSON.object([("html", .string(html)), ("bytes", .integer(text.utf8.count))]),
    confirmation: ["wrote \(html)"])
}

/// The numbers of one part of the page.
private func numbers(_ name: String, _ checkout: String) throws -> Output {
  func unknown() -> UsageError {
    .badValue(
      option: "--numbers", found: name,
      expected: "one of \(PaperNumbers.names.joined(separator: ", "))")
  }
  guard PaperNumbers.names.contains(name) else { throw unknown() }
  guard let rows = try PaperNumbers.table(name, try WorkedExample(checkout: checkout)),
    let header = rows.first
  else { throw unknown() }
  var table = TerminalTable(header.map { TerminalTable.Column($0) })
  for row in rows.dropFirst() { table.add(row) }
  return Output(
    json: JSON.object([
      ("name", .string(name)),
      ("table", .array(rows.map { .array($0.map { .string($0) }) })),
    ]), text: table.text(style: Terminal.style, glyphs: Terminal.glyphs))
}

/// What a command line of this program prints.
private func printed(_ words: [String]) throws -> String {
  let command = try Command.named(words.first ?? "")
  let arguments = try Arguments.parse(Array(words.dropFirst()), for: command)
  var rows = ""
  var printer = Printer(json: false)
  printer.takesRow = { rows += $0 }
  let output = try command.run(arguments, printer)
  return rows + output.printedText
}
