// LabelThreshold - the score above which a label counts, chosen by F1.
// SPDX-License-Identifier: Apache-2.0

/// One threshold for all classes, with the highest pooled F1 on the images that it was chosen on.
///
/// Labels whose score is strictly greater are predicted, as in ``PredictionRule/threshold(_:)``.
/// The threshold lies half-way between two neighbouring scores, or just outside them all; of equal
/// F1 the higher one, which predicts fewer labels.
public struct LabelThreshold: Sendable, Equatable {
  /// The threshold.
  public let value: Double
  /// 2 TP / (2 TP + FP + FN) over all images and classes, at that threshold.
  public let overallF1: Double

  /// Chooses a threshold; nil when no label is positive, since every F1 is 0 then.
  ///
  /// - Parameters:
  ///   - scores: row-major [N, C].
  ///   - labels: row-major [N, C], positive where not 0.
  public init?(scores: [Double], labels: [Double]) {
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    let positives = labels.count { $0 > 0 }
    guard positives > 0, scores.count == labels.count else { return nil }
    var (best, hits) = ((value: 0.0, f1: -1.0), 0)
    for (seen, index) in order.enumerated() {
      hits += labels[index] > 0 ? 1 : 0
      let next = seen + 1 < order.count ? scores[order[seen + 1]] : scores[index].nextDown
      guard next < scores[index] else { continue }  // equal scores are predicted together
      let f1 = 2 * Double(hits) / Double(seen + 1 + positives)
      let middle = next + (scores[index] - next) / 2
      // because rounding may give the upper neighbour, which would not be above itself.
      if f1 > best.f1 { best = (middle < scores[index] ? middle : next, f1) }
    }
    (value, overallF1) = best
  }
}
