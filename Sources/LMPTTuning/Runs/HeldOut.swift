// HeldOut - training images in the place of test images, so that settings are chosen without those.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Which training images stand for test images.
package struct HeldOut: Sendable, Equatable {
  /// Decides which; splits of different seeds hold out different images.
  package var seed: Int
  /// The share of every class.
  package var fraction: Double

  /// A split of the training images.
  package init(seed: Int, fraction: Double) { (self.seed, self.fraction) = (seed, fraction) }

  /// The rows to train on and those held out (``ValidationSplit``).
  fileprivate func split(_ dataset: LongTailDataset) -> ValidationSplit {
    var generator = Generator(seed: seed)
    return ValidationSplit(
      dataset.train, classes: dataset.classNames.count, fraction: fraction, generator: &generator)
  }
}

extension LongTailDataset {
  /// The training images alone.
  var withoutTest: LongTailDataset {
    LongTailDataset(
      spec, root: root, classNames: classNames, train: train, test: [], captions: captions)
  }

  /// The same data set with held-out training images for its test images.
  func holdingOut(_ part: HeldOut) -> LongTailDataset {
    let split = part.split(self)
    return LongTailDataset(
      spec, root: root, classNames: classNames, train: split.train.map { train[$0] },
      test: split.validation.map { train[$0] },
      captions: captions.map { all in split.train.map { all[$0] } })
  }
}

extension DatasetFeatures {
  /// The same features with held-out training images for the test images.
  func holdingOut(_ part: HeldOut) throws -> DatasetFeatures {
    let split = part.split(dataset)
    let held = dataset.holdingOut(part)
    try held.requireEveryClass()
    return DatasetFeatures(
      held, trainImages: trainImages.rows(split.train, mirrored: true),
      testImages: trainImages.rows(split.validation, mirrored: false), skipped: skipped,
      changed: changed)
  }
}

extension ImageTable {
  /// A table of some of the images, with their mirrored views or without.
  fileprivate func rows(_ images: [Int], mirrored: Bool) -> ImageTable {
    let total = count
    let places = images + (mirrored ? images.map { $0 + total } : [])
    var table = ImageTable(features: features.gather(places), count: images.count)
    if let all = self.places { table.places = { rows in all(rows.map { places[$0] }) } }
    if let all = pixels { table.pixels = { rows in try all(rows.map { places[$0] }) } }
    return table
  }
}
