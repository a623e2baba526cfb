// EvaluationExtras - what --top-k and --bootstrap add to the metrics of stored or fresh scores.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTTuning

extension Option {
  /// Which scores predict a label.
  static let threshold = DefaultOption(
    "threshold", "T", Evaluation.threshold, in: -1e30...1e30,
    "a label is predicted when its score is greater")

  /// Options of every command that prints an evaluation.
  static let evaluation: [Option] = [
    threshold.option,
    .value("top-k", "K", "also precision, recall and F1 of each image's K best labels"),
    .value("bootstrap", "N", "95 % intervals of mAP from N resamples of the test images"),
  ]
}

/// Precision, recall and F1 of the top k labels, and bootstrap intervals, where asked for.
struct EvaluationExtras {
  private let k: Int
  private let topK: PredictionMetrics?
  private let bootstrap: Bootstrap?

  init(
    _ arguments: Arguments, scores: [Double], labels: [Double], classes: Int, counts: [Double]?,
    limits: GroupLimits = .published
  ) throws {
    let k = try arguments.int("top-k", in: 1...1_000_000)
    let resamples = try arguments.int("bootstrap", in: 10...1_000_000)
    self.k = k ?? 0
    topK = k.map {
      PredictionMetrics(scores: scores, labels: labels, classes: classes, rule: .top($0))
    }
    bootstrap = resamples.map {
      Bootstrap(
        scores: scores, labels: labels, classes: classes, counts: counts, resamples: $0,
        limits: limits)
    }
  }

  init(
    _ arguments: Arguments, _ evaluation: Evaluation, counts: [Int], limits: GroupLimits
  ) throws {
    try self.init(
      arguments, scores: evaluation.scores.values.map(Double.init),
      labels: evaluation.labels.values.map(Double.init), classes: counts.count,
      counts: counts.map(Double.init), limits: limits)
  }

  /// The members that they add to a JSON output.
  var fields: [(key: String, value: JSON)] {
    var fields: [(key: String, value: JSON)] = []
    if let topK {
      fields.append(("top_k", .object([("k", .integer(k))] + topK.fields)))
    }
    if let bootstrap {
      func pair(_ interval: Bootstrap.Interval?) -> JSON {
        interval.map { .array([.number($0.low), .number($0.high)]) } ?? .null
      }
      fields.append(
        (
          "intervals",
          .object(
            [
              ("level", .number(bootstrap.level)), ("resamples", .integer(bootstrap.resamples)),
              ("seed", .integer(bootstrap.seed)),
            ] + ResultColumn.all.map { ($0.key, pair(bootstrap[$0])) })
        ))
    }
    return fields
  }

  /// The lines that they add to a table; empty when nothing was asked for.
  var text: String {
    var text = ""
    if let topK {
      text += "top \(k) labels of each image:\n\(predictionText(topK))\n"
    }
    if let bootstrap {
      text += "95 % intervals of mAP, \(bootstrap.resamples) resamples of the test images:\n"
      for column in ResultColumn.all {
        guard let interval = bootstrap[column] else { continue }
        text += "\(column.name.padded(to: 7)) \(percent(interval.low)) to "
        text += "\(percent(interval.high))\n"
      }
    }
    return text
  }
}

/// Precision, recall and F1 on two lines: means over classes (CP, CR, CF1), and all classes together
/// (OP, OR, OF1).
func predictionText(_ metrics: PredictionMetrics) -> String {
  let means = [metrics.classPrecision, metrics.classRecall, metrics.classF1]
  let overall = [metrics.overallPrecision, metrics.overallRecall, metrics.overallF1]
  func line(_ title: String, _ letter: String, _ values: [Double]) -> String {
    let parts = zip(["precision", "recall", "F1"], ["P", "R", "F1"]).map { name, short in
      "\(name) (\(letter)\(short)) "
    }
    let figures = zip(parts, values).map { $0 + percent($1) }
    return "\(title.padded(to: 19))\(figures.joined(separator: "  "))"
  }
  return line("mean over classes", "C", means) + "\n" + line("all together", "O", overall)
}

/// What to know of an mAP of which some classes have no image; empty when each has one.
func absentText(_ map: MeanAveragePrecision, _ classNames: [String]) -> String {
  guard let present = map.ofPresent, !map.absent.isEmpty else { return "" }
  let classes = map.perClass.count
  return
    "mAP over \(classes - map.absent.count) of \(classes) classes: \(fixed(present * 100, 1))\n"
    + "(no test image shows \(some(map.absent.map { classNames[$0] }));\n"
    + " the published convention counts such a class as 0, as the row above does)\n"
}

/// The first few names of a list.
func some(_ names: [String], most: Int = 5) -> String {
  let shown = names.prefix(most).map { "'\(Terminal.shown($0))'" }.joined(separator: ", ")
  return names.count > most ? "\(shown) and \(names.count - most) more" : shown
}
