// Sweep - `lmpt sweep`: many runs out of one file, one table.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning

extension Command {
  static let sweep = Command(
    name: "sweep",
    summary: "run the arms, the grid and the seeds of a file; what is finished is not run again",
    operands: "(FILE.json | --merge OUT SHARD...)",
    options: [
      .value(
        "out", "DIR", "folder of the runs and the table", fallback: folder("NAME", "DATASET")),
      .value("seeds", "LIST", "seeds like 0,1,2, instead of the file's"),
      .value("set", "KEY=VALUE", "an option of 'lmpt train' for every run; may be repeated"),
      Option.shard.option,
      .value("merge", "OUT", "joins the folders of all parts that follow, and makes the table"),
      .flag("list", "only say which runs there are"), .dryRun,
      .flag("markdown", "print the table as Markdown"),
    ] + Option.source,
    examples: [
      "lmpt sweep Benchmarks/sweeps/components.json",
      "lmpt sweep Benchmarks/sweeps/lambda.json --dataset voc-lt --data data/voc "
        + "--weights ViT-B-16.pt --seeds 0,1,2",
      "lmpt sweep Benchmarks/sweeps/components.json --shard 1/4 --out part1",
    ],
    run: runSweep)
}

/// Where the runs go where nothing is said.
private func folder(_ name: String, _ dataset: String) -> String { "runs/\(name)-\(dataset)" }

private func runSweep(_ arguments: Arguments) throws -> Output {
  if let out = arguments.string("merge") { return try mergeSweep(arguments, into: out) }
  let path = try arguments.operands(1, "the sweep's FILE.json")[0]
  let file = try SweepFile(path)
  let changes = try SweepPlan.Changes(arguments)
  let plan = try inFile(path) { try SweepPlan(file, changes, data: RunData.Request(arguments)) }
  let shard = try arguments[Option.shard]
  let runs = Array(plan.runs[shard.range(of: plan.runs.count)])
  if arguments.flag("list") { return list(runs, arguments) }
  let out = arguments.string("out") ?? folder(file.name, folderWord(plan.dataset))
  let progress = ProgressLine(arguments)
  var assumed: Set<String> = []  // weights of which nothing says their activation
  var watching = observer(progress, runs: runs.count, arguments)
  watching.open = { request in
    let data = try RunData(request)
    if data.activationIsAssumed { assumed.insert(data.weightsPath) }
    return data
  }
  var runner = SweepRunner(runs, out: out, origin: Environment.origin, observer: watching)
  if arguments.flag("dry-run") {
    progress.begin("measuring a few steps of every arm")
    let estimate = try SweepEstimate(&runner)
    progress.finish()
    return Output(json: estimate.json, text: estimate.text)
  }
  var record = try arguments.given(Option.shard).map { SweepRecord(plan, $0, out: out) }
  if record == nil { try SweepRecord.requireNoPart(in: out) }
  try record?.requirePlace()
  Interruption.catchSignals()
  let earlier = finishedRows(of: "\(out)/results.json")
  func table(_ outcomes: [SweepOutcome]) -> SweepTable {
    SweepTable(
      plan: plan, outcomes: outcomes, activationIsAssumed: !assumed.isEmpty, command: .sweep)
  }
  let outcomes = try continuable {
    try runner.run {
      record?.runs = $0.map { SweepRecord.Run($0, failure: $0.failure.map(recorded)) }
      record?.activationIsAssumed = !assumed.isEmpty
      try record?.write()
      try write(table($0), to: out, over: earlier)
    }
  }
  progress.finish()
  return shown(
    table(outcomes), out, assumed.sorted().flatMap { assumptionNotes(true, $0) }, arguments)
}

/// The parts of a sweep, joined.
private func mergeSweep(_ arguments: Arguments, into out: String) throws -> Output {
  try refuse(
    ["out", "seeds", "set", "shard", "list", "dry-run"] + Option.source.map(\.name),
    beside: "--merge", arguments)
  let out = try resultPath(out, "--merge")
  let paths = try arguments.operands.map { try resultPath($0, "SHARD") }
  guard !paths.isEmpty else { throw UsageError.missingArgument("SHARD...", command: "sweep") }
  try SweepRecord.requireNoPart(in: out)
  let parts = try SweepParts(paths)
  Interruption.catchSignals()
  let earlier = finishedRows(of: "\(out)/results.json")
  let outcomes = try continuable { try parts.join(into: out) }
  let table = SweepTable(
    plan: parts.plan, outcomes: outcomes, activationIsAssumed: parts.activationIsAssumed,
    command: .sweep)
  try write(table, to: out, over: earlier)
  // What parts have told of their failures is told again.
  let told = outcomes.compactMap { outcome in
    outcome.failure.map { failureLine(outcome.run, $0, of: .sweep) }
  }
  return shown(table, out, told, arguments)
}

