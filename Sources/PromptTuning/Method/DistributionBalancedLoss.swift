// DistributionBalancedLoss - E7: the classification loss for long-tailed multi-label images.
// SPDX-License-Identifier: Apache-2.0

import Tensors

/// A reading of E7: what the focal term looks at, how the bias is scaled, and a constant factor.
public struct BalancedVariant: Sendable, Equatable {
  /// What the focal term looks at.
  public enum Focal: String, Sendable, CaseIterable {
    /// Each cell's own probability.
    case cell
    /// One probability for the batch, e^(-mean BCE).
    case batch
  }
  /// What the class bias is multiplied with.
  public enum Bias: String, Sendable, CaseIterable {
    /// kappa, as in the paper.
    case kappa
    /// kappa / lambda, a slip of the first code that its author acknowledged.
    case kappaOverLambda = "kappa-over-lambda"
  }

  /// What the focal term looks at.
  public var focal: Focal
  /// What the class bias is multiplied with.
  public var bias: Bias
  /// A constant in front.
  public var factor: Float

  /// Any combination.
  public init(focal: Focal, bias: Bias, factor: Float) {
    self.focal = focal
    self.bias = bias
    self.factor = factor
  }

  /// The paper's equation.
  public static let paper = BalancedVariant(focal: .cell, bias: .kappa, factor: 1)
  /// The code of Wu et al.
  public static let upstream = BalancedVariant(focal: .cell, bias: .kappaOverLambda, factor: 2)
  /// The code of LMPT.
  public static let released = BalancedVariant(focal: .batch, bias: .kappaOverLambda, factor: 2)
}

extension Reading {
  /// The reading of E7.
  public var balanced: BalancedVariant {
    switch self {
    case .paper: .paper
    case .upstream: .upstream
    case .released: .released
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
/// with w_ki from ``rebalanceWeight(_:counts:alpha:beta:mu:)``, b_i from ``classBias(_:images:)``.
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
///   - alpha: floor of the rebalancing weight.
///   - beta: steepness of the rebalancing weight.
///   - mu: centre of the rebalancing weight; 0.3 for VOC-LT, 0.2 for COCO-LT.
///   - lambda: scale of the negatives; 5 for VOC-LT, 2 for COCO-LT.
///   - kappa: scale of the class bias.
///   - gamma: focal exponent; 0 for the loss without focal term.
///   - variant: which reading.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`, `MethodError.count`, `MethodError.countAboveTotal`,
///   `MethodError.parameter`.
///
/// Edge cases: everything is computed from t in log space, so logits of 1e4 and beyond lose
/// nothing. A class that every image has (n = N) has an infinite bias: its positives cost 0, a
/// negative of it costs infinity, unless kappa is 0. NaN in, NaN out.
/// Source: Wu et al. (ECCV 2020); the variants are explained in Deviations, 10 and 11.
public func distributionBalancedLoss(
  _ z: Tensor, labels y: Tensor, counts n: Tensor, images: Double,
  alpha: Double = 0.1, beta: Double = 10, mu: Double = 0.3, lambda: Double = 5,
  kappa: Double = 0.05, gamma: Double = 2, variant: BalancedVariant = .paper
) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  try expectPositive(lambda, "lambda")
  guard gamma >= 0, gamma.isFinite else {
    throw MethodError.parameter(name: "focal", found: gamma, expected: "0 or more")
  }
  let w = try rebalanceWeight(y, counts: n, alpha: alpha, beta: beta, mu: mu)  // [B, C]
  let b = try classBias(n, images: images)  // [C]
  let shift = Float(variant.bias == .kappa ? kappa : kappa / lambda)
  let shifted = shift == 0 ? z : z + shift * b  // b may be infinite
  let t = signedLogit(shifted, y, lambda: Float(lambda))  // [B, C]  > 0 where right
  let weight = w * (y + (1 - y) / Float(lambda))  // [B, C]  w / c
  let bce = softplus(-t)  // [B, C]
  switch variant.focal {
  case .cell: return variant.factor * mean(weight * missed(t, Float(gamma)) * bce)
  case .batch:
    let term = gamma == 0 ? Tensor(1) : pow(-expm1(-mean(bce)), Float(gamma))
    return variant.factor * term * mean(weight * bce)
  }
}

/// z for a positive, -lambda z for a negative: above zero where the prediction is right.
func signedLogit(_ z: Tensor, _ y: Tensor, lambda: Float) -> Tensor {
  (y - lambda * (1 - y)) * z
}

/// The focal term (1 - sigmoid(t))^gamma, in log space: no cancellation where t is large. With gamma 0
/// it is 1 for every t, an infinite one too.
func missed(_ t: Tensor, _ gamma: Float) -> Tensor {
  gamma == 0 ? Tensor(1) : exp(-gamma * softplus(t))
}

/// Throws unless the constant is a number above 0.
func expectPositive(_ value: Double, _ name: String) throws {
  guard value > 0, value.isFinite else {
    throw MethodError.parameter(name: name, found: value, expected: "a number above 0")
  }
}
