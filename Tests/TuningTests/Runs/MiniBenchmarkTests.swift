// MiniBenchmarkTests - the whole job on the embedded pictures against its PyTorch twin.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTMetrics
import Foundation
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

/// The mini benchmark, opened once; features go to a temporary cache.
private enum Mini {
  static let opened = Result { () throws -> (model: CLIPModel, features: DatasetFeatures) in
    let model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
    let dataset = try LongTailDataset(
      try DatasetSpec.named("mini"), root: Fixtures.path("mini"))
    let cache = NSTemporaryDirectory() + "lmpt-tests-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: cache) }
    return (
      model,
      try DatasetFeatures(
        dataset,
        from: FeatureSource(model: model, cacheRoot: cache))
    )
  }
}

@Suite("the mini benchmark against PyTorch", .serialized)
struct MiniBenchmarkTests {
  @Test("zero-shot scores of all test pictures, and their mAP")
  func zeroShot() throws {
    let (model, features) = try Mini.opened.get()
    let fixture = try FixtureTensors("mini/zeroshot.safetensors")
    let texts = try model.zeroShot(classNames: features.dataset.classNames).classFeatures
    let z = try logits(features.testImages.features, texts, scale: model.logitScale)
    let labels = features.dataset.multiHot(features.dataset.test)
    let evaluation = try Evaluation(
      logits: z, labels: labels, counts: features.dataset.counts, kind: .softmax)
    // Float32 towers on both sides; the bounds.
    expectClose(
      evaluation.scores.values, try fixture.floats("scores"), atol: 1e-4, rtol: 0, "scores")
    let groups = evaluation.map.groups
    let found = [
      evaluation.map.total, try #require(groups[.head]), try #require(groups[.medium]),
      try #require(groups[.tail]),
    ]
    let expected = try fixture.doubles("map.softmax")
    expectClose(
      found, expected.allSatisfy { $0 <= 1 } ? expected : expected.map { $0 / 100 }, atol: 1e-6,
      rtol: 0, "mAP")
  }

  @Test(
    "ten training steps of the full objective",
    arguments: [
      ("sgd-sum1", OptimizerKind.sgd, 5e-4, WeightNormalization.sum, 1e-4),
      ("sgd-average1", .sgd, 5e-4, .mean, 1e-4),
      // Adam divides by the gradient's own size and so amplifies rounding: PyTorch's float32 and
      // float64 differ by 1e-4 in the context themselves.
      ("adam-average1", .adam, 1e-2, .mean, 1e-3),
    ])
  func tenSteps(
    name: String, kind: OptimizerKind, rate: Double, weights: WeightNormalization, bound: Double
  ) throws {
    let (model, features) = try Mini.opened.get()
    let dataset = features.dataset
    let fixture = try FixtureTensors("mini/steps-\(name).safetensors")
    var options = TrainingOptions(dataset: "mini")
    options.optimizer = kind
    options.learningRate = rate
    options.weightNormalization = weights
    var tuner = try PromptTuner(
      model: model,
      classes: TrainingClasses(
        names: dataset.classNames, counts: dataset.counts, images: dataset.train.count),
      options: options)
    var optimizer = Optimizer(kind, learningRate: rate, momentum: 0.9, weightDecay: 1e-4)
    let captions = try Captions(
      try #require(dataset.captions), alignment: .sentence, tokenizer: try Tokenizer.clip(),
      tower: model.text)
    let labels = dataset.multiHot(dataset.train)
    let views = features.trainImages.features
    var order = Generator(seed: 1)
    var flips = Generator(seed: 2)
    let permutation = order.permutation(1142)
    let mirrored = (0..<1142).map { _ in flips.uniform() < 0.5 }

    var losses: [[Double]] = [[], [], []]
    for step in 0..<10 {
      let rows = Array(permutation[step * 64..<(step + 1) * 64])
      let images = views.gather(rows.map { mirrored[$0] ? $0 + 1142 : $0 })
      let parts = try tuner.step(
        TrainingBatch(
          images: ImageBatch(features: images), labels: labels.gather(rows),
          captions: captions.batch(rows)), optimizer: &optimizer)
      for (index, value) in [parts.cls, parts.cse, parts.total].enumerated() {
        losses[index].append(Double(value))
      }
    }
    for (values, key) in zip(losses, ["L_cls", "L_cse", "L"]) {
      expectClose(values, try fixture.doubles(key), atol: 0, rtol: 1e-4, "\(name) \(key)")
    }
    let context = try fixture.floats("context")
    let largest = Double(context.map(abs).max() ?? 0)
    expectClose(
      tuner.prompts.context.values, context, atol: bound * largest, rtol: 0, "\(name) context")
  }

