// TunedRun - a finished run folder, opened: its options, its results, what it learned.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import Foundation
import LMPTTensors
import LMPTWeights

/// What a run kept, and what it was trained with.
public struct TunedRun: Sendable {
  /// The run folder.
  public let path: String
  /// What it was started with.
  package let configuration: RunConfiguration
  /// Everything that decided its numbers.
  public let options: TrainingOptions
  /// Its classes.
  public let classNames: [String]
  /// `metrics.json`: `map`, `head`, `medium`, `tail`, `ap` and the rest of what it measured.
  public let metrics: JSON
  /// Whether it was checked that its files are as they were when it finished; a run of a version
  /// without marks cannot be.
  public let isSealed: Bool
  private let kept: WeightFile

  /// Opens a run folder, whose files must be as they were when the run finished.
  ///
  /// - Throws: `RunError.unfinished` with the command that goes on, or `FileError` naming what is
  ///   missing or was changed.
  public init(_ path: String) throws {
    self.path = path
    configuration = try RunConfiguration(path)
    options = try configuration.options()
    classNames = configuration.classNames
    let state = try RunMark.state(of: path)
    guard state != .unfinished else {
      throw FileError(
        file: path, cause: RunError.unfinished(folder: path))
    }
    isSealed = state == .sealed
    kept = try Safetensors.read("\(path)/\(options.method.resultFile)")
    metrics = try JSON.read("\(path)/metrics.json")
  }

  /// The score above which a label counts, chosen on the held-out images; nil without any.
  public var labelThreshold: Double? { metrics["label_threshold"]?["value"]?.double }

  /// What each epoch measured.
  public func history() throws -> [EpochRecord] { try EpochLog.read("\(path)/events.jsonl") }

  /// A kept tensor.
  public func tensor(_ name: String) throws -> Tensor {
    guard let stored = kept[name] else {
      throw FileError(
        file: "\(path)/\(options.method.resultFile)", cause: RunError.notARun(missing: "'\(name)'"))
    }
    return Tensor(stored)
  }

  /// The model that the run was tuned for, with its preprocessing.
  ///
  /// - Parameter weights: the file of its weights, where it lies elsewhere now.
  /// - Returns: the model, with the run's activation.
  /// - Throws: `RunError.differs` when the weights are not the run's.
  public func model(weights: String? = nil) throws -> CLIPModel {
    try configuration.model(weights: weights)
  }

  /// What predicts with the kept tensors.
  ///
  /// - Parameter model: the model that the run was tuned for.
  /// - Returns: from images to logits.
  /// - Throws: `FileError` naming the file that lacks a tensor or has it in another shape.
  public func predictor(_ model: CLIPModel) throws -> Predictor {
    // Predicting asks for no loss, so any counts will do.
    let classes = TrainingClasses(
      names: classNames, counts: classNames.map { _ in 1 }, images: classNames.count)
    var method = try options.makeMethod(model: model, classes: classes)
    do {
      try method.restore(tensor)
    } catch let error as ShapeError {
      throw FileError(file: "\(path)/\(options.method.resultFile)", cause: error)
    }
    return try method.predictor()
  }
}
