// MethodRunTests - whole runs of every method on a few pictures: resuming, keeping, predicting.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("runs of every method", .serialized)
struct MethodRunTests {
  /// Two pictures of each class of the mini benchmark to train on, twenty to test.
  private static let few = Result { () throws -> (CLIPModel, LongTailDataset) in
    let whole = try LongTailDataset(
      try DatasetSpec.named("mini"), root: Fixtures.path("mini"))
    let rows = Set(
      whole.classNames.indices.flatMap { index in
        whole.train.indices.filter { whole.train[$0].labels.contains(index) }.prefix(2)
      }
    ).sorted()
    let captions = try #require(whole.captions)
    return (
      try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors")),
      LongTailDataset(
        whole.spec, root: whole.root, classNames: whole.classNames,
        train: rows.map { whole.train[$0] }, test: Array(whole.test.prefix(20)),
        captions: rows.map { captions[$0] })
    )
  }

  @Test(
    "a resumed run is the uninterrupted one, and what it kept predicts the same",
    arguments: Method.all)
  func resumedAndRestored(method: Method) throws {
    let (model, dataset) = try Self.few.get()
    let folder = try TemporaryFolder()
    let source = FeatureSource(
      model: model, cacheRoot: "\(folder.path)/cache")
    let features = try DatasetFeatures(dataset, from: source, view: method.sees)
    var options = TrainingOptions(dataset: "mini", method: method)
    (options.epochs, options.batch, options.validationFraction) = (2, 16, 0)
    (options.sampling, options.contextCount, options.selection) = (.classAware, 4, .last)
    if method.tunesPrompts { options.embedding = .softmargin }

    let (whole, broken) = ("\(folder.path)/whole", "\(folder.path)/broken")
    for path in [whole, broken] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    var run = try TrainingRun(model: model, features: features, options: options, folder: whole)
    let start = run.method.parameters.map(\.values)
    let straight = try run.run { progress in
      if progress.epoch == 2, progress.step == 1 {
        try? FileManager.default.copyItem(
          atPath: TrainingRun.checkpointPath(whole), toPath: TrainingRun.checkpointPath(broken))
      }
    }
    let isTrained = run.method.parameters.map(\.values) != start
    let steps = ![Method.logitAdjustment, .tipAdapter].contains(method)
    #expect(isTrained == steps, "whether anything was trained")
    var resumed = try TrainingRun(
      model: model, features: features, options: options, folder: broken, resume: true)
    let result = try resumed.run()
    #expect(result.tensors.map(\.value.values) == straight.tensors.map(\.value.values))
    #expect(result.history.map(\.loss) == straight.history.map(\.loss))
    #expect(result.evaluation.scores.values == straight.evaluation.scores.values)

    var restored = try options.makeMethod(
      model: model,
      classes: TrainingClasses(
        names: dataset.classNames, counts: dataset.counts.map { _ in 1 }, images: 20))
    try restored.restore { name in
      try #require(result.tensors.first { $0.name == name }?.value)
    }
    let logits = try features.testImages.logits(restored.predictor())
    #expect(options.scores.scores(logits).values == result.evaluation.scores.values)
  }

  @Test("places stay with their picture, mirrored or not, bad ones left out")
  func places() throws {
    let (model, dataset) = try Self.few.get()
    let folder = try TemporaryFolder()
    let broken = ListedImage(path: "mini_labels.txt", labels: [14])
    let some = LongTailDataset(
      dataset.spec, root: dataset.root, classNames: dataset.classNames,
      train: [broken] + dataset.train, test: dataset.test, captions: nil)
    let source = FeatureSource(
      model: model, cacheRoot: folder.path, onBadImage: .skip)
    let features = try DatasetFeatures(some, from: source, view: .places(.added))
    #expect(features.skipped == ["mini_labels.txt"])
    let count = features.trainImages.count
    #expect(count == dataset.train.count)
    let batch = try features.trainImages.batch([0, count - 1, count, 2 * count - 1])
    let places = try #require(batch.places)
    // A vision transformer's first place is its class token, the feature of the whole image; one
    // layer runs on all tokens there and on that token alone here.
    let first = places.slice(0..<1, axis: 1).reshaped([4, places.shape[2]])
    expectClose(first.values, batch.features.values, atol: 1e-5, rtol: 1e-5)
  }
}
