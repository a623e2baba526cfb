// Schedules - how the learning rate changes between epochs, as torch's schedulers do.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers

/// The learning-rate schedule of a run.
public enum ScheduleKind: String, Sendable, CaseIterable {
  /// torch's ReduceLROnPlateau on the selection metric, as the released code uses it.
  case plateau
  /// torch's CosineAnnealingLR to zero over all epochs.
  case cosine
  /// One epoch at 1e-5, then cosine as above: CoOp's.
  case warmupCosine = "warmup-cosine"
  /// No change.
  case constant
}

/// Which values of the watched metric are better, in torch's words.
public enum ScheduleMode: Sendable {
  /// Greater ones: a score such as mAP.
  case max
  /// Smaller ones: a loss.
  case min
}

/// A schedule that is stepped once per epoch with the watched metric.
public struct Schedule: Sendable, Equatable {
  /// Which rule.
  public let kind: ScheduleKind
  /// The rate that the run started with.
  public let initialRate: Double
  /// Number of epochs of the run.
  public let epochs: Int
  /// Plateau: which metrics are better.
  public let mode: ScheduleMode
  /// Plateau: epochs without improvement that are tolerated.
  public let patience: Int
  /// Plateau: the rate is multiplied by this.
  public let factor: Double
  /// Plateau: the rate never falls below this.
  public let minimumRate: Double
  /// Plateau: the best metric so far.
  package var best: Double
  /// Plateau: epochs since the best metric.
  package var badEpochs = 0
  /// Epochs stepped.
  package var epoch = 0

  /// A schedule at its start; the defaults are the released code's (torch's, but patience 5 and
  /// minimum 1e-7).
  public init(
    _ kind: ScheduleKind, initialRate: Double, epochs: Int, mode: ScheduleMode = .max,
    patience: Int = 5, factor: Double = 0.1, minimumRate: Double = 1e-7
  ) {
    self.kind = kind
    self.initialRate = initialRate
    self.epochs = epochs
    self.mode = mode
    best = mode == .max ? -.infinity : .infinity
    self.patience = patience
    self.factor = factor
    self.minimumRate = minimumRate
  }

  /// The rate of the first epoch.
  public var firstRate: Double { kind == .warmupCosine ? Self.warmupRate : initialRate }

  /// CoOp's rate of the warm-up epoch.
  static let warmupRate = 1e-5

  /// The rate of the next epoch.
  ///
  /// torch: relative threshold 1e-4, no cooldown; a change below 1e-8 is not made.
  public mutating func step(metric: Double, rate: Double) -> Double {
    epoch += 1
    switch kind {
    case .constant: return rate
    case .cosine, .warmupCosine:
      let epoch = kind == .cosine ? epoch : epoch - 1
      return initialRate * (1 + cos(Double.pi * Double(epoch) / Double(max(epochs, 1)))) / 2
    case .plateau:
      let isBetter = mode == .max ? metric > best * (1 + 1e-4) : metric < best * (1 - 1e-4)
      if isBetter {
        best = metric
        badEpochs = 0
      } else {
        badEpochs += 1
      }
      guard badEpochs > patience else { return rate }
      badEpochs = 0
      let reduced = max(rate * factor, minimumRate)
      return rate - reduced > 1e-8 ? reduced : rate
    }
  }
}
