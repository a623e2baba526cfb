// Sampling - which training images an epoch shows, and how often.
// SPDX-License-Identifier: Apache-2.0

/// Which training images an epoch shows, and how often.
public enum Sampling: String, Sendable, CaseIterable {
  /// Each once, in random order.
  case uniform
  /// Classes in turn and an image of the class: re-sampling, RS.
  case classAware = "class-aware"
  /// A class drawn in proportion to 1 / n, and the next of its images: BBN's.
  case reversed
  /// Drawn with replacement, an image as often as (sum over its labels of N / n)^s says: LM-CLIP's.
  case rarity
}

extension AnyTrainingOption {
  /// Which images an epoch shows, and how often.
  public static var sampling: TrainingOption<Sampling> {
    TrainingOption(
      "sampling", Sampling.uniform, group: .training,
      help: "images of an epoch: each once, classes in turn, or drawn by rarity of labels or class")
  }
}
