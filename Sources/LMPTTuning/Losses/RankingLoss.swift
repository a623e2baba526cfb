// RankingLoss - every positive class above every negative one by a margin.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Pairwise ranking loss.
///
/// Equation L-ranking:  L = 1/B sum_k  sum_{i: y_ki = 1} sum_{j: y_kj = 0}  max(0, margin - z_ki + z_kj)
///
/// - Parameters:
///   - z: logits, shape [B, C].
///   - y: labels in {0, 1}, shape [B, C].
///   - margin: how far a positive is to be above a negative.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`.
///
/// Edge cases: a row without positives or without negatives costs 0. NaN in, NaN out.
/// Source: TaI-DPT (Guo et al., CVPR 2023).
public func rankingLoss(
  _ z: Tensor, labels y: Tensor, margin: Double = AnyTrainingOption.rankingMargin.initial
) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  let (images, classes) = (z.shape[0], z.shape[1])
  let (column, row) = ([images, classes, 1], [images, 1, classes])
  let pairs = y.reshaped(column) * (1 - y).reshaped(row)  // [B, C, C]
  let gaps = z.reshaped(row) - z.reshaped(column) + Float(margin)  // [B, C, C]
  return sum(pairs * relu(gaps)) / Float(images)
}

extension AnyTrainingOption {
  /// Ranking loss: how far a positive is to be above a negative.
  public static var rankingMargin: TrainingOption<Double> {
    TrainingOption("ranking.margin", constant: 1.0)
  }
}

extension Loss {
  /// Pairwise ranking; TaI-DPT's.
  public static let ranking = Loss(
    "ranking", equation: "ranking", tag: "L-ranking",
    summary: "every positive class above every negative one",
    source: "TaI-DPT (Guo et al., CVPR 2023)",
    constants: ["margin": .rankingMargin]
  ) { z, y, data in try rankingLoss(z, labels: y, margin: data[.rankingMargin]) }
}