/// The table as the command line asks for it, and the failures.
private func shown(
  _ table: SweepTable, _ out: String, _ notes: [String], _ arguments: Arguments
) -> Output {
  let plan = table.plan
  var output = Output(
    json: table.json,
    text: arguments.flag("markdown")
      ? table.markdown
      : "\(plan.file.title) (\(plan.dataset))\n\n\(table.text)\n"
        + "tables: \(out)/results.csv, .json, .md\n")
  output.notes = notes
  let failures = table.outcomes.compactMap(\.failure)
  if let first = failures.first {
    let failed = SweepError.failedRuns(count: failures.count, of: table.outcomes.count)
    // Joining runs nothing.
    let advice = "each is named above; run its part again, then join the parts again"
    let isJoined = arguments.string("merge") != nil
    output.fail(isJoined ? AdvisedError(cause: failed, advice: advice) : failed, of: .sweep)
    output.exitCode = ToldError(first).exitCode
  }
  return output
}

/// What is kept of a failure for those who join the parts.
private func recorded(_ error: any Error) -> RecordedFailure {
  let told = ToldError(error, of: .sweep)
  return RecordedFailure(
    code: told.code, message: told.message, hint: told.hint, file: told.file,
    kind: (error as? any DiagnosticError)?.kind ?? .input)
}

/// The runs that a plan has, none of which is started.
private func list(_ planned: [SweepPlan.Run], _ arguments: Arguments) -> Output {
  let runs = planned.map { run in
    JSON.object([
      ("label", .string(run.label)), ("seed", run.seed.map(JSON.integer) ?? .null),
      ("command", .string(run.words(arguments).map(\.shellQuoted).joined(separator: " "))),
    ])
  }
  let lines = planned.map { $0.label + ($0.seed.map { ", seed \($0)" } ?? "") + "\n" }
  return Output(json: JSON.object([("runs", .array(runs))]), text: lines.joined())
}

/// Shows what happens, and gives every trained run its page.
private func observer(
  _ progress: ProgressLine, runs: Int, _ arguments: Arguments
) -> SweepRunner.Observer {
  var observer = SweepRunner.Observer(showingOn: progress, runs: runs, of: .sweep)
  var last: (key: String, page: RunPage)?  // what pages of runs on the same data have in common
  observer.trained = { trained in
    let (options, data) = (trained.run.options, trained.data)
    let key = "\(data.fingerprint) \(data.preprocessing) \(options.scores) \(options.method.sees)"
    if last?.key != key {
      last = (key, try RunPage(data, trained.features, scores: options.scores))
    }
    guard let page = last?.page else { return [] }
    let words = trained.run.words(arguments) + ["--out", trained.tuned.path]
    _ = try page.write(trained.tuned, name: trained.run.label, commandLine: words)
    return [RunPage.file]
  }
  return observer
}

/// What a table that is there already says of finished runs: their labels with seeds.
private func finishedRows(of path: String) -> Set<String> {
  let rows = (try? JSON.read(path))?["runs"]?.array ?? []
  return Set(
    rows.filter { $0["status"]?.string == "ok" }
      .map { "\($0["label"]?.string ?? "") \($0["seed"]?.int.map(String.init) ?? "")" })
}

/// The table as it stands, after every run, and the failures beside it; failures do not replace
/// `earlier`, the finished rows of the table that was there.
private func write(_ table: SweepTable, to out: String, over earlier: Set<String>) throws {
  let failures = table.outcomes.filter { $0.failure != nil }
  if failures.isEmpty {
    unlink("\(out)/failures.json")
  } else {
    let list = failures.map { outcome in
      JSON.object([
        ("label", .string(outcome.run.label)),
        ("seed", outcome.run.seed.map(JSON.integer) ?? .null),
        ("folder", outcome.folder.map(JSON.string) ?? .null),
        ("error", outcome.failure.map { ToldError($0, of: .sweep).json } ?? .null),
      ])
    }
    try AtomicFile.write(JSON.array(list).text(pretty: true) + "\n", to: "\(out)/failures.json")
  }
  let names = failures.map { "\($0.run.label) \($0.run.seed.map(String.init) ?? "")" }
  guard earlier.isDisjoint(with: names) else { return }
  try AtomicFile.write(table.csv, to: "\(out)/results.csv")
  try AtomicFile.write(table.json.text(pretty: true) + "\n", to: "\(out)/results.json")
  try AtomicFile.write(table.markdown, to: "\(out)/results.md")
}
