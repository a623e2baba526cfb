// ProgressText - what a line of progress says of a step, and what goes first where it is narrow.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTuning

enum ProgressText {
  /// A step of training in at most `width` columns; the time left is there at any width.
  ///
  /// - Parameters:
  ///   - step: where the run is.
  ///   - run: which of several runs it is.
  ///   - total: seconds until the last of several runs is done.
  ///   - width: columns.
  /// - Returns: the line.
  static func step(
    _ step: TrainingProgress, run: String? = nil, total: Double? = nil, width: Int
  ) -> String {
    let losses = step.losses
    let left = duration(step.secondsLeft)
    // The lower the rank, the sooner a part goes; those without one stay.
    var parts: [(text: String, rank: Int?)] = [
      (run.map { $0 + "  " } ?? "", 6), ("epoch \(step.epoch)/\(step.epochs)  ", 5),
      ("step \(step.step)/\(step.steps)  ", 3),
      ("loss \(fixed(Double(losses.total), 4))", 4),
      (" (cls \(fixed(Double(losses.cls), 4))  cse \(fixed(Double(losses.cse), 5)))", 0),
      ("  ", 4), ("\(fixed(step.imagesPerSecond, 0)) images/s  ", 1),
      (total == nil ? "" : "\(left) left of the run, ", 2),
      ("\(total.map(duration) ?? left) left" + (total == nil ? "" : " in all"), nil),
    ]
    var rank = 0
    while parts.reduce(0, { $0 + $1.text.count }) > width, rank <= 6 {
      parts.removeAll { $0.rank == rank }
      rank += 1
    }
    return parts.map(\.text).joined()
  }

  /// What an epoch came to: loss, mAP on the held-out images, rate, and the best so far.
  ///
  /// What is wider than `width` columns goes on in the next line.
  static func epoch(
    _ record: EpochRecord, of epochs: Int, best: EpochRecord?, width: Int
  ) -> String {
    var parts = ["epoch \(record.epoch)/\(epochs)", "loss \(fixed(record.loss, 4))"]
    if let validation = record.validation { parts.append("validation mAP \(points(validation))") }
    parts.append("lr \(String(format: "%.4g", record.learningRate))")
    if let best, let value = best.validation {
      parts.append("best \(points(value)) in epoch \(best.epoch)")
    }
    return TextWidth.broken(parts, joined: "  ", indent: "  ", width: width)
      .joined(separator: "\n")
  }

  private static func points(_ fraction: Double) -> String { fixed(fraction * 100, 1) }
}

/// When the last of several runs will be done, by the speed of the one under way.
struct TimeLeft {
  private var secondsPerEpoch = 0.0

  /// Seconds until all is done.
  ///
  /// - Parameters:
  ///   - step: where the run under way is.
  ///   - rest: epochs of the runs after it.
  /// - Returns: an estimate.
  mutating func seconds(_ step: TrainingProgress, rest: Int) -> Double {
    let left = Double(step.epochs - step.epoch + 1) - Double(step.step) / Double(max(step.steps, 1))
    if left > 0 { secondsPerEpoch = step.secondsLeft / left }
    return step.secondsLeft + Double(rest) * secondsPerEpoch
  }
}
