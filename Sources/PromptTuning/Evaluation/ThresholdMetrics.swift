// ThresholdMetrics - precision, recall and F1 at a score threshold, as the released test script.
// SPDX-License-Identifier: Apache-2.0

/// CP, CR, CF1 (means over classes) and OP, OR, OF1 (pooled) at one threshold.
///
/// A label is predicted when its score is strictly greater than the threshold. A class without a
/// true positive counts 0 in the three means; CF1 is the mean of per-class F1, not the harmonic
/// mean of CP and CR. Pooled ratios without a denominator are 0.
public struct ThresholdMetrics: Sendable, Equatable {
  /// Mean per-class precision.
  public let classPrecision: Double
  /// Mean per-class recall.
  public let classRecall: Double
  /// Mean per-class F1.
  public let classF1: Double
  /// Pooled precision.
  public let overallPrecision: Double
  /// Pooled recall.
  public let overallRecall: Double
  /// Harmonic mean of pooled precision and recall.
  public let overallF1: Double

  /// Counts predictions against labels, both row-major [N, C].
  public init(scores: [Double], labels: [Double], classes: Int, threshold: Double) {
    var (hits, predicted, actual) = (
      [Int](repeating: 0, count: classes), [Int](repeating: 0, count: classes),
      [Int](repeating: 0, count: classes)
    )
    for index in scores.indices {
      let c = index % classes
      let (isPredicted, isActual) = (scores[index] > threshold, labels[index] > 0)
      predicted[c] += isPredicted ? 1 : 0
      actual[c] += isActual ? 1 : 0
      hits[c] += isPredicted && isActual ? 1 : 0
    }
    func ratio(_ a: Int, _ b: Int) -> Double { b == 0 ? 0 : Double(a) / Double(b) }
    func harmonic(_ p: Double, _ r: Double) -> Double { p + r == 0 ? 0 : 2 * p * r / (p + r) }
    let precisions = (0..<classes).map { ratio(hits[$0], predicted[$0]) }
    let recalls = (0..<classes).map { ratio(hits[$0], actual[$0]) }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(classes) }
    classPrecision = mean(precisions)
    classRecall = mean(recalls)
    classF1 = mean(zip(precisions, recalls).map(harmonic))
    let total = hits.reduce(0, +)
    overallPrecision = ratio(total, predicted.reduce(0, +))
    overallRecall = ratio(total, actual.reduce(0, +))
    overallF1 = harmonic(overallPrecision, overallRecall)
  }
}
