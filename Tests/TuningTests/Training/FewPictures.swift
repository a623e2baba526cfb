// FewPictures - some pictures of the mini benchmark with their features, for whole runs in a moment.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTSupport
import LMPTTensors

@testable import LMPTTuning

/// A data set of three training pictures or more of each class and 40 test pictures.
struct FewPictures {
  let folder: TemporaryFolder
  let model: CLIPModel
  let dataset: LongTailDataset
  /// Test pictures that the data set does not have.
  let others: [ListedImage]

  init() throws {
    folder = try TemporaryFolder()
    model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
    let whole = try LongTailDataset(try DatasetSpec.named("mini"), root: Fixtures.path("mini"))
    var shown = [Int](repeating: 0, count: whole.classNames.count)
    let rows = whole.train.indices.filter { row in
      guard whole.train[row].labels.contains(where: { shown[$0] < 3 }) else { return false }
      for label in whole.train[row].labels { shown[label] += 1 }
      return true
    }
    dataset = LongTailDataset(
      whole.spec, root: whole.root, classNames: whole.classNames,
      train: rows.map { whole.train[$0] }, test: Array(whole.test.prefix(40)),
      captions: whole.captions.map { captions in rows.map { captions[$0] } })
    others = Array(whole.test.dropFirst(40).prefix(30))
  }

  /// The data set with another test list.
  func with(test: [ListedImage]) -> LongTailDataset {
    LongTailDataset(
      dataset.spec, root: dataset.root, classNames: dataset.classNames, train: dataset.train,
      test: test, captions: dataset.captions)
  }

  /// Features of the data set, or of one with the same training pictures.
  func features(_ other: LongTailDataset? = nil, view: ImageDetail = .features) throws
    -> DatasetFeatures
  {
    let source = FeatureSource(model: model, fingerprint: "mini", cacheRoot: folder.path)
    return try DatasetFeatures(other ?? dataset, from: source, view: view)
  }

  /// A linear probe of so much decay that its metrics go up and down: the rate drops twice or more
  /// within 48 epochs of a few milliseconds each, and the best epoch is not the last.
  static func options(
    _ selection: EpochSelection = .validation, validation: Double = 0.3, epochs: Int = 48
  ) -> TrainingOptions {
    var options = TrainingOptions(dataset: "mini", method: .linearProbe)
    (options.epochs, options.batch, options.learningRate) = (epochs, 16, 0.1)
    options.weightDecay = 1
    (options.selection, options.validationFraction) = (selection, validation)
    return options
  }

  /// Runs the options to their end.
  func result(
    _ options: TrainingOptions, on other: LongTailDataset? = nil
  ) throws -> TrainingResult {
    var run = try TrainingRun(
      model: model, features: features(other), options: options, folder: nil)
    return try run.run()
  }
}

extension TrainingResult {
  /// The trained tensors.
  var values: [[Float]] { tensors.map(\.value.values) }
  /// The learning rate of each epoch.
  var rates: [Double] { history.map(\.learningRate) }
}
