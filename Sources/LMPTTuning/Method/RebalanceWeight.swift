// RebalanceWeight - the two class statistics of E7: rebalancing weight and class bias.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers
import LMPTTensors

/// Rebalancing weight: how much of the expected sampling of an image a class is responsible for.
///
/// Equation E7-weight:  r_ki = (1/n_i) / sum_{j: y_kj = 1} (1/n_j)
///                      weight = alpha + sigmoid(beta (r_ki - mu)),  in (alpha, alpha + 1)
///
/// - Parameters:
///   - y: labels in {0, 1}, shape [B, C].
///   - n: training images per class, positive, shape [C].
///   - constants: alpha, beta and mu: floor, steepness and centre.
/// - Returns: the weights of positives and negatives, a constant of shape [B, C].
/// - Throws: `ShapeError`, `MethodError.label`, `MethodError.count`.
///
/// Edge cases: an image without positives has weight alpha + 1 for every class.
/// Source: Wu et al. (ECCV 2020), P^C / P^I with its smooth mapping.
public func rebalanceWeight(
  _ y: Tensor, counts n: Tensor, constants: BalancedConstants = BalancedConstants()
) throws -> Tensor {
  let (alpha, beta, mu) = (constants.alpha, constants.beta, constants.mu)
  try expectLabels(y, like: y, "labels")
  let classes = y.shape[1]
  let inverse = try expectCounts(n, classes: classes).map { 1 / $0 }
  return y.withUnsafeBufferPointer { labels in
    Tensor(shape: y.shape) { out in
      for row in stride(from: 0, to: y.count, by: max(classes, 1)) {
        var expected = 0.0
        for i in 0..<classes where labels[row + i] == 1 { expected += inverse[i] }
        for i in 0..<classes {
          let mapped = 1 / (1 + exp(-beta * (inverse[i] / expected - mu)))
          out[row + i] = Float(alpha + (expected == 0 ? 1 : mapped))
        }
      }
    }
  }
}

/// Class bias: the logit of the share of images that have the class.
///
/// Equation E7-bias:  b_i = -log(1/p_i - 1),  p_i = n_i / N
///
/// - Parameters:
///   - n: training images per class, positive, shape [C].
///   - images: N, the number of training images.
/// - Returns: b, a constant of shape [C]; below 0 for classes in fewer than half of the images.
/// - Throws: `ShapeError`, `MethodError.count`, `MethodError.countAboveTotal`,
///   `MethodError.parameter`.
///
/// Edge cases: +infinity for n = N.
/// Source: Wu et al. (ECCV 2020). Their nu is -kappa b, so z - nu = z + kappa b.
public func classBias(_ n: Tensor, images: Double) throws -> Tensor {
  guard images > 0, images.isFinite else {
    throw MethodError.parameter(name: "total", found: images, expected: "a number above 0")
  }
  let counts = try expectCounts(n)
  for (index, count) in counts.enumerated() where count > images {
    throw MethodError.countAboveTotal(class: index, found: count, total: images)
  }
  return Tensor(counts.map { Float(log($0) - log(images - $0)) })  // [C]
}
