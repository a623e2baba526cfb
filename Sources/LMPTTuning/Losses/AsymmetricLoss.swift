// AsymmetricLoss - ASL: different focusing for positives and negatives, easy negatives dropped.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers
import LMPTTensors

/// Whether the focusing weight of ASL is differentiated.
public enum FocusingGradient: String, Sendable, CaseIterable {
  /// The weight counts as a constant, as the released training sets it.
  case none
  /// The gradient goes through the weight too.
  case full
}

/// Asymmetric loss.
///
/// Equation L-asl:  L = mean of -w log q
///
///     q = max(p, eps),  w = (1 - p)^gamma+                      for a positive,  p = sigmoid(z)
///     q = max(1 - m, eps),  w = m^gamma-,  m = max(p - clip, 0)  for a negative
///
/// - Parameters:
///   - z: logits, shape [B, C].
///   - y: labels in {0, 1}, shape [B, C].
///   - gammaNegative: focusing exponent of the negatives.
///   - gammaPositive: focusing exponent of the positives.
///   - clip: probability below which a negative costs nothing, in [0, 1).
///   - eps: smallest probability whose logarithm is taken; below it there is no gradient.
///   - gradient: with or without gradient through the focusing weight w.
///   - reduction: mean, as released, or sum, as published by the loss's authors.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`, `MethodError.parameter`.
///
/// Edge cases: positives below the logit of eps (-18.4 for 1e-8) cost 18.4 and have no gradient.
/// Source: Ridnik et al. (ICCV 2021), with the released constants.
public func asymmetricLoss(
  _ z: Tensor, labels y: Tensor, gammaNegative: Double = AnyTrainingOption.gammaNegative.initial,
  gammaPositive: Double = AnyTrainingOption.gammaPositive.initial,
  clip: Double = AnyTrainingOption.clip.initial, eps: Double = AnyTrainingOption.eps.initial,
  gradient: FocusingGradient = .none, reduction: Reduction = .mean
) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  try expectExponent(gammaNegative, "gamma_neg")
  try expectExponent(gammaPositive, "gamma_pos")
  guard clip >= 0, clip < 1 else {
    throw MethodError.parameter(name: "clip", found: clip, expected: "0 or more, below 1")
  }
  try expectPositive(eps, "eps")
  let m = relu(sigmoid(z) - Float(clip))  // [B, C]  probability of a negative, shifted
  let logNegative = clip == 0 ? -softplus(z) : logOfRest(z, m, clip: Float(clip))
  let logQ = y * -softplus(-z) + (1 - y) * logNegative
  let source = gradient == .full ? z : z.detached
  let shifted = gradient == .full ? m : m.detached
  let w =
    y * focalTerm(source, Float(gammaPositive)) + (1 - y) * pow(shifted, Float(gammaNegative))
  let cells = w * -clamp(logQ, min: Float(log(eps)))  // [B, C]
  return reduction == .mean ? mean(cells) : sum(cells)
}

/// log(1 - m) with m = max(sigmoid(z) - clip, 0), from the side that does not cancel: 1 - m itself
/// where m is small, sigmoid(-z) + clip, which is the same, where it is near 1.
func logOfRest(_ z: Tensor, _ m: Tensor, clip: Float) -> Tensor {
  let isHigh = Tensor(z.values.map { $0 > 0 ? 1 : 0 }, shape: z.shape)
  let low = log1p(-m * (1 - isHigh))
  let high = log(clamp(sigmoid(-z) + clip, max: 1))
  return (1 - isHigh) * low + isHigh * high
}

extension AnyTrainingOption {
  /// ASL: focusing exponent of the negatives (`--gamma_neg`).
  public static var gammaNegative: TrainingOption<Double> {
    TrainingOption(
      "gamma_neg", "GAMMA", 4.0, in: 0...100, group: .loss, tag: "L-asl",
      help: "loss asl: gamma of the negatives")
  }
  /// ASL: focusing exponent of the positives (`--gamma_pos`).
  public static var gammaPositive: TrainingOption<Double> {
    TrainingOption(
      "gamma_pos", "GAMMA", 0.0, in: 0...100, group: .loss, tag: "L-asl",
      help: "loss asl: gamma of the positives")
  }
  /// ASL: probability below which a negative costs nothing.
  public static var clip: TrainingOption<Double> {
    TrainingOption("asl.clip", constant: 0.05)
  }
  /// ASL: the smallest probability whose logarithm is taken.
  public static var eps: TrainingOption<Double> {
    TrainingOption("asl.eps", constant: 1e-8)
  }
  static var focusingGradient: TrainingOption<FocusingGradient> {
    TrainingOption("asl.gradient", constant: FocusingGradient.none)
  }
  static var reductionOfCells: TrainingOption<Reduction> {
    TrainingOption("asl.reduction", constant: Reduction.mean)
  }
}

extension Loss {
  /// Asymmetric loss.
  public static let asl = Loss(
    "asl", equation: "asymmetric-loss", tag: "L-asl", summary: "asymmetric loss",
    source: "Ridnik et al., ICCV 2021",
    constants: [
      "gamma_neg": .gammaNegative, "gamma_pos": .gammaPositive, "clip": .clip, "eps": .eps,
      "gradient": .focusingGradient, "reduction": .reductionOfCells,
    ]
  ) { z, y, data in
    try asymmetricLoss(
      z, labels: y, gammaNegative: data[.gammaNegative], gammaPositive: data[.gammaPositive],
      clip: data[.clip], eps: data[.eps], gradient: data[.focusingGradient],
      reduction: data[.reductionOfCells])
  }
}
