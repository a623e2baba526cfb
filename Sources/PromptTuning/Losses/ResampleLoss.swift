// ResampleLoss - the family behind the other released loss names: weight, bias, scale, focal term.
// SPDX-License-Identifier: Apache-2.0

import Tensors

/// The loss of which the released names from FL to DBloss are settings.
///
/// Equation L-resample:  L = factor mean of a (1 - q)^gamma w BCE(t) / c
///
///     t = z + kappa b,  c = 1                for a positive       q = sigmoid(t)
///     t = -lambda (z + kappa b),  c = lambda for a negative
///
/// - Parameters:
///   - z: logits, shape [B, C].
///   - y: labels in {0, 1}, shape [B, C].
///   - weight: w, shape [B, C], [B, 1] or [C]; 1 when absent, and then `released` has c = 1 too.
///   - bias: kappa b, shape [C]; 0 when absent.
///   - lambda: scale of the negatives.
///   - gamma: focal exponent; none for a = 1 and no focal term.
///   - alpha: a for positives, 1 - a for negatives.
///   - factor: a constant in front.
///   - variant: whether c is lambda even without a weight (`paper`).
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`, `MethodError.parameter`.
///
/// Source: BalancedLossNLP (Huang et al., EMNLP 2021), the released bl.py.
public func resampleLoss(
  _ z: Tensor, labels y: Tensor, weight: Tensor? = nil, bias: Tensor? = nil, lambda: Double = 1,
  gamma: Double? = 2, alpha: Double = 0.5, factor: Double = 1, variant: Variant = .paper
) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  try expectPositive(lambda, "lambda")
  try expectExponent(gamma ?? 0, "focal")
  if let weight { try expectWeight(weight, like: z, "weight") }
  if let bias { try expectWeight(bias, like: z, "bias") }
  let t = signedLogit(bias.map { z + $0 } ?? z, y, lambda: Float(lambda))  // [B, C]
  var cells = softplus(-t)  // [B, C]
  if weight != nil || variant == .paper { cells = cells * (y + (1 - y) / Float(lambda)) }
  if let weight { cells = cells * weight }
  if let gamma {
    let a = y * Float(alpha) + (1 - y) * Float(1 - alpha)
    cells = cells * a * missed(t, Float(gamma))
  }
  return Float(factor) * mean(cells)
}
