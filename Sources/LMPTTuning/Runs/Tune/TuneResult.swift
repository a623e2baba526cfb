// TuneResult - what trials came to: the best of a method, its runs on the test images, and how methods differ.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTTensors

/// What a trial came to on the splits.
package struct TrialResult: Sendable {
  /// What was tried.
  package let trial: TunePlan.Trial
  /// mAP on the held-out images of every split that was trained to the end: the mean over the
  /// classes that have held-out images.
  package let scores: [Double]
  /// Classes without held-out images, which no score counts; one with a single training image.
  package let unjudged: [String]
  /// Splits on which the run failed.
  package let failures: Int
  /// Seconds of training.
  package let seconds: Double

  /// Mean and deviation over the splits; nil when a split failed, because a mean over fewer splits
  /// is no fair comparison.
  package var score: MeanAndDeviation? { failures == 0 ? MeanAndDeviation(scores) : nil }
}

/// What tuning a method came to.
package struct MethodTuning: Sendable {
  /// The method.
  package let method: Method
  /// Its trials, the published settings first.
  package let trials: [TrialResult]

  /// The trial with the highest score, the earlier of equals; nil when all failed.
  package var best: TrialResult? {
    var best: TrialResult?
    for result in trials {
      guard let mean = result.score?.mean else { continue }
      if mean > best?.score?.mean ?? -.infinity { best = result }
    }
    return best
  }
}

/// The best trial of a method on the test images.
package struct TunedMethod: Sendable {
  /// The method.
  package let method: Method
  /// A run for every seed.
  package let outcomes: [SweepOutcome]
  /// What explains the figures: one for every run, nil for one that failed.
  package let diagnostics: [TunedDiagnostics?]
  /// Seconds of training of all.
  package let seconds: Double
  /// mAP of every run that was trained to the end, with its resamples of the test images.
  fileprivate let measured: [(map: Double, samples: [Double])]

  /// mAP of a column, one value a seed.
  package func values(_ column: ResultColumn) -> [Double] {
    outcomes.compactMap { $0.value(column) }
  }

  /// Mean of the total; nil when every run failed.
  package var mean: Double? { MeanAndDeviation(values(.total))?.mean }

  /// One figure of the diagnostics, one value for every run that has it.
  package func values(_ figure: (TunedDiagnostics) -> Double?) -> [Double] {
    diagnostics.compactMap { $0.flatMap(figure) }
  }

  /// How much higher its mAP is than another's.
  package func difference(from other: TunedMethod) -> PairedDifference? {
    PairedDifference(measured, other.measured)
  }

  /// Reads what the runs of a method left in their folders.
  package init(_ method: Method, _ outcomes: [SweepOutcome], counts: [Int], limits: GroupLimits)
    throws
  {
    (self.method, self.outcomes) = (method, outcomes)
    diagnostics = try outcomes.map(TunedDiagnostics.init)
    seconds = try outcomes.reduce(0) { try $0 + trainingSeconds($1) }
    measured = try outcomes.compactMap { outcome in
      guard let folder = outcome.folder, let map = outcome.value(.total) else { return nil }
      let (scores, labels) = try TunedRun.testScores(in: folder)
      let sampled = Bootstrap(
        scores: scores.values.map(Double.init), labels: labels.values.map(Double.init),
        classes: counts.count, counts: counts.map(Double.init), limits: limits)
      return (map, sampled.samples)
    }
  }
}

extension TunePlan {
  /// What the trials came to, by method.
  ///
  /// - Parameter outcomes: those of `trialRuns`, in their order.
  /// - Returns: one for every method, in the order of the plan.
  /// - Throws: when a run's log cannot be read.
  package func results(_ outcomes: [SweepOutcome]) throws -> [MethodTuning] {
    var start = outcomes.startIndex
    return try trials.map { method, trials in
      let mine = outcomes[start..<start + trials.count * budget.splits]
      start = mine.endIndex
      return MethodTuning(
        method: method,
        trials: try trials.map { trial in
          let runs = (0..<budget.splits).map {
            mine[mine.startIndex + $0 * trials.count + trial.number]
          }
          let absent = runs.flatMap {
            $0.metrics?["classes_without_test_images"]?.array?.compactMap(\.string) ?? []
          }
          return TrialResult(
            trial: trial, scores: runs.compactMap { $0.metrics?["map_of_present"]?.double },
            unjudged: Set(absent).sorted(), failures: runs.count { $0.failure != nil },
            seconds: try runs.reduce(0) { try $0 + trainingSeconds($1) })
        })
    }
  }
}

/// How long a run was trained, by its own log.
private func trainingSeconds(_ outcome: SweepOutcome) throws -> Double {
  guard let folder = outcome.folder, outcome.failure == nil else { return 0 }
  return try EpochLog.read("\(folder)/events.jsonl").last?.seconds ?? 0
}
