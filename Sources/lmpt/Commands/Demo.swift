// Demo - `lmpt demo`: the whole job on the embedded pictures and weights.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import Foundation
import LMPTTuning
import LMPTReports

extension Command {
  static let demo = Command(
    name: "demo",
    summary: "tune prompts on the embedded mini benchmark and print the table",
    options: [
      seedCount.option, folder.option, .cache,
    ],
    examples: ["lmpt demo", "lmpt demo --seeds 5 --out runs/demo-seeds"],
    run: runDemo)
}

private let seedCount = DefaultOption(
  "seeds", "N", 1, in: 1...1000, "seeds 0...N-1; the table gives mean and deviation")
private let folder = DefaultOption(
  "out", "DIR", "runs/demo", "where the run folders go", note: ", or the next free")

private func runDemo(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let seeds = try arguments[seedCount]
  let start = ContinuousClock.now
  let progress = ProgressLine(arguments)
  progress.begin("opening pictures and weights")
  var request = RunData.Request()
  request.cache = arguments.string("cache")
  let source = try RunData(request)
  let out = try arguments.given(folder) ?? freeFolder(folder.initial)
  Interruption.catchSignals()
  // A demo that was interrupted goes on, arm by arm; the folder of another command is refused.
  let root = try RunFolder(
    out, .either, configuration: [("command", "demo")] + source.configuration,
    recording: [source.access],
    origin: Environment.origin)
  do {
    return try tuneArms(arguments, source, root, seeds: seeds, progress, start: start)
  } catch {
    progress.finish()
    root.abandonIfEmpty()
    guard case let stop as RunError = error, stop.kind == .interrupted else { throw error }
    let command = words(seeds: seeds) + ["--out", out]
    throw AdvisedError(
      cause: stop, advice: "continue with '\(command.map(\.shellQuoted).joined(separator: " "))'")
  }
}

/// The words that repeat a demo.
private func words(seeds: Int) -> [String] {
  ["lmpt", "demo"] + (seeds > 1 ? ["--seeds", "\(seeds)"] : [])
}

/// Trains every arm with every seed and prints the table.
private func tuneArms(
  _ arguments: Arguments, _ source: RunData, _ root: RunFolder, seeds: Int,
  _ progress: ProgressLine, start: ContinuousClock.Instant
) throws -> Output {
  let out = root.path
  let features = try source.features(progress)
  let page = try RunPage(source, features, scores: .softmax)
  var rows = [(name: "zero-shot", results: [page.zeroShot.map])]
  var runs: [FinishedRun] = []
  let arms = MiniBenchmark.arms
  var time = TimeLeft()
  for (index, arm) in arms.enumerated() {
    var results: [MeanAveragePrecision] = []
    for seed in 0..<seeds {
      let options = MiniBenchmark.options(arm, seed: seed)
      let configuration = source.configuration + options.fields
      let path = "\(out)/\(arm.embedding.rawValue)-seed\(seed)"
      let folder = try RunFolder(
        path, .either, configuration: configuration, recording: [source.access],
        origin: Environment.origin)
      let number = index * seeds + seed + 1
      let name = "[\(number)/\(arms.count * seeds)] \(arm.name)"
      // Arms differ in their losses, not in their epochs.
      let rest = (arms.count * seeds - number) * options.epochs
      let result = try folder.train(
        features, model: source.model, options: options, resume: true
      ) {
        progress.show($0, run: name, total: time.seconds($0, rest: rest))
      } epoch: {
        progress.keep($0, of: options.epochs, best: $1, run: name)
      } alongside: { run in
        let report = try page.write(run, name: arm.name, commandLine: words(seeds: seeds))
        runs.append(FinishedRun(report, configuration: configuration))
        return [RunPage.file]
      }
      results.append(result.evaluation.map)
    }
    rows.append((arm.name, results))
  }
  progress.finish()

  RunMark.remove(from: out)
  try RunPage.write(
    RunComparison.report(runs, title: "LMPT on the mini benchmark"), to: out)
  try AtomicFile.write(table(rows).text(pretty: true) + "\n", to: "\(out)/metrics.json")
  try AtomicFile.write(csv(rows), to: "\(out)/metrics.csv")
  try RunMark.write(["config.json", "metrics.json", "metrics.csv", "report.json"], in: out)
  let dataset = features.dataset
  let text = """
    Mini benchmark: \(dataset.train.count) training and \(dataset.test.count) test pictures, \
    20 classes with VOC-LT's counts.
    A demonstration, not evidence about VOC-LT. Softmax scores; every epoch was chosen on a
    validation split of the training pictures\
    \(seeds > 1 ? "; mean and deviation over \(seeds) seeds" : "").

    \(ResultTable.text(rows))
    run folder: \(root.path), page: \(root.path)/report.html  (\(duration(start.seconds)))

    """
  let fields = table(rows).object?.members.map { ($0.key, $0.value) } ?? []
  var output = Output(json: JSON.object(fields + source.activationFields), text: text)
  output.notes = source.notes
  return output
}

/// The first of `path`, `path-2`, `path-3` ... that does not exist.
private func freeFolder(_ path: String) -> String {
  var (candidate, number) = (path, 1)
  while FileManager.default.fileExists(atPath: candidate) {
    number += 1
    candidate = "\(path)-\(number)"
  }
  return candidate
}

private func table(_ rows: [(name: String, results: [MeanAveragePrecision])]) -> JSON {
  let objects = rows.map { row in
    JSON.object(
      [("method", .string(row.name))]
        + ResultColumn.all.map { column in
          (column.name, .array(row.results.compactMap { $0[column] }.map { .number($0) }))
        })
  }
  return .object([("rows", .array(objects))])
}

private func csv(_ rows: [(name: String, results: [MeanAveragePrecision])]) -> String {
  CSV.table(
    header: ["method", "seed"] + ResultColumn.all.map(\.name),
    rows: rows.flatMap { name, results in
      results.enumerated().map { seed, map in
        [.text(name), .integer(seed)]
          + ResultColumn.all.map { map[$0].map(CSV.Cell.number) ?? .empty }
      }
    })
}