  @Test("the same seed gives torch's context, order and mirroring")
  func randomness() throws {
    let fixture = try FixtureTensors("mini/steps-sgd-sum1.safetensors")
    var context = Generator(seed: 0)
    let start = try fixture.floats("start")
    let drawn = context.normal(count: start.count, std: 0.02)
    let worst = zip(drawn, start).map { abs($0 - $1) / $1.ulp }.max() ?? 0
    #expect(worst <= 2)
    var order = Generator(seed: 1)
    #expect(order.permutation(1142) == (try fixture["order"].integers()))
    var flips = Generator(seed: 2)
    let mirrored = (0..<1142).map { _ in flips.uniform() < 0.5 ? 1 : 0 }
    #expect(mirrored == (try fixture["flips"].integers()))
    // An epoch takes both: whether a picture is mirrored goes with the picture, not with its turn.
    (order, flips) = (Generator(seed: 1), Generator(seed: 2))
    let epoch = EpochOrder(
      .uniform, count: 1142, members: [], order: &order, mirroring: &flips)
    #expect(epoch.rows == (try fixture["order"].integers()))
    #expect(epoch.mirrored == epoch.rows.map { mirrored[$0] == 1 })
    // Drawn with repetition there is no such picture, and the flips are taken in turn.
    (order, flips) = (Generator(seed: 1), Generator(seed: 2))
    let inTurn = EpochOrder(
      .classAware, count: 1142, members: [Array(0..<600), Array(600..<1142)], order: &order,
      mirroring: &flips)
    #expect(inTurn.mirrored == mirrored.map { $0 == 1 })
  }

  @Test(
    "a resumed run is the uninterrupted run, bit for bit",
    arguments: Long.or([OptimizerKind.adam], long: OptimizerKind.allCases))
  func resume(kind: OptimizerKind) throws {
    let (model, features) = try Mini.opened.get()
    var options = MiniBenchmark.options(MiniBenchmark.arms[3], seed: 3)
    options.optimizer = kind
    options.schedule = .plateau
    options.epochs = 2
    func folder() throws -> String {
      let path = NSTemporaryDirectory() + "lmpt-resume-\(UUID().uuidString)"
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
      return path
    }
    let (whole, broken) = (try folder(), try folder())
    defer {
      try? FileManager.default.removeItem(atPath: whole)
      try? FileManager.default.removeItem(atPath: broken)
    }
    var run = try TrainingRun(model: model, features: features, options: options, folder: whole)
    // The state after the first epoch is what a kill in the second one leaves behind.
    let uninterrupted = try run.run { progress in
      if progress.epoch == 2, progress.step == 3 {
        try? FileManager.default.copyItem(
          atPath: TrainingRun.checkpointPath(whole), toPath: TrainingRun.checkpointPath(broken))
      }
    }
    let result = try withThreads(1) {
      var resumed = try TrainingRun(
        model: model, features: features, options: options, folder: broken, resume: true)
      return try resumed.run()
    }
    #expect(result.tensors.map(\.value.values) == uninterrupted.tensors.map(\.value.values))
    #expect(result.evaluation.scores.values == uninterrupted.evaluation.scores.values)
    #expect(result.history.map(\.loss) == uninterrupted.history.map(\.loss))
  }
}
