// LDAMLoss - label-distribution-aware margins, the model for E4.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Binary cross-entropy with a margin subtracted from the logits of positives.
///
/// Equation L-ldam:  L = mean BCE(scale (z_i - D_i y_i), y_i),   D_i = margin (min_j n_j / n_i)^(1/4)
///
/// - Parameters:
///   - z: logits, shape [B, C].
///   - y: labels in {0, 1}, shape [B, C].
///   - n: training images per class, positive, shape [C].
///   - margin: the margin of the rarest class.
///   - scale: factor of the shifted logits; 1 for logits that carry CLIP's scale already.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`, `MethodError.count`, `MethodError.parameter`.
///
/// Source: Cao et al. (NeurIPS 2019), form not verified against its text; the sigmoid form for
/// several labels is ours.
public func ldamLoss(
  _ z: Tensor, labels y: Tensor, counts n: Tensor,
  margin: Double = AnyTrainingOption.ldamMargin.initial,
  scale: Double = AnyTrainingOption.ldamScale.initial
) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  try expectExponent(margin, "margin")
  try expectPositive(scale, "scale")
  let counts = try expectCounts(n, classes: z.shape[1])
  let rarest = counts.min() ?? 1
  let delta = Tensor(
    counts.map { Float(margin * (rarest / $0).squareRoot().squareRoot()) })  // [C]
  return try binaryCrossEntropy((z - delta * y) * Float(scale), labels: y)
}

extension AnyTrainingOption {
  /// LDAM: the margin of the rarest class.
  public static var ldamMargin: TrainingOption<Double> {
    TrainingOption("ldam.margin", constant: 0.5)
  }
  /// LDAM: factor of the shifted logits.
  public static var ldamScale: TrainingOption<Double> {
    TrainingOption("ldam.scale", constant: 1.0)
  }
}

extension Loss {
  /// Label-distribution-aware margins; not in the released program.
  public static let ldam = Loss(
    "ldam", equation: "ldam", tag: "L-ldam", summary: "label-distribution-aware margins",
    source: "Cao et al., NeurIPS 2019",
    reads: .counts, constants: ["margin": .ldamMargin, "scale": .ldamScale]
  ) { z, y, data in
    try ldamLoss(
      z, labels: y, counts: data.counts, margin: data[.ldamMargin], scale: data[.ldamScale])
  }
}
