// AsyncRuns - runs beside other tasks: opened, encoded and trained on a thread of their own.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import Synchronization
import LMPTTensors

extension RunData {
  /// The image features, computed on a thread of its own where the cache lacks them.
  ///
  /// - Parameter progress: called there with pictures done and to do.
  /// - Returns: the data set with its features.
  /// - Throws: as `DatasetFeatures` does.
  public func features(
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws -> DatasetFeatures {
    try await onOwnThread { try features(for: .features, progress: progress) }
  }
}

extension RunFolder {
  /// Trains on a thread of its own, so that other tasks go on.
  ///
  /// When the task is cancelled, the run stops before its next step, saves itself and throws; it
  /// can be resumed.
  ///
  /// - Parameters:
  ///   - features: the data set with its image features.
  ///   - model: the frozen CLIP model.
  ///   - options: everything that decides the numbers.
  ///   - method: a method of one's own at its start, in the place of the one that the options name.
  ///   - resume: whether to continue from the folder's checkpoint.
  ///   - progress: called on that thread after every step.
  /// - Returns: what was learned and measured.
  /// - Throws: what the run throws; an interrupted one is saved and says how to resume.
  public func train(
    _ features: DatasetFeatures, model: CLIPModel, options: TrainingOptions,
    method: (any Trainable)? = nil, resume: Bool = false,
    progress: @escaping @Sendable (TrainingProgress) -> Void = { _ in }
  ) async throws -> TrainingResult {
    let stop = StopRequest()
    return try await withTaskCancellationHandler {
      try await onOwnThread {
        try train(
          features, model: model, options: options, method: method, resume: resume,
          mustStop: { Interruption.isRequested || stop.isMade }, progress: progress)
      }
    } onCancel: {
      stop.make()
    }
  }
}

/// Whether a task was cancelled, seen from the thread that works for it.
private final class StopRequest: Sendable {
  private let made = Atomic<Bool>(false)

  func make() { made.store(true, ordering: .relaxed) }
  var isMade: Bool { made.load(ordering: .relaxed) }
}
