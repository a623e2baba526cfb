// RunEstimate - what a run will cost, from a few steps of it on this machine.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTTensors

/// What a run is expected to take: measured per piece, multiplied by their number.
///
/// A measurement rather than a formula, because processors, kernels and thread counts differ more
/// than formulas know. It takes some seconds, opens no picture and writes nothing.
package struct RunEstimate: Sendable, Equatable {
  /// Views of pictures whose features are not in the cache; a training picture has two.
  package var views = 0
  /// Training images that are trained on, after the validation split.
  package var trained = 0
  /// Steps of an epoch.
  package var stepsPerEpoch = 0
  /// Epochs.
  package var epochs = 0
  /// Seconds for the features that are missing.
  package var encoding = 0.0
  /// Seconds for the captions' features.
  package var captions = 0.0
  /// Seconds for all steps and evaluations.
  package var training = 0.0
  /// Bytes of memory at the peak.
  package var memory = 0

  /// Steps of the run.
  package var steps: Int { stepsPerEpoch * epochs }
  /// Seconds in all.
  package var seconds: Double { encoding + captions + training }

  /// Measures the encoding of pictures.
  ///
  /// - Parameters:
  ///   - source: the image tower and its caches.
  ///   - dataset: whose pictures.
  package init(features source: FeatureSource, of dataset: LongTailDataset) {
    views = 2 * source.trainCache(dataset).missing + source.testCache(dataset).missing
    if views > 0 {
      let size = source.encoder.architecture.size
      let input = Tensor.zeros([8, 3, size, size])
      _ = source.encoder(input)  // packs the weights
      let clock = ContinuousClock()
      let time = clock.measure { _ = source.encoder(input) }
      encoding = time.seconds / 8 * Double(views)
    }
    let width = source.encoder.architecture.embedding
    // Features and their mirrored twins, and the table that batches are gathered from.
    memory = peakMemory() + (4 * dataset.train.count + dataset.test.count) * width * 4
  }

  /// Measures a whole run.
  ///
  /// - Parameters:
  ///   - source: the image tower and its caches.
  ///   - dataset: whose pictures.
  ///   - model: the model that the source is of.
  ///   - options: everything that decides the numbers.
  /// - Throws: what the run itself would throw for these options.
  package init(
    features source: FeatureSource, of dataset: LongTailDataset, model: CLIPModel,
    options: TrainingOptions
  ) throws {
    self.init(features: source, of: dataset)
    let before = memory - peakMemory()
    var generator = Generator(seed: options.seed &+ 3)
    trained =
      ValidationSplit(
        dataset.train, classes: dataset.classNames.count, fraction: options.validationFraction,
        generator: &generator
      ).train.count
    stepsPerEpoch = (trained + options.batch - 1) / options.batch
    epochs = options.epochs

    // A small data set that still shows every class: two batches and the first image of each class.
    var shown = Set(dataset.train.indices.prefix(2 * options.batch))
    for label in dataset.classNames.indices {
      if let index = dataset.train.firstIndex(where: { $0.labels.contains(label) }) {
        shown.insert(index)
      }
    }
    let small = dataset.without(
      train: dataset.train.indices.filter { !shown.contains($0) },
      test: Array(dataset.test.indices.dropFirst(64)))
    var some = options
    (some.epochs, some.validationFraction, some.selection) = (1, 0, .last)
    let clock = ContinuousClock()
    if options.readsCaptions, let texts = small.captions {
      let sample = Array(texts.prefix(32))
      let time = try clock.measure {
        _ = try Captions(
          sample, alignment: options.alignment, cut: options.captionCut,
          detail: options.method.learnsFromCaptions ? .everyToken : .alignment,
          tokenizer: try Tokenizer.clip(), tower: model.text)
      }
      captions = time.seconds / Double(max(1, sample.count)) * Double(trained)
    }
    var run = try TrainingRun(
      model: model,
      features: DatasetFeatures(random: small, model: model, view: options.method.sees),
      options: some, folder: nil)
    var perImage = 0.0
    let whole = try clock.measure {
      _ = try run.run { perImage = 1 / max($0.imagesPerSecond, 1e-9) }
    }
    // A run of one epoch evaluates twice: after the epoch and at its end.
    let evaluation = max(0, whole.seconds - perImage * Double(small.train.count)) / 2
    training = Double(epochs) * (perImage * Double(trained) + evaluation)
    memory = peakMemory() + before
  }
}

extension DatasetFeatures {
  /// Features that cost nothing, of the right shapes.
  fileprivate init(random dataset: LongTailDataset, model: CLIPModel, view: ImageDetail) {
    var generator = Generator(seed: 0)
    let width = model.architecture.embedding
    self.dataset = dataset
    (skipped, changed) = ([], 0)
    func table(_ count: Int, views: Int) -> ImageTable {
      var table = ImageTable(
        features: Tensor(
          generator.normal(count: views * count * width), shape: [views * count, width]),
        count: count)
      let (positions, size) = (model.visual.positionCount, model.architecture.imageSize)
      switch view {
      case .features: break
      case .places: table.places = { .ones([$0.count, positions, width]) }
      case .pixels: table.pixels = { .zeros([$0.count, 3, size, size]) }
      }
      return table
    }
    trainImages = table(dataset.train.count, views: 2)
    testImages = table(dataset.test.count, views: 1)
  }
}
