// TunedRun - a finished run folder, opened: its options, its results, what it learned.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
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
  private let tensors: WeightFile

  /// Opens a run folder, whose files must be as they were when the run finished.
  ///
  /// - Throws: `RunError.unfinished` with the command that goes on, or `FileError` naming what is
  ///   missing or was changed.
  public init(_ path: String) throws {
    let state = try RunMark.state(of: path)
    guard state != .unfinished else {
      throw FileError(
        file: path, cause: RunError.unfinished(folder: path))
    }
    try self.init(whole: path, isSealed: state == .sealed)
  }

  /// Opens a folder in which a run has written everything, perhaps but its mark.
  init(whole path: String, isSealed: Bool) throws {
    (self.path, self.isSealed) = (path, isSealed)
    configuration = try RunConfiguration(path)
    options = try configuration.options()
    classNames = configuration.classNames
    tensors = try Safetensors.read("\(path)/\(options.method.resultFile)")
    metrics = try JSON.read("\(path)/metrics.json")
  }

  /// The score above which a label counts, chosen on the held-out images; nil without any.
  public var labelThreshold: Double? { metrics["label_threshold"]?["value"]?.double }

  /// The epoch that was kept, from 1; 0 when no epoch was run.
  public var epoch: Int { metrics["epoch"]?.int ?? 0 }

  /// Program, kernels, processor, threads, date and command line of its start; null where that
  /// record is lost, on which nothing depends.
  package var environment: JSON { (try? JSON.read("\(path)/environment.json")) ?? .null }

  /// What each epoch measured.
  public func history() throws -> [EpochRecord] { try EpochLog.read("\(path)/events.jsonl") }

  /// A kept tensor.
  public func tensor(_ name: String) throws -> Tensor {
    guard let kept = kept(name) else {
      throw FileError(
        file: "\(path)/\(options.method.resultFile)", cause: RunError.notARun(missing: "'\(name)'"))
    }
    return kept
  }

  /// A kept tensor; nil for a method that keeps none of that name.
  package func kept(_ name: String) -> Tensor? { tensors[name].map { Tensor($0) } }

  /// The test images under the kept tensors.
  ///
  /// - Parameter dataset: the run's, whose counts make the groups.
  /// - Returns: the stored scores with what they measure.
  /// - Throws: `FileError` naming the file of the scores, or that its shapes do not fit the data.
  package func evaluation(on dataset: LongTailDataset) throws -> Evaluation {
    let (scores, labels) = try Self.testScores(in: path)
    return try inFile(path) {
      try Evaluation(
        scores: scores, labels: labels, counts: dataset.counts, kind: options.scores,
        limits: dataset.spec.groups)
    }
  }

  /// Scores and labels of the test images in a run folder, both [N, C].
  static func testScores(in folder: String) throws -> (scores: Tensor, labels: Tensor) {
    let path = "\(folder)/test_scores.safetensors"
    let file = try Safetensors.read(path)
    guard let scores = file["scores"], let labels = file["labels"] else {
      throw FileError(file: path, cause: RunError.notARun(missing: "'scores' and 'labels'"))
    }
    return (Tensor(scores), Tensor(labels))
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
