// TuneStages - the two stages of `lmpt tune`, each a set of runs like a sweep's.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors
import LMPTTuning

/// What can be wrong with tuning that is not wrong with a run.
enum TuneError: DiagnosticError, Equatable {
  /// Every trial of a method failed on some split.
  case noTrial(method: String)

  var diagnostic: Diagnostic {
    switch self {
    case .noTrial(let method):
      Diagnostic(
        "tune.no-trial", "every trial of \(method) failed on some split",
        hint: "each failure is told; give other settings with --set", kind: .numeric)
    }
  }
}

/// Trials on training images first; then the best of each method, on the test images too.
struct TuneStages {
  let plan: TunePlan
  let out: String
  let progress: ProgressLine
  /// The command whose words an error is told in.
  let command: Command

  /// Works through both stages and writes the tables after each.
  func run() throws -> TuneTable {
    var assumed = false
    var source: RunData?
    func work(_ runs: [SweepPlan.Run], _ stage: String) throws -> [SweepOutcome] {
      var watching = SweepRunner.Observer(
        showingOn: progress, runs: runs.count, each: stage, of: command)
      watching.open = { request in
        let data = try RunData(request)
        assumed = assumed || data.activationIsAssumed
        source = data
        return data
      }
      var runner = SweepRunner(
        runs, out: out, origin: Environment.origin, observer: watching)
      return try runner.run()
    }
    let trials = try plan.results(work(plan.trialRuns, "trial"))
    var table = TuneTable(plan: plan, tunings: trials, activationIsAssumed: assumed)
    try write(table)
    let best = trials.compactMap { $0.best?.trial }
    let outcomes = try work(plan.finalRuns(best), "run")
    table = TuneTable(plan: plan, tunings: trials, activationIsAssumed: assumed)
    if let dataset = source?.dataset {
      for (index, trial) in best.enumerated() {
        let seeds = plan.budget.seeds
        table.tuned.append(
          try TunedMethod(
            trial.method, Array(outcomes[index * seeds..<(index + 1) * seeds]),
            counts: dataset.counts, limits: dataset.spec.groups))
      }
    }
    try write(table)
    return table
  }

  private func write(_ table: TuneTable) throws {
    try AtomicFile.write(table.csv, to: "\(out)/trials.csv")
    try AtomicFile.write(table.chart, to: "\(out)/trials.svg")
    guard !table.tuned.isEmpty else { return }
    try AtomicFile.write(table.json.text(pretty: true) + "\n", to: "\(out)/tuned.json")
    try AtomicFile.write(table.markdown, to: "\(out)/tuned.md")
  }
}
