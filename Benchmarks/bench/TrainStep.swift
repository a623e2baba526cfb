// TrainStep - one step of prompt tuning on cached features, against the released loop.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import Foundation
import LMPTTuning
import LMPTTensors

enum TrainStepWork {
  /// VOC's 20 classes, 16 context tokens, E7 + E6 + E8 and the update.
  ///
  /// The twin is the released loop: every step encodes its 64 images and runs all 77 positions.
  static func all() throws -> [Work] {
    try [ContextSharing.classSpecific, .shared].map { try step($0, batch: 64) }
  }

  /// One step at a batch size.
  static func step(_ sharing: ContextSharing, batch: Int) throws -> Work {
    let session = try TuningSession(sharing, images: batch)
    let owner = sharing == .shared ? "shared" : "own"
    let ends = session.tuner.prompts.learner.endPositions.map(String.init).joined(separator: ",")
    return Work(
      name: "train-step batch \(batch), 20 classes, \(owner) context of 16",
      amount: .items(Double(batch)),
      run: { _ = try session.step(Array(0..<batch)) },
      request: "train-step \(try RandomModel.vitB16()) \(batch) \(owner) \(ends)")
  }
}

/// A tuner on VOC-LT's sizes with random features and labels.
final class TuningSession {
  /// The published command's tuner.
  var tuner: PromptTuner
  private var optimizer: Optimizer
  private let features: Tensor
  private let labels: Tensor
  private let captions: Captions

  /// A session with as many cached images as asked for.
  init(_ sharing: ContextSharing, images: Int) throws {
    let model = try CLIPModel.load(path: try RandomModel.vitB16())
    var options = TrainingOptions(dataset: "voc-lt")
    options.sharing = sharing
    let counts = (0..<20).map { 4 + 775 / ($0 * $0 + 1) }
    tuner = try PromptTuner(
      model: model, classes: TrainingClasses(names: ClassNames.voc, counts: counts, images: 1142),
      options: options)
    optimizer = Optimizer(
      options.optimizer, learningRate: options.learningRate, momentum: options.momentum,
      weightDecay: options.weightDecay)
    features = EncoderWork.random([images, 512])
    labels = Tensor(
      (0..<images * 20).map { ($0 / 20 + $0 % 20) % 9 == 0 ? 1 : 0 }, shape: [images, 20])
    captions = try Captions(
      (0..<images).map { TokenizerBench.captions[$0 % TokenizerBench.captions.count] },
      alignment: options.alignment, tokenizer: try Tokenizer.clip(), tower: model.text)
  }

  /// One step on some images.
  func step(_ rows: [Int]) throws -> LossParts<Float> {
    try tuner.step(
      TrainingBatch(
        images: ImageBatch(features: features.gather(rows)), labels: labels.gather(rows),
        captions: captions.batch(rows)), optimizer: &optimizer)
  }
}
