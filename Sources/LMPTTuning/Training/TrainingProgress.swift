// TrainingProgress - what a run tells while it goes on and when it is done.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics

/// Where a run is, for a progress line.
public struct TrainingProgress: Sendable, Equatable {
  /// The epoch under way, from 1.
  public let epoch: Int
  /// Epochs of the run.
  public let epochs: Int
  /// Batches finished in this epoch.
  public let step: Int
  /// Batches per epoch.
  public let steps: Int
  /// The losses of the last batch.
  public let losses: LossParts<Float>
  /// Images per second of training, so far.
  public let imagesPerSecond: Double
  /// Seconds left at this speed.
  public let secondsLeft: Double
}

/// What a finished run learned and measured.
public struct TrainingResult: Sendable {
  /// The kept tensors of the method, then what it derives from them.
  public let tensors: [NamedTensor]
  /// The epoch it comes from, from 1; 0 when no epoch was run.
  public let epoch: Int
  /// What each epoch measured.
  public let history: [EpochRecord]
  /// The test images under the kept tensors.
  public let evaluation: Evaluation
  /// The threshold of labels with the highest F1 on the held-out images; nil without any.
  public let threshold: LabelThreshold?
  /// What explains the figures of the test images.
  public let diagnostics: RunDiagnostics
}

extension Duration {
  /// The duration in seconds.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension ContinuousClock.Instant {
  /// Seconds since then.
  package var seconds: Double { (ContinuousClock.now - self).seconds }
}
