// PredictionMetrics - precision, recall and F1 of predicted labels, by threshold or by top k.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Which labels of an image count as predicted.
public enum PredictionRule: Sendable, Equatable {
  /// Those whose score is strictly greater: the released test script, with 0.3 on softmax scores.
  ///
  /// For single-precision scores the caller rounds the threshold to theirs, as NumPy and torch do: 0.3
  /// is not greater than 0.3.
  case threshold(Double)
  /// The k labels of the highest scores, whatever the scores are; of equal scores the lower class
  /// index goes first. All labels when k is greater than C.
  case top(Int)
}

/// CP, CR, CF1 (means over classes) and OP, OR, OF1 (pooled) of predicted labels.
///
/// A class without a true positive counts 0 in the three means; CF1 is the mean of per-class F1,
/// not the harmonic mean of CP and CR. Pooled ratios without a denominator are 0.
///
/// Source: the released test script; scikit-learn's precision, recall and F1 with
/// `zero_division=0`, averaged "macro" and "micro".
public struct PredictionMetrics: Sendable, Equatable {
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

  /// Counts predictions against labels.
  ///
  /// - Parameters:
  ///   - scores: row-major [N, C].
  ///   - labels: row-major [N, C], positive where not 0.
  ///   - classes: C.
  ///   - rule: which labels are predicted.
  public init(scores: [Double], labels: [Double], classes: Int, rule: PredictionRule) {
    requireMatrix(scores, labels, classes: classes)
    let predictions = Self.predictions(scores, classes: classes, rule: rule)
    var (hits, predicted, actual) = (
      [Int](repeating: 0, count: classes), [Int](repeating: 0, count: classes),
      [Int](repeating: 0, count: classes)
    )
    for index in scores.indices {
      let c = index % classes
      let (isPredicted, isActual) = (predictions[index], labels[index] > 0)
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

  private static func predictions(
    _ scores: [Double], classes: Int, rule: PredictionRule
  ) -> [Bool] {
    switch rule {
    case .threshold(let threshold): return scores.map { $0 > threshold }
    case .top(let k):
      var predicted = [Bool](repeating: false, count: scores.count)
      for row in stride(from: 0, to: scores.count, by: max(classes, 1)) {
        // because Swift's sort promises no order of equal elements, the index breaks ties.
        let order = (row..<row + classes).sorted { (-scores[$0], $0) < (-scores[$1], $1) }
        for index in order.prefix(k) { predicted[index] = true }
      }
      return predicted
    }
  }
}
