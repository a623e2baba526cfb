// ResampleLoss - the family behind the other released loss names: weight, bias, scale, focal term.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

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
///   - weight: w, shape [B, C], [B, 1] or [C]; 1 when absent, and then `.released` has c = 1 too.
///   - bias: kappa b, shape [C]; 0 when absent.
///   - lambda: scale of the negatives.
///   - gamma: focal exponent; none for a = 1 and no focal term.
///   - alpha: a for positives, 1 - a for negatives.
///   - factor: a constant in front.
///   - reading: without a weight, `.released` has c = 1 for negatives too; the others keep lambda.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`, `MethodError.parameter`.
///
/// Source: BalancedLossNLP (Huang et al., EMNLP 2021), the released bl.py.
public func resampleLoss(
  _ z: Tensor, labels y: Tensor, weight: Tensor? = nil, bias: Tensor? = nil, lambda: Double = 1,
  gamma: Double? = AnyTrainingOption.focal.initial,
  alpha: Double = AnyTrainingOption.resampleAlpha.initial, factor: Double = 1,
  reading: Reading = .paper
) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  try expectPositive(lambda, "lambda")
  try expectExponent(gamma ?? 0, "focal")
  if let weight { try expectWeight(weight, like: z, "weight") }
  if let bias { try expectWeight(bias, like: z, "bias") }
  let t = signedLogit(bias.map { z + $0 } ?? z, y, lambda: Float(lambda))  // [B, C]
  var cells = softplus(-t)  // [B, C]
  if weight != nil || !reading.isReleased { cells = cells * (y + (1 - y) / Float(lambda)) }
  if let weight { cells = cells * weight }
  if let gamma {
    let a = y * Float(alpha) + (1 - y) * Float(1 - alpha)
    cells = cells * a * focalTerm(t, Float(gamma))
  }
  return Float(factor) * mean(cells)
}

extension AnyTrainingOption {
  /// The released family: weight of the positives.
  public static var resampleAlpha: TrainingOption<Double> {
    TrainingOption("resample.alpha", constant: 0.5)
  }
  static var resampleFactor: TrainingOption<Double> {
    TrainingOption("resample.factor", constant: 10.0)
  }
}

extension Loss {
  /// Class-balanced focal loss.
  public static let classBalanced = Loss(
    "CBloss", equation: "class-balanced-focal", tag: "L-resample",
    summary: "class-balanced focal loss", source: "Cui et al., CVPR 2019", reads: .counts,
    constants: [
      "beta": .effectiveNumber, "mode": .balancing, "gamma": .focal, "alpha": .resampleAlpha,
      "factor": .resampleFactor,
    ]
  ) { z, y, data in
    try resampleLoss(
      z, labels: y, weight: data.effectiveNumberWeight(y), gamma: data[.focal],
      alpha: data[.resampleAlpha], factor: data[.resampleFactor])
  }

  /// Rebalanced focal loss.
  public static let rebalancedFocal = setting("R-BCE-Focal", "rebalanced focal loss") {
    z, y, data in
    try resampleLoss(z, labels: y, weight: data.rebalanced(y), gamma: data[.focal])
  }

  /// Focal loss with negative-tolerant regularisation.
  public static let negativeTolerantFocal = setting("NTR-Focal", "negative-tolerant focal loss") {
    z, y, data in
    try resampleLoss(
      z, labels: y, bias: data.bias(), lambda: data[.negativeScale], gamma: data[.focal],
      reading: .released)
  }

  /// Distribution-balanced loss without focal term, of the text version.
  public static let balancedWithoutFocal = setting(
    "DBloss-noFocal", "distribution-balanced loss without focal term"
  ) { z, y, data in
    try resampleLoss(
      z, labels: y, weight: data.rebalanced(y), bias: data.bias(), lambda: data[.negativeScale],
      gamma: nil, factor: 0.5)
  }

  /// Class-balanced focal loss with negative-tolerant regularisation.
  public static let classBalancedNegativeTolerant = setting(
    "CBloss-ntr", "class-balanced, negative-tolerant focal loss"
  ) { z, y, data in
    try resampleLoss(
      z, labels: y, weight: data.effectiveNumberWeight(y), bias: data.bias(),
      lambda: data[.negativeScale], gamma: data[.focal], factor: data[.resampleFactor])
  }

  /// Distribution-balanced focal loss, of the text version.
  public static let balancedText = setting("DBloss", "distribution-balanced loss for texts") {
    z, y, data in
    try resampleLoss(
      z, labels: y, weight: data.rebalanced(y), bias: data.bias(), lambda: data[.negativeScale],
      gamma: data[.focal])
  }

  private static func setting(
    _ name: String, _ summary: String,
    _ function: @escaping @Sendable (Tensor, Tensor, LossData) throws -> Tensor
  ) -> Loss {
    Loss(
      name, tag: "L-resample", summary: summary, source: balancedSource,
      reads: .countsAndTotal, constants: balanced, function)
  }
}

extension LossData {
  /// The rebalancing weight of E7.
  fileprivate func rebalanced(_ y: Tensor) throws -> Tensor {
    try rebalanceWeight(y, counts: counts, constants: options.balanced)
  }

  /// kappa b; none where kappa is 0, because b may be infinite.
  fileprivate func bias() throws -> Tensor? {
    let b = try classBias(counts, images: images)
    return self[.kappa] == 0 ? nil : Float(self[.kappa]) * b
  }

  /// The weight by the effective number of samples.
  fileprivate func effectiveNumberWeight(_ y: Tensor) throws -> Tensor {
    try classBalancedWeight(
      y, counts: counts, beta: self[.effectiveNumber], mode: self[.balancing])
  }
}
