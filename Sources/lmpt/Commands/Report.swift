// Report - `lmpt report`: the pages of run folders on one page.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning
import LMPTReports

extension Command {
  static let report = Command(
    name: "report",
    summary: "compare run folders in a table and on one self-contained page",
    operands: "RUN...",
    options: [
      .value("html", "FILE", "write the page"),
      .value("title", "TEXT", "the page's heading", fallback: heading("N")),
    ],
    examples: [
      "lmpt report runs/* --html out.html",
      "lmpt report runs/voc-seed0 runs/voc-seed1 --json",
    ],
    run: runReport)
}

/// The page's heading where none is given.
private func heading(_ runs: String) -> String { "Comparison of \(runs) runs" }

private func runReport(_ arguments: Arguments) throws -> Output {
  guard !arguments.operands.isEmpty else {
    throw UsageError.missingArgument("a RUN folder", command: "report")
  }
  var runs: [FinishedRun] = []
  var (leftOut, sweeps) = ([String](), [String]())
  var seen: Set<String> = []
  for path in arguments.operands.flatMap(runFolders)
  where seen.insert(URL(fileURLWithPath: path).resolvingSymlinksInPath().path).inserted {
    // A pattern like runs/* also finds files and the folders of runs that are still going on; what is
    // not there was mistyped.
    let isFound = arguments.operands.count > 1 && FileManager.default.fileExists(atPath: path)
    guard isFolder(path) || !isFound else { continue }
    if isFound,
      !FileManager.default.fileExists(atPath: "\(path)/report.json")
    {
      let table = ["results.md", "tuned.md"].map { "\(path)/\($0)" }
        .first(where: FileManager.default.fileExists)
      if let table { sweeps.append(table) } else { leftOut.append(path) }
      continue
    }
    runs.append(try FinishedRun(path))
  }
  guard !runs.isEmpty else {
    throw FileError(
      file: (leftOut + sweeps).first ?? arguments.operands[0],
      cause: RunError.notARun(missing: "'report.json'"))
  }
  var notes: [String] = []
  if !leftOut.isEmpty {
    notes.append("left out, no report.json yet: \(leftOut.joined(separator: ", "))")
  }
  notes += sweeps.map { "left out, a sweep: its table is \($0), its runs are \($0.folderPrefix)*" }
  let title = arguments.string("title")
  var report = RunComparison.report(
    runs, title: title ?? heading("\(runs.count)"))
  if let title { report.title = title }
  if let html = arguments.string("html") {
    try AtomicFile.write(HTMLReport.page(report), to: html)
  }
  let page = arguments.string("html").map { "page: \(Terminal.shown($0))\n" } ?? ""
  let shown = report
  var output = Output(json: shown.json, text: Terminal.table(shown) + page)
  if !arguments.flag("quiet") { output.notes = notes }
  return output
}

/// The run folders that a path stands for: itself, or those of a finished sweep in the order of its
/// table, which several rows may share.
private func runFolders(_ path: String) -> [String] {
  guard !FileManager.default.fileExists(atPath: "\(path)/report.json"),
    let rows = (try? JSON.read("\(path)/results.json"))?["runs"]?.array
  else { return [path] }
  let folders = rows.compactMap { $0["folder"]?.string.map { "\(path)/\($0.fileName)" } }.filter {
    FileManager.default.fileExists(atPath: "\($0)/report.json")
  }
  return folders.isEmpty ? [path] : folders
}
