// SweepProgress - what a command that works through many runs shows meanwhile.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

extension SweepRunner.Observer {
  /// Opens the data that runs ask for and shows what happens.
  ///
  /// - Parameters:
  ///   - progress: where it is shown.
  ///   - runs: how many there are.
  ///   - each: what one of them is called, where there are several kinds.
  ///   - command: the command whose words an error is told in.
  init(showingOn progress: ProgressLine, runs: Int, each: String? = nil, of command: Command) {
    self.init(open: RunData.init)
    let word = each.map { $0 + " " } ?? ""
    var (time, rest) = (TimeLeft(), 0)
    encoding = { progress.show("encoding pictures \($0)/\($1)") }
    starting = { _, left in rest = left.reduce(0) { $0 + ($1.isZeroShot ? 0 : $1.options.epochs) } }
    func name(_ run: SweepPlan.Run, _ number: Int) -> String {
      "[\(word)\(number)/\(runs)] \(run.label)"
    }
    step = { run, number, step in
      progress.show(step, run: name(run, number), total: time.seconds(step, rest: rest))
    }
    epoch = { run, number, record, best in
      progress.keep(record, of: run.options.epochs, best: best, run: name(run, number))
    }
    failed = { run, error in
      progress.finish()
      StandardStreams.tell(failureLine(run, error, of: command) + "\n")
    }
    changed = tellChanged
    waiting = { progress.show("waiting for other processes, which work on \($0) runs") }
  }
}

/// What is told of a run that failed.
func failureLine(_ run: SweepPlan.Run, _ error: any Error, of command: Command) -> String {
  let seed = run.seed.map { ", seed \($0)" } ?? ""
  return "lmpt: \(run.label)\(seed): \(ToldError(error, of: command).line)"
}

/// What a folder is called after: a known data set's name, or `own`.
func folderWord(_ dataset: String) -> String {
  KnownDataset.named(dataset)?.name ?? "own"
}
