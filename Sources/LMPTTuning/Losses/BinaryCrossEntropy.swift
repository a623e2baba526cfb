// BinaryCrossEntropy - one sigmoid a class; also torch's multi-label soft margin.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Binary cross-entropy on logits, optionally weighted.
///
/// Equation L-bce:  L = mean of w (y log(1 + e^-z) + (1 - y) log(1 + e^z))
///
/// - Parameters:
///   - z: logits, shape [B, C].
///   - y: labels in {0, 1}, shape [B, C].
///   - weight: shape [B, C], [B, 1] or [C]; 1 when absent.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`.
///
/// Edge cases: no overflow for any finite logit. NaN in, NaN out.
/// Source: torch's BCEWithLogitsLoss, the released `--loss_function bce`.
public func binaryCrossEntropy(
  _ z: Tensor, labels y: Tensor, weight: Tensor? = nil
) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  let bce = softplus(-signedLogit(z, y, lambda: 1))  // [B, C]
  guard let weight else { return mean(bce) }
  try expectWeight(weight, like: z, "weight")
  return mean(weight * bce)
}

/// Multi-label soft margin loss.
///
/// Equation L-mls:  L = 1/B sum_k -1/C sum_i (y log sigmoid(z) + (1 - y) log sigmoid(-z))
///
/// - Parameters:
///   - z: logits, shape [B, C].
///   - y: labels in {0, 1}, shape [B, C].
/// - Returns: the loss, a scalar on the tape; equal to ``binaryCrossEntropy(_:labels:weight:)``.
/// - Throws: `ShapeError`, `MethodError.label`.
///
/// Source: torch's MultiLabelSoftMarginLoss, the released `--loss_function mls`.
public func multiLabelSoftMargin(_ z: Tensor, labels y: Tensor) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  return mean(mean(softplus(-signedLogit(z, y, lambda: 1)), axis: 1))
}

extension Loss {
  /// Binary cross-entropy.
  public static let bce = Loss(
    "bce", equation: "binary-cross-entropy", tag: "L-bce", summary: "one sigmoid a class",
    source: "torch.nn.BCEWithLogitsLoss"
  ) { z, y, _ in try binaryCrossEntropy(z, labels: y) }

  /// Multi-label soft margin.
  public static let mls = Loss(
    "mls", equation: "multilabel-soft-margin", tag: "L-mls",
    summary: "torch's multi-label soft margin",
    source: "torch.nn.MultiLabelSoftMarginLoss"
  ) { z, y, _ in try multiLabelSoftMargin(z, labels: y) }
}
