// ClassWeight - E5: re-weighting of classes by a power of their inverse count.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers
import LMPTTensors

/// What the class weights of E5 are scaled to: an open decision of the paper.
public enum WeightNormalization: String, Sendable, CaseIterable {
  /// They sum to 1, as in the released code. E6 is then about C times smaller
  /// than with `mean`.
  case sum
  /// They average 1.
  case mean
}

/// Class weights.
///
/// Equation E5:  omega_i = (1/n_i)^gamma / sum_j (1/n_j)^gamma
///
/// - Parameters:
///   - n: training images per class, positive, shape [C].
///   - gamma: the exponent, 2 in the released code.
///   - normalization: weights that sum to 1, or average 1.
///   - counts: `images`, or `softmax` as released.
/// - Returns: omega, a constant of shape [C].
/// - Throws: `ShapeError`; `MethodError.count` naming a class whose count is not positive and
///   finite; `MethodError.parameter` for an exponent that is not finite.
///
/// Edge cases: gamma = 0 gives equal weights. With `softmax` the weights of counts that
/// underflow are NaN, the others 0.
/// Source: number 5 confirmed by the author (issue 5). The released sum runs over an axis that
/// does not exist; here it runs over the classes (Deviations, 8).
public func classWeight(
  _ n: Tensor, gamma: Double = AnyTrainingOption.weightGamma.initial,
  normalization: WeightNormalization = .sum,
  counts: ClassCounts = .images
) throws -> Tensor {
  guard gamma.isFinite else {
    throw MethodError.parameter(name: "gamma", found: gamma, expected: "a finite number")
  }
  let n = try counts.values(n)
  guard n.allSatisfy({ $0 > 0 }) else {  // 1/0 over infinity, as in IEEE arithmetic
    return Tensor(n.map { $0 > 0 ? 0 : .nan })
  }
  // (1/n)^gamma = e^(-gamma log n), taken relative to the greatest so that nothing overflows.
  let logs = n.map { log($0) }
  let reference = (gamma < 0 ? logs.max() : logs.min()) ?? 0
  let powers = logs.map { exp(-gamma * ($0 - reference)) }
  let scale = (normalization == .sum ? 1 : Double(n.count)) / powers.reduce(0, +)
  return Tensor(powers.map { Float($0 * scale) })  // [C]
}

extension AnyTrainingOption {
  /// Whether the weights of E5 sum to 1 or average 1.
  public static var weightNormalization: TrainingOption<WeightNormalization> {
    TrainingOption(
      "weights_sum", WeightNormalization.sum, group: .embedding, tag: "E5",
      help: "E5: weights sum to 1 or average 1")
  }
  /// E5: the exponent of the inverse count.
  public static var weightGamma: TrainingOption<Double> {
    TrainingOption(
      "weight_gamma", "GAMMA", 2.0, in: -100...100, group: .embedding, tag: "E5",
      help: "E5: gamma, the exponent of the inverse count")
  }
}
