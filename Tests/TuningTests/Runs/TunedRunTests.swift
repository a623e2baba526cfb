// TunedRunTests - run folders from Swift: made, opened again, and with a method of one's own.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

/// A method that is in no list: z = 10 cos(f, w).
private struct Directions: Trainable {
  var weight: Tensor  // [C, E]
  var trained: [(name: String, path: TensorPath<Self>)] { [("weight", \.weight)] }

  func losses(of batch: TrainingBatch) throws -> Losses {
    let cls = try binaryCrossEntropy(
      logits(batch.images.features, weight, scale: 10), labels: batch.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  func predictor() -> Predictor {
    let weight = weight.detached
    return { try logits($0.features, weight, scale: 10) }
  }
}

@Suite("run folders from Swift", .serialized)
struct TunedRunTests {
  /// The mini benchmark; its features are kept beside those of the command tests.
  private func mini() throws -> RunData {
    let root = Fixtures.path("mini")
    return try RunData(
      dataset: "mini", root: root, weights: "\(root)/clip.safetensors",
      cache: NSTemporaryDirectory() + "lmpt-command-cache/lmpt")
  }

  @Test("a finished run is opened by its folder and predicts what it measured")
  func opened() throws {
    let (data, folder) = (try mini(), try TemporaryFolder())
    let features = try data.features()
    var options = TrainingOptions(dataset: "mini", method: .coop)
    (options.epochs, options.contextCount, options.learningRate) = (1, 4, 1e-2)
    let path = "\(folder.path)/run"
    let result = try RunFolder(path, data: data, options: options)
      .train(features, model: data.model, options: options)

    let run = try TunedRun(path)
    #expect(run.options == options && run.classNames == data.dataset.classNames)
    #expect(try run.history() == result.history && result.history.count == 1)
    #expect(run.metrics["map"]?.double == result.evaluation.map.total)
    let model = try run.model()
    #expect(model.preprocessing == .lmpt && model.fingerprint == data.fingerprint)
    let found = try features.testImages.logits(run.predictor(model))
    #expect(options.scores.scores(found).values == result.evaluation.scores.values)
    // The threshold is none of its F1, and the scores lie beside the labels of the lists.
    let threshold = try #require(result.threshold)
    #expect(run.labelThreshold == threshold.value && threshold.value != threshold.overallF1)
    #expect(run.metrics["label_threshold"]?["of1"]?.double == threshold.overallF1)
    let kept = try run.evaluation(on: data.dataset)
    #expect(kept.labels.values == data.dataset.multiHot(data.dataset.test).values)
    #expect(kept.scores.values == result.evaluation.scores.values)
    // Other weights are looked at, and refused.
    let other = Fixtures.path("clip/small/openai.safetensors")
    #expect(throws: (any Error).self) { try run.model(weights: other) }
    // Without its mark it is a run that was stopped.
    try FileManager.default.removeItem(atPath: "\(path)/\(RunMark.name)")
    #expect(errorCode { _ = try TunedRun(path) } == "run.unfinished")
  }

  @Test("a method of one's own has logs and checkpoints, and resumes bit for bit")
  func ownMethod() throws {
    let (data, folder) = (try mini(), try TemporaryFolder())
    let features = try data.features()
    var options = TrainingOptions(dataset: "mini", method: .linearProbe)
    options.epochs = 2
    func start() throws -> Directions {
      Directions(
        weight: try data.model.zeroShot(classNames: data.dataset.classNames).classFeatures.tracked()
      )
    }
    let (whole, broken) = (
      try RunFolder("\(folder.path)/whole", data: data, options: options),
      try RunFolder("\(folder.path)/broken", data: data, options: options)
    )
    let straight = try whole.train(
      features, model: data.model, options: options, method: start()
    ) { progress in
      if progress.epoch == 2, progress.step == 3 {
        try? FileManager.default.copyItem(
          atPath: TrainingRun.checkpointPath(whole.path),
          toPath: TrainingRun.checkpointPath(broken.path))
      }
    }
    let resumed = try broken.train(
      features, model: data.model, options: options, method: start(), resume: true)
    #expect(resumed.tensors.map(\.name) == ["weight"])
    #expect(resumed.tensors.map(\.value.values) == straight.tensors.map(\.value.values))
    #expect(resumed.tensors[0].value.values != (try start().weight.values), "nothing was trained")
    #expect(try EpochLog.read("\(broken.path)/events.jsonl").map(\.epoch) == [1, 2])
    #expect(resumed.history.map(\.loss) == straight.history.map(\.loss))
  }

  @Test("a task that is cancelled saves its run, which goes on bit for bit")
  func cancelled() async throws {
    let (data, folder) = (try mini(), try TemporaryFolder())
    let features = try await data.features()
    var options = TrainingOptions(dataset: "mini", method: .linearProbe)
    options.epochs = 2
    let (whole, broken) = (
      try RunFolder("\(folder.path)/whole", data: data, options: options),
      try RunFolder("\(folder.path)/broken", data: data, options: options)
    )
    let (frozen, model) = (options, data.model)
    let straight = try await whole.train(features, model: model, options: frozen)
    let (steps, taken) = AsyncStream.makeStream(of: Int.self)
    let cancelled = DispatchSemaphore(value: 0)
    let task = Task {
      try await broken.train(features, model: model, options: frozen) { progress in
        // The step waits, so that the request is there before the next one.
        guard progress.epoch == 2, progress.step == 1 else { return }
        taken.yield(progress.step)
        cancelled.wait()
      }
    }
    for await _ in steps { break }
    task.cancel()
    cancelled.signal()
    await #expect(throws: RunError.self) { try await task.value }
    let resumed = try await broken.train(features, model: model, options: frozen, resume: true)
    #expect(resumed.tensors.map(\.value.values) == straight.tensors.map(\.value.values))
    #expect(resumed.history.map(\.loss) == straight.history.map(\.loss))
  }
}
