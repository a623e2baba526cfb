// Reading - which reading of the equations is computed where several exist (docs/Deviations.md).
// SPDX-License-Identifier: Apache-2.0

/// A reading of the equations.
///
/// The paper and its authors' released code differ in E1, E3, E6 and E7; in E7 the code of Wu et al.
/// (ECCV 2020), which the released code starts from, is a third.
public struct Reading: Named {
  /// What the focal term of E7 looks at.
  public enum Focal: String, Sendable, CaseIterable {
    /// Each cell's own probability.
    case cell
    /// One probability for the batch, e^(-mean BCE).
    case batch
  }
  /// What the class bias of E7 is multiplied with.
  public enum Bias: String, Sendable, CaseIterable {
    /// kappa, as in the paper.
    case kappa
    /// kappa / lambda, a slip of the first code that its author acknowledged.
    case kappaOverLambda = "kappa-over-lambda"
  }

  /// What files and command lines call it.
  public let name: String
  /// Whether E1, E3 and E6 are the released code's, with the smallest repair where it cannot run.
  public let isReleased: Bool
  /// What the focal term of E7 looks at.
  public var focal: Focal
  /// What the class bias of E7 is multiplied with.
  public var bias: Bias
  /// A constant in front of E7.
  public var factor: Float

  /// What the paper intends.
  public static let paper = Reading(
    name: "paper", isReleased: false, focal: .cell, bias: .kappa, factor: 1)
  /// The same, with E7 as the code of Wu et al. computes it.
  public static let upstream = Reading(
    name: "upstream", isReleased: false, focal: .cell, bias: .kappaOverLambda, factor: 2)
  /// What the authors' released code computes.
  public static let released = Reading(
    name: "released", isReleased: true, focal: .batch, bias: .kappaOverLambda, factor: 2)

  /// The three.
  public static let all = [paper, upstream, released]

  /// This reading with another E7: any combination of its three decisions.
  public func with(focal: Focal? = nil, bias: Bias? = nil, factor: Float? = nil) -> Reading {
    var copy = self
    (copy.focal, copy.bias) = (focal ?? copy.focal, bias ?? copy.bias)
    copy.factor = factor ?? copy.factor
    return copy
  }
}

extension AnyTrainingOption {
  /// Which reading of the equations (`--variant`).
  public static var reading: TrainingOption<Reading> {
    TrainingOption(
      "variant", Reading.paper, group: .loss,
      implies: { reading, options in
        // What the released loop compares.
        guard reading.isReleased else { return }
        (options.alignment, options.captionCut) = (.tokensAll, .characters)
      },
      help: "the reading of the equations; released also sets tokens-all and 75 characters")
  }
}
