// DistributionBalancedLoss - E7: the classification loss of LMPT, and its constants.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// The constants of E7; alpha, beta, mu and kappa by their symbols, lambda and gamma, which mean
/// something else in E8 and E5, by what they do.
public struct BalancedConstants: Sendable, Equatable {
  /// Floor of the rebalancing weight.
  public var alpha = 0.1
  /// Steepness of the rebalancing weight.
  public var beta = 10.0
  /// Centre of the rebalancing weight, the released `--gamma`.
  public var mu = 0.3
  /// lambda, the scale of the negatives; the released `--neg_scale`.
  public var negativeScale = 5.0
  /// Scale of the class bias.
  public var kappa = 0.05
  /// gamma, the focal exponent; 0 for the loss without focal term.
  public var focal = 2.0

  /// The released constants of VOC-LT.
  public init() {}

  /// The released constants of a data set; those of VOC-LT unless it has its own.
  package init(_ dataset: KnownDataset?) {
    if dataset == .cocoLT { (mu, negativeScale) = (0.2, 2) }
  }
}

extension AnyTrainingOption {
  private static let published = BalancedConstants()
  /// E7: floor of the rebalancing weight.
  public static var alpha: TrainingOption<Double> {
    TrainingOption(
      "alpha", "ALPHA", published.alpha, in: 0...1e6, group: .loss, tag: "E7-weight",
      help: "E7: alpha, floor of the rebalancing weight")
  }
  /// E7: steepness of the rebalancing weight.
  public static var beta: TrainingOption<Double> {
    TrainingOption(
      "beta", "BETA", published.beta, in: -1e6...1e6, group: .loss, tag: "E7-weight",
      help: "E7: beta, steepness of the rebalancing weight")
  }
  /// E7: centre of the rebalancing weight (`--gamma`).
  public static var mu: TrainingOption<Double> {
    TrainingOption(
      "gamma", "MU", published.mu, in: -100...100, group: .loss, tag: "E7-weight",
      help: "E7: mu, centre of the rebalancing weight; the released code calls it gamma")
  }
  /// E7: scale of the negatives (`--neg_scale`).
  public static var negativeScale: TrainingOption<Double> {
    TrainingOption(
      "neg_scale", "S", published.negativeScale, in: 1e-6...1e6, group: .loss, tag: "E7",
      help: "E7: lambda, scale of the negatives")
  }
  /// E7: scale of the class bias.
  public static var kappa: TrainingOption<Double> {
    TrainingOption(
      "kappa", "KAPPA", published.kappa, in: 0...1e6, group: .loss, tag: "E7",
      help: "E7: kappa, scale of the class bias")
  }
  /// Exponent of the focal term, in E7 and the other losses that have one.
  public static var focal: TrainingOption<Double> {
    TrainingOption(
      "focal", "GAMMA", published.focal, in: 0...100, group: .loss, tag: "E7",
      help: "E7 and focal losses: gamma, the exponent of the focal term; 0 for none")
  }
}

extension BalancedConstants {
  /// A constant: its symbol on the command line of `lmpt equation`, the option of runs, its place.
  typealias Constant = (
    symbol: String, option: TrainingOption<Double>,
    path: WritableKeyPath<BalancedConstants, Double> & Sendable
  )

  /// Every constant.
  static let all: [Constant] = [
    ("alpha", .alpha, \.alpha), ("beta", .beta, \.beta), ("mu", .mu, \.mu),
    ("lambda", .negativeScale, \.negativeScale), ("kappa", .kappa, \.kappa),
    ("focal", .focal, \.focal),
  ]

  /// The constants with their options; only those of one equation where its tag is given.
  static func symbols(of tag: String? = nil) -> [(symbol: String, option: AnyTrainingOption)] {
    all.filter { tag == nil || $0.option.tag == tag }.map { ($0.symbol, $0.option) }
  }
}

