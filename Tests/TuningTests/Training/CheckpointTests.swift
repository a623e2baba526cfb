// CheckpointTests - every part of a run's state comes back from the file; halves of one do not.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@testable import LMPTTuning

@Suite("checkpoints")
struct CheckpointTests {
  /// A state in which no two parts are alike.
  private func state() throws -> Checkpoint {
    var generator = Generator(seed: 0)
    let classes = TrainingClasses(names: ["a", "b", "c"], counts: [3, 2, 1], images: 6)
    let probe = LinearProbe(
      width: 2, classes: classes.names.count, classification: { z, _ in sum(z) },
      generator: &generator)
    var state = Checkpoint(
      probe, learningRate: 0.125, order: Generator(seed: 1), mirroring: Generator(seed: 2))
    let tensors: [[Float]] = [[1, 2, 3, 4, 5, -6], [0.1, .leastNonzeroMagnitude, 3e38]]
    func times(_ factor: Float) -> [[Float]] { tensors.map { $0.map { $0 * factor } } }
    for index in tensors.indices {
      state.tensors[index].value = tensors[index]
      state.tensors[index].best = times(0.5)[index]
      state.tensors[index].firstMoments = times(0.25)[index]
      state.tensors[index].secondMoments = times(0.75)[index]
    }
    (state.epoch, state.step, state.bestEpoch, state.optimizerSteps) = (2, 3, 1, 17)
    (state.bestMetric, state.scheduleBest, state.scheduleBadEpochs) = (0.1, -0.7, 4)
    state.sums = LossParts(cls: 1 / 3, cse: 2 / 3, total: 0.1)
    state.history = (1...2).map { epoch in
      EpochRecord(
        epoch: epoch, losses: LossParts(cls: 0.2, cse: 0.3, total: 0.1 * Double(epoch)),
        learningRate: 1e-7, validation: epoch == 1 ? nil : 0.4, test: 0.5, seconds: 6.25,
        byGroup: epoch == 1
          ? GroupFigures()
          : GroupFigures(
            validation: [.head: 0.6, .tail: 0.7], test: [.medium: 0.8],
            activeMargins: [.tail: 0.9]))
    }
    state.margins = ActiveMargins(negatives: [5, 0, 7], active: [4, 0, 7], classes: 3)
    #expect(state.margins != nil)
    return state
  }

