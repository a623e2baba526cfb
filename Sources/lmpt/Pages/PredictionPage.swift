// PredictionPage - the page of `lmpt predict`: the first pictures with their scores.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTReports
import LMPTTuning

/// A page with the first pictures and their scores.
final class PredictionPage {
  /// Where it is written.
  let path: String
  /// How many pictures it has at most, because it holds them all.
  let limit: Int
  private let scorer: PictureScorer
  private var examples: [Int: Report.Example] = [:]

  static let most = DefaultOption(
    "html-first", "N", 200, in: 1...10_000, "how many pictures the page has, the first ones")

  /// The page that a command line asks for.
  init?(_ arguments: Arguments, _ scorer: PictureScorer) throws {
    limit = try arguments[Self.most]
    guard let html = arguments.string("html") else { return nil }
    let path = try newResultPath(html, "--html")
    var others = arguments.operands + ["list", "weights"].compactMap { arguments.string($0) }
    if let out = arguments.string("output") { others += [out] + RowStore.filesBeside(out) }
    try requireOtherFile(path, than: others, named: "--html")
    (self.path, self.scorer) = (path, scorer)
  }

  /// Whether the page lacks one of the first pictures.
  func lacks(_ index: Int) -> Bool { index < limit && examples[index] == nil }

  /// Takes a picture, if it is one of the first.
  func add(_ scored: ScoredPicture, at index: Int) throws {
    guard lacks(index) else { return }
    examples[index] = Report.Example(
      image: try pictureForPage(path: scored.path, orient: scorer.orient), name: scored.path,
      labels: [], predicted: scored.labels,
      decisions: [
        Report.Example.Decision(method: scorer.shown.name, scores: scored.best.map(\.onPage))
      ])
  }

  /// Writes the page.
  ///
  /// - Parameters:
  ///   - total: how many pictures there are.
  ///   - bad: those that could not be read.
  /// - Throws: `FileError` where it cannot be written.
  func write(of total: Int, leftOut bad: [String]) throws {
    let classifier = scorer.classifier
    var page = Report(title: "Predictions of \(classifier.title)")
    page.examples = examples.sorted { $0.key < $1.key }.map(\.value)
    page.summary =
      summary(page.examples) + leftOut(bad)
      + (total > limit ? " These are the first \(limit) of \(total) pictures." : "")
    page.date = timestamp()
    page.scoreRemark = scorer.legend
    page.environment = [Report.Fact("program", "lmpt \(programVersion)")]
    if let commit = Installed.commit { page.environment.append(Report.Fact("commit", commit)) }
    page.environment += [
      Report.Fact("classes", classifier.names.joined(separator: ", ")),
      Report.Fact("scores", scorer.kind.rawValue),
      Report.Fact("weights fingerprint", String(classifier.model.fingerprint.prefix(16))),
    ]
    page.commands = [Environment.command.map(\.shellQuoted).joined(separator: " ")]
    try AtomicFile.write(HTMLReport.page(page), to: path)
  }

  /// What it says of pictures that could not be read.
  private func leftOut(_ paths: [String]) -> String {
    guard !paths.isEmpty else { return "" }
    let pictures = paths.count == 1 ? "1 picture is" : "\(paths.count) pictures are"
    return " \(pictures) left out as unreadable: "
      + "\(some(paths.map(\.fileName), most: 20))."
  }

  /// What it says first: which classes are the best ones of most pictures.
  private func summary(_ examples: [Report.Example]) -> String {
    guard !examples.isEmpty else { return "No picture." }
    var counts: [(name: String, count: Int)] = []
    for best in examples.compactMap({ $0.decisions.first?.scores.first?.name }) {
      if let index = counts.firstIndex(where: { $0.name == best }) {
        counts[index].count += 1
      } else {
        counts.append((best, 1))
      }
    }
    counts.sort { ($1.count, $0.name) < ($0.count, $1.name) }
    let most = counts.prefix(5).map { "\($0.name) \($0.count)" }.joined(separator: ", ")
    let others = counts.count - 5
    let rest = others > 0 ? " and \(others) more class\(others == 1 ? "" : "es")" : ""
    let pictures = examples.count == 1 ? "1 picture" : "\(examples.count) pictures"
    return "\(pictures). Best class: \(most)\(rest)."
  }
}
