// ClassificationLoss - every loss that can stand for L_cls, under the released command-line names.
// SPDX-License-Identifier: Apache-2.0

import Tensors

/// The accepted names of a classification loss.
///
/// The first eleven are the values of the released `--loss_function`; the released program has no
/// code for seven of them, whose settings stand in a fragment that cannot be imported.
public enum LossKind: String, Sendable, CaseIterable {
  /// Asymmetric loss.
  case asl
  /// Binary cross-entropy.
  case bce
  /// Distribution-balanced loss (E7).
  case dbl
  /// Multi-label soft margin.
  case mls
  /// Focal loss.
  case focal = "FL"
  /// Class-balanced focal loss.
  case classBalanced = "CBloss"
  /// Rebalanced focal loss.
  case rebalancedFocal = "R-BCE-Focal"
  /// Focal loss with negative-tolerant regularisation.
  case negativeTolerantFocal = "NTR-Focal"
  /// Distribution-balanced loss without focal term, of the text version.
  case balancedWithoutFocal = "DBloss-noFocal"
  /// Class-balanced focal loss with negative-tolerant regularisation.
  case classBalancedNegativeTolerant = "CBloss-ntr"
  /// Distribution-balanced focal loss, of the text version.
  case balancedText = "DBloss"
  /// Softmax cross-entropy over normalised labels; not in the released program.
  case softmax
  /// Label-distribution-aware margins; not in the released program.
  case ldam
  /// Binary cross-entropy by inverse frequency; `inv` of the released ResampleLoss.
  case inverse = "inv"
  /// Binary cross-entropy by square-root inverse frequency; `sqrt_inv`.
  case squareRootInverse = "sqrt_inv"
  /// Pairwise ranking; TaI-DPT's.
  case ranking
}

/// What can stand for L_cls: from logits and multi-hot labels, both [B, C], to a scalar on the tape.
public typealias LossFunction = @Sendable (_ z: Tensor, _ y: Tensor) throws -> Tensor

/// A classification loss with the class statistics it needs; ``callAsFunction(_:labels:)`` is its
/// ``LossFunction``.
public struct ClassificationLoss: Sendable {
  /// Which loss.
  public var name: LossKind
  /// Training images per class, shape [C].
  public var counts: Tensor
  /// N, the number of training images.
  public var images: Double
  /// Floor of the rebalancing weight.
  public var alpha = 0.1
  /// Steepness of the rebalancing weight.
  public var beta = 10.0
  /// Centre of the rebalancing weight, the released `--gamma`.
  public var mu = 0.3
  /// Scale of the negatives, the released `--neg_scale`.
  public var lambda = 5.0
  /// Scale of the class bias.
  public var kappa = 0.05
  /// Focal exponent.
  public var gamma = 2.0
  /// Focusing exponent of the negatives of `asl`.
  public var gammaNegative = 4.0
  /// Focusing exponent of the positives of `asl`.
  public var gammaPositive = 0.0
  /// Which reading of E7 `dbl` computes.
  public var variant = BalancedVariant.paper

  /// A loss with the released constants of VOC-LT.
  public init(_ name: LossKind, counts: Tensor, images: Double) {
    self.name = name
    self.counts = counts
    self.images = images
  }

  /// The loss of logits against labels.
  ///
  /// - Parameters:
  ///   - z: logits, shape [B, C].
  ///   - y: labels in {0, 1}, shape [B, C].
  /// - Returns: the loss, a scalar on the tape.
  /// - Throws: what the chosen loss throws.
  public func callAsFunction(_ z: Tensor, labels y: Tensor) throws -> Tensor {
    switch name {
    case .asl:
      return try asymmetricLoss(
        z, labels: y, gammaNegative: gammaNegative, gammaPositive: gammaPositive)
    case .bce: return try binaryCrossEntropy(z, labels: y)
    case .mls: return try multiLabelSoftMargin(z, labels: y)
    case .dbl:
      return try distributionBalancedLoss(
        z, labels: y, counts: counts, images: images, alpha: alpha, beta: beta, mu: mu,
        lambda: lambda, kappa: kappa, gamma: gamma, variant: variant)
    case .focal: return try focalLoss(z, labels: y, gamma: gamma)
    case .classBalanced:
      return try resampleLoss(
        z, labels: y, weight: effectiveNumberWeight(y), gamma: gamma, factor: 10)
    case .rebalancedFocal:
      return try resampleLoss(z, labels: y, weight: rebalance(y), gamma: gamma)
    case .negativeTolerantFocal:
      return try resampleLoss(
        z, labels: y, bias: bias(), lambda: lambda, gamma: gamma, variant: .released)
    case .balancedWithoutFocal:
      return try resampleLoss(
        z, labels: y, weight: rebalance(y), bias: bias(), lambda: lambda, gamma: nil, factor: 0.5)
    case .classBalancedNegativeTolerant:
      return try resampleLoss(
        z, labels: y, weight: effectiveNumberWeight(y), bias: bias(), lambda: lambda,
        gamma: gamma, factor: 10)
    case .balancedText:
      return try resampleLoss(
        z, labels: y, weight: rebalance(y), bias: bias(), lambda: lambda, gamma: gamma)
    case .softmax: return try softmaxCrossEntropy(z, labels: y)
    case .ldam: return try ldamLoss(z, labels: y, counts: counts)
    case .ranking: return try rankingLoss(z, labels: y)
    case .inverse, .squareRootInverse:
      let weight = try inverseFrequencyWeight(
        counts, images: images, power: name == .inverse ? 1 : 0.5)
      return try binaryCrossEntropy(z, labels: y, weight: weight)
    }
  }

  /// kappa b; none where kappa is 0, because b may be infinite.
  private func bias() throws -> Tensor? {
    let b = try classBias(counts, images: images)
    return kappa == 0 ? nil : Float(kappa) * b
  }

  private func rebalance(_ y: Tensor) throws -> Tensor {
    try rebalanceWeight(y, counts: counts, alpha: alpha, beta: beta, mu: mu)
  }

  private func effectiveNumberWeight(_ y: Tensor) throws -> Tensor {
    try classBalancedWeight(y, counts: counts, beta: 0.9, mode: .byClass)
  }
}
