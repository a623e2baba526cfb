// ClassMargin - E4: class-aware soft margin, wider for rarer classes.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// What E4 and E5 take for the count of a class.
public enum ClassCounts: String, Sendable, CaseIterable {
  /// n_i, the number of training images with the class: the paper's, by the author's word.
  case images
  /// softmax(n) in Float, as released: 0 for all but the most frequent classes.
  case softmax

  /// The counts in Double.
  func values(_ n: Tensor) throws -> [Double] {
    let counts = try expectCounts(n)
    // Float on purpose: that the differences of counts underflow is what the released code does.
    return self == .images ? counts : softmaxOfCounts(n)
  }

  private func softmaxOfCounts(_ n: Tensor) -> [Double] {
    LMPTTensors.softmax(n.detached).values.map(Double.init)
  }
}

/// Class-aware soft margin.
///
/// Equation E4:  mu_i = scale / n_i^(1/4)
///
/// - Parameters:
///   - n: training images per class, positive, shape [C].
///   - scale: the constant, 0.2 in the released code.
///   - counts: `images`, or `softmax` as released.
/// - Returns: mu, a constant of shape [C].
/// - Throws: `ShapeError`; `MethodError.count` naming a class whose count is not positive and
///   finite; `MethodError.parameter` for a scale that is not positive.
///
/// Edge cases: `softmax` gives an infinite margin wherever the softmax underflows.
/// Source: the form stands in the released code; that n is the count itself is the author's
/// answer in issue 5 (Deviations, 7).
public func classMargin(
  _ n: Tensor, scale: Double = AnyTrainingOption.margin.initial,
  counts: ClassCounts = .images
) throws -> Tensor {
  guard scale > 0, scale.isFinite else {
    throw MethodError.parameter(name: "scale", found: scale, expected: "a number above 0")
  }
  let n = try counts.values(n)
  return Tensor(n.map { Float(scale / $0.squareRoot().squareRoot()) })  // [C]
}

extension AnyTrainingOption {
  /// E4's constant, and the fixed margin of `hinge`.
  public static var margin: TrainingOption<Double> {
    TrainingOption(
      "margin", "MU", 0.2, in: 0...2, group: .embedding, tag: "E4", help: "E4: scale of the margins"
    )
  }
}
