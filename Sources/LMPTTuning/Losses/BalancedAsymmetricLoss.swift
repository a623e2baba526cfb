// BalancedAsymmetricLoss - BAL: ASL on logits over the batch's largest, with heavier rare positives.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers
import LMPTTensors

/// Balanced asymmetric loss.
///
/// Equation L-bal:  L = mean of -[(1 + w_i) y~ log p + (1 - y) log q] (1 - p y~ - q (1 - y))^g
///
///     p = sigmoid(z / |max z|),  q = min(1, 1 - p + clip)     max z the largest logit of the batch
///     y~ = (1 - a) y + a / C,  g = gamma+ y~ + gamma- (1 - y)
///     w_i = (N / n_i)^s / max_j (N / n_j)^s
///
/// CLIP's logits are all far above 0, where every sigmoid is 1. Over the largest one they lie between
/// 0 and 1. So p is at most 0.73, and every prediction costs something.
///
/// - Parameters:
///   - z: logits, shape [B, C]; the largest is not 0.
///   - y: labels in {0, 1}, shape [B, C].
///   - n: training images per class, positive, shape [C].
///   - images: N, the number of training images.
///   - gammaNegative: focusing exponent of the negatives.
///   - gammaPositive: focusing exponent of the positives.
///   - clip: probability below which a negative costs nothing, in [0, 1).
///   - smoothing: a, the share of a label that is spread over all classes, in [0, 1).
///   - rarity: s, the exponent of the class weights.
///   - eps: smallest p whose logarithm is taken; below it there is no gradient.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`, `MethodError.count`, `MethodError.parameter`, also for
///   a largest logit of 0.
///
/// The gradient runs through the focusing term, and through the largest logit: as that grows, all
/// others shrink. Several largest ones share it equally, as with torch's `max`.
///
/// Edge cases: where all logits of a batch are negative, the published code divides by a negative
/// number, which turns their order around. Here the size of the largest divides; for logits above 0,
/// as CLIP's are, that is the same. Where p is near `clip`, the smoothed label would take a negative's
/// focusing term just below 0. It counts as 0 there; the published code has not-a-number.
/// Source: Timmermann et al., "LM-CLIP" (IEEE Access 2025), its published code
/// (`BalancedAsymmetricLossOptimized`): the negatives' (1 - y) is not smoothed, the exponent is.
public func balancedAsymmetricLoss(
  _ z: Tensor, labels y: Tensor, counts n: Tensor, images: Double,
  gammaNegative: Double = AnyTrainingOption.gammaNegative.initial,
  gammaPositive: Double = AnyTrainingOption.gammaPositive.initial,
  clip: Double = AnyTrainingOption.clip.initial,
  smoothing: Double = AnyTrainingOption.smoothing.initial,
  rarity: Double = AnyTrainingOption.rarity.initial, eps: Double = AnyTrainingOption.eps.initial
) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  try expectExponent(gammaNegative, "gamma_neg")
  try expectExponent(gammaPositive, "gamma_pos")
  for (value, name) in [(clip, "clip"), (smoothing, "smoothing")]
  where !(value >= 0 && value < 1) {
    throw MethodError.parameter(name: name, found: value, expected: "0 or more, below 1")
  }
  try expectPositive(eps, "eps")
  let x = z / (try largest(z))  // [B, C]
  let w = try rarityWeight(n, classes: y.shape[1], images: images, power: rarity)  // [C]
  // The smoothed label of a negative, and of a positive.
  let spread = smoothing / Double(y.shape[1])
  let full = 1 - smoothing + spread

  let p = sigmoid(x)  // [B, C]
  let logP = clamp(-softplus(-x), min: Float(log(eps)))
  let m = relu(p - Float(clip))  // [B, C]  1 - q
  let logQ = logOfRest(x, m, clip: Float(clip))
  let hit = pow(1 - Float(full) * p, Float(gammaPositive * full))
  let passed = pow(relu(m - Float(spread) * p), Float(gammaPositive * spread + gammaNegative))
  let positive = Float(full) * (1 + w) * logP * hit  // [B, C]
  let negative = (Float(spread) * (1 + w) * logP + logQ) * passed
  return -mean(y * positive + (1 - y) * negative)
}

/// The size of the largest logit, a scalar on the tape.
private func largest(_ z: Tensor) throws -> Tensor {
  let top = z.values.reduce(-Float.infinity) { $1.isNaN ? $1 : max($0, $1) }
  guard top != 0 else {
    throw MethodError.parameter(
      name: "the largest logit of a batch", found: 0, expected: "a number other than 0")
  }
  let isLargest = Tensor(z.values.map { $0 == top ? 1 : 0 }, shape: z.shape)
  return (top < 0 ? -1 : 1) * sum(z * isLargest) / sum(isLargest)
}

/// w_i, largest 1, a constant of shape [C].
private func rarityWeight(
  _ n: Tensor, classes: Int, images: Double, power: Double
) throws -> Tensor {
  try n.expect([classes], "counts")
  let weights = try inverseFrequencyWeight(n, images: images, power: power)
  return weights / (weights.values.max() ?? 1)
}

extension AnyTrainingOption {
  /// BAL: a, the share of a label that is spread over all classes.
  public static var smoothing: TrainingOption<Double> {
    TrainingOption(
      "smoothing", "A", 0.1, in: 0...0.99, group: .added, tag: "L-bal",
      help: "loss bal: share of a label that is spread over all classes")
  }
  /// s, how much rarity counts: in BAL's class weights and where images are drawn by it.
  public static var rarity: TrainingOption<Double> {
    TrainingOption(
      "rarity", "S", 1.35, in: 0...10, group: .added, tag: "L-bal",
      help: "loss bal and --sampling rarity: exponent of N / n of a class")
  }
}

extension Loss {
  /// Balanced asymmetric loss, LM-CLIP's.
  public static let balancedAsymmetric = Loss(
    "bal", equation: "balanced-asymmetric-loss", tag: "L-bal",
    summary: "asymmetric loss of logits over the largest, by rarity",
    source: "LM-CLIP (Timmermann et al., IEEE Access 2025)", reads: .countsAndTotal,
    constants: [
      "gamma_neg": .gammaNegative, "gamma_pos": .gammaPositive, "clip": .clip, "eps": .eps,
      "smoothing": .smoothing, "rarity": .rarity,
    ]
  ) { z, y, data in
    try balancedAsymmetricLoss(
      z, labels: y, counts: data.counts, images: data.images, gammaNegative: data[.gammaNegative],
      gammaPositive: data[.gammaPositive], clip: data[.clip], smoothing: data[.smoothing],
      rarity: data[.rarity], eps: data[.eps])
  }
}