extension TrainingOptions {
  /// The constants of E7.
  public var balanced: BalancedConstants {
    get {
      var constants = BalancedConstants()
      for (_, option, path) in BalancedConstants.all { constants[keyPath: path] = self[option] }
      return constants
    }
    set {
      for (_, option, path) in BalancedConstants.all { self[option] = newValue[keyPath: path] }
    }
  }
}

/// Distribution-balanced focal loss.
///
/// Equation E7:  L = 1/(B C)  sum_k sum_i  w_ki (1 - q_ki)^gamma  BCE(t_ki) / c_ki
///
///     t = z + kappa b_i,  c = 1                for a positive       q = sigmoid(t)
///     t = -lambda (z + kappa b_i),  c = lambda for a negative       BCE(t) = log(1 + e^-t)
///
/// with w_ki from ``rebalanceWeight(_:counts:constants:)``, b_i from ``classBias(_:images:)``.
///
/// Equation E7-upstream:  2 L with kappa / lambda in place of kappa.
///
/// Equation E7-released:  2 (1 - q)^gamma mean(w BCE(t) / c) with one scalar q = e^(-mean BCE(t))
/// and kappa / lambda in place of kappa.
///
/// - Parameters:
///   - z: logits (E2), shape [B, C].
///   - y: labels in {0, 1}, shape [B, C].
///   - n: training images per class, positive, shape [C].
///   - images: N, the number of training images.
///   - constants: alpha, beta, mu, kappa, lambda (`negativeScale`) and gamma (`focal`).
///   - reading: which reading.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`, `MethodError.count`, `MethodError.countAboveTotal`,
///   `MethodError.parameter`.
///
/// Edge cases: everything is computed from t in log space, so logits of 1e4 and beyond lose
/// nothing. A class that every image has (n = N) has an infinite bias: its positives cost 0, a
/// negative of it costs infinity, unless kappa is 0. NaN in, NaN out.
/// Source: Wu et al. (ECCV 2020); the readings are explained in Deviations, 10 and 11.
public func distributionBalancedLoss(
  _ z: Tensor, labels y: Tensor, counts n: Tensor, images: Double,
  constants: BalancedConstants = BalancedConstants(), reading: Reading = .paper
) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  let (lambda, kappa, gamma) = (constants.negativeScale, constants.kappa, constants.focal)
  try expectPositive(lambda, "lambda")
  try expectExponent(gamma, "focal")
  let w = try rebalanceWeight(y, counts: n, constants: constants)  // [B, C]
  let b = try classBias(n, images: images)  // [C]
  let shift = Float(reading.bias == .kappa ? kappa : kappa / lambda)
  let shifted = shift == 0 ? z : z + shift * b  // b may be infinite
  let t = signedLogit(shifted, y, lambda: Float(lambda))  // [B, C]  > 0 where right
  let weight = w * (y + (1 - y) / Float(lambda))  // [B, C]  w / c
  let bce = softplus(-t)  // [B, C]
  switch reading.focal {
  case .cell: return reading.factor * mean(weight * focalTerm(t, Float(gamma)) * bce)
  case .batch:
    let term = gamma == 0 ? Tensor(1) : pow(-expm1(-mean(bce)), Float(gamma))
    return reading.factor * term * mean(weight * bce)
  }
}

extension Loss {
  /// Distribution-balanced loss, LMPT's.
  public static let dbl = Loss(
    "dbl", equation: "distribution-balanced-loss", tag: "E7",
    summary: "distribution-balanced focal loss",
    source: balancedSource, reads: .countsAndTotal, constants: balanced
  ) { z, y, data in
    try distributionBalancedLoss(
      z, labels: y, counts: data.counts, images: data.images, constants: data.options.balanced,
      reading: data.options.reading)
  }

  static let balancedSource = "Wu et al., ECCV 2020"

  /// What E7 reads, by its symbols.
  static let balanced = BalancedConstants.symbols() + [("variant", .reading)]
}