  @Test("written and read, every part is as it was")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let path = TrainingRun.checkpointPath(folder.path)
    #expect(path == "\(folder.path)/checkpoint.safetensors")
    var state = try state()
    try state.write(to: path)
    #expect(try Checkpoint(readingFrom: path) == state)
    // As it is before the first epoch has ended and before the first step.
    (state.bestMetric, state.scheduleBest, state.optimizer) = (nil, nil, Optimizer.State())
    (state.history, state.epoch, state.margins) = ([], 0, nil)
    try state.write(to: path)
    #expect(try Checkpoint(readingFrom: path) == state)
  }

  @Test("a state that contradicts itself is refused")
  func contradictions() throws {
    let folder = try TemporaryFolder()
    let path = TrainingRun.checkpointPath(folder.path)
    for (name, change) in [
      ("epochs without their history", { $0.epoch = 3 }),
      ("moments of one tensor alone", { $0.tensors[0].firstMoments = nil }),
      ("a step before the first", { $0.step = -1 }),
      ("steps without end", { $0.optimizerSteps = 1 << 40 }),
      ("half a generator", { $0.order.removeLast() }),
      ("no generator", { $0.mirroring = [] }),
    ] as [(String, (inout Checkpoint) -> Void)] {
      var state = try state()
      change(&state)
      try state.write(to: path)
      #expect(errorCode { _ = try Checkpoint(readingFrom: path) } == "run.not-a-run", "\(name)")
    }
  }

  @Test("sums of losses are weighted by the images of a batch")
  func sums() throws {
    var state = try state()
    (state.sums, state.step) = (LossParts(cls: 0, cse: 0, total: 0), 0)
    state.add(LossParts(cls: 1, cse: 2, total: 4), images: 3)
    state.add(LossParts(cls: 0.5, cse: 8, total: 0.25), images: 2)
    // By hand: 3 + 1, 6 + 16, 12 + 0.5.
    #expect(state.sums == LossParts(cls: 4, cse: 22, total: 12.5) && state.step == 2)
  }

  @Test("a checkpoint without figures of groups opens, and half an epoch has no active margins")
  func older() throws {
    let folder = try TemporaryFolder()
    let path = TrainingRun.checkpointPath(folder.path)
    try state().write(to: path)
    let file = try Safetensors.read(path)
    let text = try #require(file.metadata["state"])
    // As version 1.0.0 wrote it: no member of these names.
    var older = text.replacing(",\"margins\":[[5,0,7],[4,0,7]]", with: "")
    for (name, value) in [
      ("val_head", "0.6"), ("val_tail", "0.7"), ("test_medium", "0.8"), ("active_tail", "0.9"),
    ] {
      let shorter = older.replacing(",\"\(name)\":\(value)", with: "")
      #expect(shorter != older, "\(name)")
      older = shorter
    }
    let arrays = file.tensors.map { NamedArray($0) }
    try SealedFile.write(arrays, metadata: ["state": older], to: path)
    var opened = try Checkpoint(readingFrom: path)
    var expected = try state()
    expected.margins = nil
    expected.history[1].byGroup = GroupFigures()
    #expect(opened == expected)
    // Three steps were done without a count, so the rest of the epoch is none of the whole.
    let margins = ActiveMargins(negatives: [2, 2, 2], active: [1, 1, 1], classes: 3)
    let losses = LossParts<Float>(cls: 0, cse: 0, total: 0, margins: margins)
    opened.add(losses, images: 1)
    #expect(opened.margins == nil)
    opened.step = 0
    opened.add(losses, images: 1)
    opened.add(losses, images: 1)
    #expect(opened.margins == ActiveMargins(negatives: [4, 4, 4], active: [2, 2, 2], classes: 3))

    for counts in ["[[1,1,1],[1,2,1]]", "[[1,1,1],[1,1]]", "[[1,1,1]]", "[[1],[-1]]", "7"] {
      let damaged = text.replacing("[[5,0,7],[4,0,7]]", with: counts)
      try SealedFile.write(arrays, metadata: ["state": damaged], to: path)
      #expect(errorCode { _ = try Checkpoint(readingFrom: path) } == "run.not-a-run", "\(counts)")
    }
  }

  @Test("a checkpoint of another version, one without its seal, one of other shapes is refused")
  func foreign() throws {
    let folder = try TemporaryFolder()
    let path = TrainingRun.checkpointPath(folder.path)
    try state().write(to: path)
    let file = try Safetensors.read(path)
    let arrays = file.tensors.map { NamedArray($0) }
    let text = try #require(file.metadata["state"])
    let number = try #require(JSON.parse(Array(text.utf8))["schema"]?.int)
    let newer = text.replacing("\"schema\":\(number)", with: "\"schema\":\(number + 1)")
    #expect(newer != text)
    try SealedFile.write(arrays, metadata: ["state": newer], to: path)
    #expect(errorCode { _ = try Checkpoint(readingFrom: path) } == "run.not-a-run")
    try Safetensors.write(arrays, metadata: ["state": text], to: path)
    #expect(errorCode { _ = try Checkpoint(readingFrom: path) } == "run.damaged")

    let few = try FewPictures()
    let options = FewPictures.options(epochs: 1)
    var run = try TrainingRun(
      model: few.model, features: few.features(), options: options, folder: nil)
    var other = run.state
    try run.restore(other)
    other.margins = ActiveMargins(classes: 3)  // of 20 classes
    #expect(errorCode { try run.restore(other) } == "run.differs")
    other.margins = nil
    let first = other.tensors[0]
    other.tensors[0] = Checkpoint.TensorState(  // as many numbers
      name: first.name, shape: first.shape.reversed(), value: first.value, best: first.best)
    #expect(errorCode { try run.restore(other) } == "run.differs")
  }
}
