// Scores - from logits to the scores that images are ranked by.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTTensors

/// How logits become the scores of an evaluation.
///
/// The kinds rank images differently: softmax couples the classes of an image, so its AP is not
/// the AP of the logits; sigmoid is monotone in the logit and ranks as it does, until it saturates.
public enum ScoreKind: String, Sendable, CaseIterable {
  /// softmax over the classes of an image: what the released evaluation uses.
  case softmax
  /// The logistic function of each logit.
  case sigmoid
  /// The logit itself, scale times cosine.
  case logit

  /// Turns logits [N, C] into scores of the same shape.
  public func scores(_ logits: Tensor) -> Tensor {
    switch self {
    case .softmax: return LMPTTensors.softmax(logits.detached)
    case .sigmoid: return LMPTTensors.sigmoid(logits.detached)
    case .logit: return logits.detached
    }
  }
}

extension AnyTrainingOption {
  /// What images are ranked by.
  public static var scores: TrainingOption<ScoreKind> {
    TrainingOption(
      "scores", ScoreKind.softmax, group: .training, help: "what images are ranked by")
  }
}

/// The result of one evaluation: every score and the metrics of the paper.
public struct Evaluation: Sendable {
  /// What the scores are.
  public let kind: ScoreKind
  /// Scores, shape [N, C].
  public let scores: Tensor
  /// Multi-hot labels, shape [N, C].
  public let labels: Tensor
  /// AP per class, mAP total and by group.
  public let map: MeanAveragePrecision
  /// Precision, recall and F1 at the threshold.
  public let predictions: PredictionMetrics

  /// The released script's threshold, on softmax scores.
  public static let threshold = 0.3

  /// Scores logits against labels.
  ///
  /// - Parameters:
  ///   - logits: shape [N, C].
  ///   - labels: multi-hot, shape [N, C].
  ///   - counts: training images per class, for the groups.
  ///   - kind: how logits become scores.
  ///   - threshold: for precision, recall and F1.
  ///   - limits: where the groups begin.
  /// - Throws: `ShapeError` when the logits, labels and counts do not fit together;
  ///   `RunError.notFinite` when a score is NaN or infinite; such images have no rank.
  public init(
    logits: Tensor, labels: Tensor, counts: [Int], kind: ScoreKind,
    threshold: Double = Evaluation.threshold, limits: GroupLimits = .published
  ) throws {
    try self.init(
      scores: kind.scores(logits), labels: labels, counts: counts, kind: kind,
      threshold: threshold, limits: limits)
  }

  /// Takes scores as they are; otherwise as from logits.
  package init(
    scores: Tensor, labels: Tensor, counts: [Int], kind: ScoreKind,
    threshold: Double = Evaluation.threshold, limits: GroupLimits = .published
  ) throws {
    let classes = counts.count
    guard labels.rank == 2, labels.shape[1] == classes else {
      throw ShapeError(
        name: "labels", expected: [labels.shape.first ?? 0, classes], found: labels.shape)
    }
    guard scores.shape == labels.shape else {
      throw ShapeError(name: "logits", expected: labels.shape, found: scores.shape)
    }
    (self.kind, self.scores, self.labels) = (kind, scores, labels)
    let wide = scores.values.map(Double.init)
    guard wide.allSatisfy(\.isFinite) else {
      throw RunError.notFinite(what: "a score of the images", step: nil, last: nil)
    }
    let wideLabels = labels.values.map(Double.init)
    map = MeanAveragePrecision(
      scores: wide, labels: wideLabels, classes: classes, counts: counts.map(Double.init),
      limits: limits)
    predictions = PredictionMetrics(
      scores: wide, labels: wideLabels, classes: classes,
      rule: .threshold(Double(Float(threshold))))
  }
}
