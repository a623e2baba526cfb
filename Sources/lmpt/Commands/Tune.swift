// Tune - `lmpt tune`: the same chance for every method, and then one look at the test images.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTTensors
import LMPTTuning

extension Command {
  static let tune = Command(
    name: "tune",
    summary: "choose each method's settings on training images, then measure them on test images",
    options: [
      tuned.option, trials.option, splits.option, seeds.option, fraction.option, seed.option,
      .value("set", "KEY=VALUE", "an option that is not varied; may be repeated"),
      .value(
        "vary", "KEY=LOW..HIGH",
        "draws a number from this range for every method that varies it; may be repeated"),
      .value("out", "DIR", "folder of the runs and the table", fallback: folder("DATASET")),
      .flag("list", "only say which trials there are"),
      .flag("markdown", "print the table as Markdown"),
    ] + Option.source,
    examples: [
      "lmpt tune --methods linear-probe,coop --trials 4 --seeds 2",
      "lmpt tune --methods all --dataset voc-lt --data data/voc --weights ViT-B-16.pt "
        + "--out runs/tuned",
    ],
    run: runTune)
}

private let usual = TunePlan.Budget()
private let tuned = DefaultOption("methods", "LIST", "all", "methods like coop,lmpt, or all")
private let trials = DefaultOption(
  "trials", "N", usual.trials, in: 1...1000, "sets of options a method, the published one first")
private let splits = DefaultOption(
  "splits", "S", usual.splits, in: 1...100, "splits of the training images that judge a trial")
private let seeds = DefaultOption(
  "seeds", "K", usual.seeds, in: 1...100, "runs of the best trial on the test images")
private let fraction = DefaultOption(
  "fraction", "F", usual.fraction, in: 0.01...0.9, "share of every class that a split holds out")
private let seed = DefaultOption(
  "seed", "N", usual.seed, in: 0...1_000_000, "decides trials, splits and seeds")

/// Where the runs go where nothing is said.
private func folder(_ dataset: String) -> String { "runs/tune-\(dataset)" }

private func runTune(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let data = try RunData.Request(arguments)
  let plan = try TunePlan(
    methods(arguments[tuned]), budget(arguments),
    fixed: try arguments.strings("set").map(SweepPlan.Changes.override),
    ranges: try arguments.strings("vary").map(range), data: data)
  if arguments.flag("list") { return list(plan) }
  let out = arguments.string("out") ?? folder(folderWord(plan.dataset))
  let progress = ProgressLine(arguments)
  Interruption.catchSignals()
  let table = try continuable {
    try TuneStages(plan: plan, out: out, progress: progress, command: .tune).run()
  }
  progress.finish()
  var output = Output(
    json: table.json,
    text: arguments.flag("markdown")
      ? table.markdown
      : "Tuned methods (\(plan.dataset))\n\n\(table.text(width: TextWidth.columns()))\n"
        + "tables: \(out)/tuned.md, tuned.json, trials.csv, trials.svg\n")
  let failures = table.tuned.flatMap(\.outcomes).compactMap(\.failure)
  let without = table.tunings.filter { $0.best == nil }
  if let first = without.first {
    output.fail(TuneError.noTrial(method: first.method.name), of: .tune)
  } else if let first = failures.first {
    let count = table.tuned.flatMap(\.outcomes).count
    output.fail(SweepError.failedRuns(count: failures.count, of: count), of: .tune)
    output.exitCode = ToldError(first).exitCode
  }
  return output
}

/// The methods of a list of names.
private func methods(_ text: String) throws -> [Method] {
  if text == tuned.initial { return Method.all }
  var found: [Method] = []
  for name in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
    guard let method = Method.named(name), !found.contains(method) else {
      throw UsageError.badValue(
        option: "--methods", found: text,
        expected: "\(tuned.initial), or different ones of "
          + Method.all.map(\.name).joined(separator: ", "))
    }
    found.append(method)
  }
  return found
}

/// A range from the command line.
private func range(_ text: String) throws -> SearchSpace.Dimension {
  let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
  let ends = (halves.count == 2 ? halves[1] : "").components(separatedBy: "..")
  let varied = Method.all.flatMap(\.search.dimensions).map(\.option)
    .compactMap { $0 as? TrainingOption<Double> }
  guard let option = varied.first(where: { $0.flag == halves.first }), ends.count == 2,
    let low = Double(ends[0]), let high = Double(ends[1]), low > 0, low < high, high.isFinite
  else {
    let names = Set(varied.map(\.flag)).sorted().joined(separator: ", ")
    throw UsageError.badValue(
      option: "--vary", found: text,
      expected: "KEY=LOW..HIGH with 0 < LOW < HIGH, KEY one of \(names)")
  }
  return .logarithmic(option, low...high)
}

private func budget(_ arguments: Arguments) throws -> TunePlan.Budget {
  var budget = usual
  (budget.trials, budget.splits) = (try arguments[trials], try arguments[splits])
  (budget.seeds, budget.seed) = (try arguments[seeds], try arguments[seed])
  budget.fraction = try arguments[fraction]
  return budget
}

/// The trials that a plan has, none of which is started.
private func list(_ plan: TunePlan) -> Output {
  let trials = plan.trials.flatMap(\.trials)
  let rows = trials.map { trial in
    JSON.object([
      ("method", .string(trial.method.name)), ("trial", .integer(trial.number)),
      ("settings", .object(trial.drawn.map { ($0.key, .string($0.shortValue)) })),
    ])
  }
  let spaces = plan.trials.map { method, trials in
    let ranges = method.search.replacing(plan.ranges).dimensions.map {
      "\($0.option.flag) \($0.range)"
    }
    return "\(method.name): \(trials.count) trials; \(ranges.joined(separator: "; "))\n"
      + trials.map { "  \($0.number)  \($0.text)\n" }.joined()
  }
  return Output(json: JSON.object([("trials", .array(rows))]), text: spaces.joined())
}
