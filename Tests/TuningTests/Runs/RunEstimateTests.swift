// RunEstimateTests - what `--dry-run` counts before a run; times are measured and only have to be there.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("estimates of runs")
struct RunEstimateTests {
  @Test("views, images, steps and epochs are those of the run, and nothing is written")
  func counts() throws {
    let few = try FewPictures()
    let (train, test) = (few.dataset.train.count, few.dataset.test.count)
    let source = FeatureSource(model: few.model, fingerprint: "mini", cacheRoot: few.folder.path)
    var options = FewPictures.options(validation: 0.3, epochs: 7)
    // A seed whose split keeps another number of images than the next ones, and an uneven last batch.
    func split(_ seed: Int) -> Int {
      var generator = Generator(seed: seed)
      let classes = few.dataset.classNames.count
      return ValidationSplit(
        few.dataset.train, classes: classes, fraction: 0.3, generator: &generator
      ).train.count
    }
    options.seed = try #require((0..<100).first { split($0 + 3) != split($0) })
    options.batch = split(options.seed + 3) - 1
    let run = try TrainingRun(
      model: few.model, features: few.features(), options: options, folder: nil)
    let images = run.split.train.count
    try FileManager.default.removeItem(atPath: few.folder.path)

    let estimate = try RunEstimate(
      features: source, of: few.dataset, model: few.model, options: options)
    #expect(!FileManager.default.fileExists(atPath: few.folder.path))
    // Each training picture twice, each test picture once.
    #expect(estimate.views == 2 * train + test)
    #expect(estimate.trained == images && images < train)
    #expect(estimate.stepsPerEpoch == 2 && estimate.epochs == 7 && estimate.steps == 14)
    #expect(estimate.encoding > 0 && estimate.training > 0 && estimate.captions == 0)
    #expect(estimate.seconds == estimate.encoding + estimate.training)
    // At least the features themselves, plain and mirrored, twice.
    let width = few.model.architecture.embedding
    #expect(estimate.memory > (4 * train + test) * width * 4)

    _ = try few.features()
    let again = RunEstimate(features: source, of: few.dataset)
    #expect(again.views == 0 && again.encoding == 0 && again.training == 0)
  }
}
