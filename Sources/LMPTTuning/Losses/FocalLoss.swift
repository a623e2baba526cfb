// FocalLoss - binary cross-entropy that looks away from what is already right.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Focal loss.
///
/// Equation L-focal:  L = mean of a (1 - q)^gamma BCE(t),   q = sigmoid(t)
///
///     t = z, a = alpha for a positive        t = -z, a = 1 - alpha for a negative
///
/// - Parameters:
///   - z: logits, shape [B, C].
///   - y: labels in {0, 1}, shape [B, C].
///   - gamma: focal exponent; 0 gives weighted binary cross-entropy.
///   - alpha: weight of the positives, in [0, 1]; 0.5 halves the loss.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`, `MethodError.parameter`.
///
/// Edge cases: exact at saturated logits, (1 - q)^gamma is taken in log space.
/// Source: Lin et al. (ICCV 2017); alpha 0.5 and gamma 2 are the released `FL`.
public func focalLoss(
  _ z: Tensor, labels y: Tensor, gamma: Double = AnyTrainingOption.focal.initial,
  alpha: Double = AnyTrainingOption.focalAlpha.initial
) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  try expectExponent(gamma, "gamma")
  guard alpha >= 0, alpha <= 1 else {
    throw MethodError.parameter(name: "alpha", found: alpha, expected: "0 to 1")
  }
  let a = y * Float(alpha) + (1 - y) * Float(1 - alpha)  // [B, C]
  let t = signedLogit(z, y, lambda: 1)  // [B, C]
  return mean(a * focalTerm(t, Float(gamma)) * softplus(-t))
}

extension AnyTrainingOption {
  /// Focal loss: weight of the positives.
  public static var focalAlpha: TrainingOption<Double> {
    TrainingOption("focal.alpha", constant: 0.5)
  }
}

extension Loss {
  /// Focal loss.
  public static let focal = Loss(
    "FL", equation: "focal-loss", tag: "L-focal", summary: "focal loss",
    source: "Lin et al., ICCV 2017",
    constants: ["gamma": .focal, "alpha": .focalAlpha]
  ) { z, y, data in
    try focalLoss(z, labels: y, gamma: data[.focal], alpha: data[.focalAlpha])
  }
}
