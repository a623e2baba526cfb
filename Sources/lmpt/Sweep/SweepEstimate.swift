// SweepEstimate - `lmpt sweep --dry-run`: what is left to do of a sweep, and what it will cost.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning

/// The cost of the runs that are not finished, one of each arm and grid point measured for some steps.
struct SweepEstimate {
  /// Runs that differ in nothing but their seed.
  private struct Row {
    let label: String
    let runs: Int
    let left: Int
    /// Of one run; nil when none is left.
    let estimate: RunEstimate?

    /// Seconds of what is left, without the features, which all rows share.
    var seconds: Double { estimate.map { Double(left) * ($0.captions + $0.training) } ?? 0 }
    var steps: Int { left * (estimate?.steps ?? 0) }
  }

  private var rows: [Row] = []
  /// Views of pictures to encode, and the seconds for them.
  private var (views, encoding) = (0, 0.0)

  /// Measures; writes nothing.
  init(_ runner: inout SweepRunner) throws {
    var measured: Set<String> = []
    var index = 0
    while index < runner.runs.count {
      let run = runner.runs[index]
      let group = runner.runs[index...].prefix { $0.label == run.label }
      index = group.endIndex
      let source = try runner.data(of: run)
      let left = group.count {
        (try? isFinished(runner.folder(of: $0, source))) != true
      }
      var estimate: RunEstimate?
      if left > 0 {
        estimate =
          run.isZeroShot
          ? RunEstimate(features: source.featureSource, of: source.dataset)
          : try RunEstimate(
            features: source.featureSource, of: source.dataset, model: source.model,
            options: run.options)
      }
      // Each model's features are computed once, by the first run that wants them.
      if let estimate,
        measured.insert("\(source.fingerprint) \(source.preprocessing)").inserted
      {
        views += estimate.views
        encoding += estimate.encoding
      }
      rows.append(Row(label: run.label, runs: group.count, left: left, estimate: estimate))
    }
  }

  private var left: Int { rows.reduce(0) { $0 + $1.left } }
  private var runs: Int { rows.reduce(0) { $0 + $1.runs } }
  private var steps: Int { rows.reduce(0) { $0 + $1.steps } }
  private var training: Double { rows.reduce(0) { $0 + $1.seconds } }
  private var memory: Int { rows.compactMap(\.estimate?.memory).max() ?? 0 }

  /// A line for every arm and grid point, and the sums.
  var text: String {
    let width = max(20, rows.map(\.label.count).max() ?? 0) + 2
    func line(_ cells: [String]) -> String {
      cells[0].padding(toLength: width, withPad: " ", startingAt: 0)
        + cells.dropFirst().map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }
        .joined()
    }
    var lines = [line(["run", "to do", "steps", "time"])]
    lines += rows.map {
      line([
        $0.label, $0.left == $0.runs ? "\($0.runs)" : "\($0.left) of \($0.runs)", "\($0.steps)",
        duration($0.seconds),
      ])
    }
    lines += [
      "", "features   \(views) views of pictures to encode, \(duration(encoding))",
      "runs       \(left) of \(runs), \(steps) steps, \(duration(training))",
      "time       \(duration(encoding + training))",
      "memory     \(fixed(Double(memory) / Double(1 << 30), 2)) GiB",
      "Measured on this machine with a few steps of each; nothing was written.",
    ]
    return lines.map { $0 + "\n" }.joined()
  }

  var json: JSON {
    .object([
      ("dry_run", .bool(true)), ("runs", .integer(runs)), ("runs_left", .integer(left)),
      ("views_to_encode", .integer(views)), ("steps", .integer(steps)),
      ("seconds_encoding", .number(encoding)), ("seconds_training", .number(training)),
      ("seconds", .number(encoding + training)), ("memory_bytes", .integer(memory)),
      (
        "arms",
        .array(
          rows.map {
            .object([
              ("label", .string($0.label)), ("runs", .integer($0.runs)),
              ("runs_left", .integer($0.left)), ("steps", .integer($0.steps)),
              ("seconds", .number($0.seconds)),
            ])
          })
      ),
    ])
  }
}
