// ClassBalancedWeight - weights by the effective number of samples.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers
import LMPTTensors

/// How the class weights of CB become weights of an image with several labels.
public enum ClassBalancing: String, Sendable, CaseIterable {
  /// Each class its own weight.
  case byClass = "by_class"
  /// One weight an image, from the mean count of its positive classes.
  case averageCount = "average_n"
  /// One weight an image, the mean weight of its positive classes.
  case averageWeight = "average_w"
  /// One weight an image, from the smallest count of its positive classes.
  case leastCount = "min_n"
}

/// Class-balanced weight.
///
/// Equation L-cb-weight:  w(n) = (1 - beta) / (1 - beta^n)
///
/// - Parameters:
///   - y: labels in {0, 1}, shape [B, C].
///   - n: training images per class, positive, shape [C].
///   - beta: in [0, 1); 0.9 in the released code.
///   - mode: how an image with several labels is weighted.
/// - Returns: the weights, a constant; shape [C] for `by_class`, else [B, 1].
/// - Throws: `ShapeError`, `MethodError.label`, `MethodError.count`, `MethodError.parameter`.
///
/// Edge cases: in the modes by image, an image without positives has the weight of an infinite
/// count, 1 - beta. The released code divides 0 by 0 there (`min_n` takes a count of 100000).
/// Source: Cui et al. (CVPR 2019); the modes stand in the released dbl.py and bl.py.
public func classBalancedWeight(
  _ y: Tensor, counts n: Tensor, beta: Double = AnyTrainingOption.effectiveNumber.initial,
  mode: ClassBalancing = .byClass
) throws -> Tensor {
  try expectLabels(y, like: y, "labels")
  guard beta >= 0, beta < 1 else {
    throw MethodError.parameter(name: "beta", found: beta, expected: "0 or more, below 1")
  }
  let classes = y.shape[1]
  let counts = try expectCounts(n, classes: classes)
  func weight(_ count: Double) -> Double { (1 - beta) / -expm1(count * log(beta)) }
  guard mode != .byClass else { return Tensor(counts.map { Float(weight($0)) }) }
  let labels = y.values
  let weights = stride(from: 0, to: y.count, by: max(classes, 1)).map { row -> Float in
    let positive = (0..<classes).filter { labels[row + $0] == 1 }.map { counts[$0] }
    guard !positive.isEmpty else { return Float(1 - beta) }
    let size = Double(positive.count)
    switch mode {
    case .averageWeight: return Float(positive.reduce(0) { $0 + weight($1) } / size)
    case .leastCount: return Float(weight(positive.min() ?? .infinity))
    case .averageCount, .byClass: return Float(weight(positive.reduce(0, +) / size))
    }
  }
  return Tensor(weights, shape: [weights.count, 1])
}

/// Weight by inverse frequency.
///
/// Equation L-inverse-weight:  w_i = (N / n_i)^power
///
/// - Parameters:
///   - n: training images per class, positive, shape [C].
///   - images: N, the number of training images.
///   - power: 1 for inverse, 0.5 for square-root inverse ("smooth") weighting.
/// - Returns: the weights, a constant of shape [C].
/// - Throws: `ShapeError`, `MethodError.count`, `MethodError.parameter`.
///
/// Source: `inv` and `sqrt_inv` of the released ResampleLoss.
public func inverseFrequencyWeight(
  _ n: Tensor, images: Double, power: Double = AnyTrainingOption.inversePower.initial
) throws -> Tensor {
  try expectPositive(images, "total")
  try expectExponent(power, "power")
  return Tensor(try expectCounts(n).map { Float(pow(images / $0, power)) })
}

extension AnyTrainingOption {
  /// Class-balanced weight: beta.
  public static var effectiveNumber: TrainingOption<Double> {
    TrainingOption("cb.beta", constant: 0.9)
  }
  static var balancing: TrainingOption<ClassBalancing> {
    TrainingOption("cb.mode", constant: ClassBalancing.byClass)
  }
  /// Weight by inverse frequency: the power.
  public static var inversePower: TrainingOption<Double> {
    TrainingOption("inverse.power", constant: 1.0)
  }
}

extension Loss {
  /// Binary cross-entropy by inverse frequency; `inv` of the released ResampleLoss.
  public static let inverse = inverse("inv", power: 1)
  /// Binary cross-entropy by square-root inverse frequency; `sqrt_inv`.
  public static let squareRootInverse = inverse("sqrt_inv", power: 0.5)

  private static func inverse(_ name: String, power: Double) -> Loss {
    Loss(
      name, tag: "L-inverse-weight", summary: "binary cross-entropy by (N / n)^\(power)",
      source: "the released code", reads: .countsAndTotal
    ) { z, y, data in
      let weight = try inverseFrequencyWeight(data.counts, images: data.images, power: power)
      return try binaryCrossEntropy(z, labels: y, weight: weight)
    }
  }
}
