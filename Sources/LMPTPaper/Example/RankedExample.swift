// RankedExample - a list of pictures with scores, for average precision by hand.
// SPDX-License-Identifier: Apache-2.0

import LMPTWeights

/// Ten pictures in a list, with scores that all differ and with ties.
enum RankedExample {
  /// Which of them show the class.
  static let positives = [true, false, true, true, false, false, true, false, false, false]
  /// Two classes of `lmpt metrics` with the same labels.
  static let columns: [(name: String, scores: [Double])] = [
    ("All scores differ", (0..<10).map { 1 - Double($0) / 10 }),
    ("Equal scores are one threshold", [0.9, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1]),
  ]
  /// What the commands call the files.
  static let (scores, labels) = ("ranked-scores.npy", "ranked-labels.npy")
  /// What prints both average precisions.
  static let command = "lmpt metrics --scores \(scores) --labels \(labels)"

  /// Scores and labels, each [10, 2], as files of a folder.
  static func write(to folder: String) throws {
    let values = positives.indices.flatMap { row in columns.map { Float($0.scores[row]) } }
    let shown = positives.flatMap { shows in columns.map { _ in Float(shows ? 1 : 0) } }
    let shape = [positives.count, columns.count]
    for (name, values) in [(scores, values), (labels, shown)] {
      try WeightFile.write(
        [NamedArray(name, floats: values, shape: shape)], to: "\(folder)/\(name)")
    }
  }
}
