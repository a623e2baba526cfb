// TrainingRun+Saving - a run that was stopped goes on exactly where it was.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors

extension TrainingRun {
  /// The file that a run continues from.
  package static func checkpointPath(_ folder: String) -> String {
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
    func names(_ state: Checkpoint) -> [String] { state.tensors.map(\.name) }
    func shapes(_ state: Checkpoint) -> [[Int]] { state.tensors.map(\.shape) }
    guard names(saved) == names(state), shapes(saved) == shapes(state) else {
      throw RunError.differs([
        "\(names(saved)) \(shapes(saved)) in the checkpoint, "
          + "\(names(state)) \(shapes(state)) asked for"
      ])
    }
    let classes = features.dataset.classNames.count
    if let margins = saved.margins, margins.negatives.count != classes {
      throw RunError.differs([
        "margins of \(margins.negatives.count) classes in the checkpoint, \(classes) in the data"
      ])
    }
    state = saved
    method.parameters = saved.tensors.map { Tensor($0.value, shape: $0.shape).tracked() }
    optimizer.state = saved.optimizer
    optimizer.learningRate = saved.learningRate
    if let best = saved.scheduleBest { schedule.best = best }
    schedule.badEpochs = saved.scheduleBadEpochs
    schedule.epoch = saved.epoch
  }

  /// Writes the state of now, if the run has a folder.
  mutating func save() throws {
    for (index, value) in method.parameters.enumerated() {
      state.tensors[index].value = value.values
    }
    state.optimizer = optimizer.state
    // A square can overflow where the gradient and the tensor are still finite.
    for moments in optimizer.state.firstMoments + optimizer.state.secondMoments
    where !moments.allSatisfy(\.isFinite) {
      throw RunError.notFinite(
        what: "the optimiser's mean gradient", step: optimizer.state.steps, last: lastCheckpoint)
    }
    state.learningRate = optimizer.learningRate
    state.scheduleBest = schedule.best.isFinite ? schedule.best : nil
    state.scheduleBadEpochs = schedule.badEpochs
    if let folder { try state.write(to: Self.checkpointPath(folder)) }
  }
}
