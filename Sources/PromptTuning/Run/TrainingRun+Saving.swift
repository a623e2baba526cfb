// TrainingRun+Saving - a run that was stopped goes on exactly where it was.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Tensors

extension TrainingRun {
  /// The file that a run continues from.
  public static func checkpointPath(_ folder: String) -> String {
    "\(folder)/checkpoint.safetensors"
  }

  /// The checkpoint that a stopped run can go on from, if there is one yet.
  var lastCheckpoint: String? {
    guard let path = folder.map({ Self.checkpointPath($0) }), fileSize(path) != nil else {
      return nil
    }
    return path
  }

  /// Takes over the state of a checkpoint.
  ///
  /// - Throws: `RunError.differs` when it holds other tensors than the options ask for.
  mutating func restore(_ saved: Checkpoint) throws {
    guard saved.names == state.names, saved.shapes == state.shapes else {
      throw RunError.differs([
        "\(saved.names) \(saved.shapes) in the checkpoint, \(state.names) \(state.shapes) asked for"
      ])
    }
    state = saved
    method.parameters = zip(saved.parameters, saved.shapes).map {
      Tensor($0, shape: $1).tracked()
    }
    optimizer.restore(
      steps: saved.optimizerSteps, firstMoments: saved.firstMoments,
      secondMoments: saved.secondMoments)
    optimizer.learningRate = saved.learningRate
    if let best = saved.scheduleBest { schedule.best = best }
    schedule.badEpochs = saved.scheduleBadEpochs
    schedule.epoch = saved.epoch
  }

  /// Writes the state of now, if the run has a folder.
  mutating func save() throws {
    state.parameters = method.parameters.map(\.values)
    state.optimizerSteps = optimizer.steps
    state.firstMoments = optimizer.firstMoments
    state.secondMoments = optimizer.secondMoments
    // A square can overflow where the gradient and the tensor are still finite.
    for moments in state.firstMoments + state.secondMoments where !moments.allSatisfy(\.isFinite) {
      throw RunError.notFinite(
        what: "the optimiser's mean gradient", step: optimizer.steps, last: lastCheckpoint)
    }
    state.learningRate = optimizer.learningRate
    state.scheduleBest = schedule.best.isFinite ? schedule.best : nil
    state.scheduleBadEpochs = schedule.badEpochs
    if let folder { try state.write(to: Self.checkpointPath(folder)) }
  }
}
