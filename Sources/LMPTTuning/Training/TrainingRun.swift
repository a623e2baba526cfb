// TrainingRun - A1 over epochs: which images a step sees, and when a run stops.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTTensors

/// One training run: it trains a method on image features and keeps the best epoch.
///
/// Three generators, one per purpose, so that none disturbs another: random starts from `seed`, the
/// order of the images from `seed + 1`, mirroring from `seed + 2`; the validation split is drawn
/// from `seed + 3`. All are torch's.
public struct TrainingRun {
  let model: CLIPModel
  let features: DatasetFeatures
  let options: TrainingOptions
  let folder: String?
  let split: ValidationSplit
  private let captions: Captions?
  /// The method with its tensors as they are.
  public internal(set) var method: any Trainable
  var optimizer: Optimizer
  var schedule: Schedule
  var state: Checkpoint
  /// Asked before every step whether to save and stop there.
  var mustStop: () -> Bool = { Interruption.isRequested }
  private let labels: Tensor
  /// The rows that show each class.
  private let members: [[Int]]

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - model: the frozen CLIP model.
  ///   - features: the data set with its image features.
  ///   - options: everything that decides the numbers.
  ///   - folder: where checkpoints go; nil keeps everything in memory.
  ///   - resume: continue from the folder's checkpoint.
  ///   - classification: a loss in the place of the one that the options name; resuming needs the same.
  ///   - own: a method of one's own at its start, in the place of the one that the options name.
  /// - Throws: `RunError.noCaptions`, or what the equations throw for impossible options.
  public init(
    model: CLIPModel, features: DatasetFeatures, options: TrainingOptions, folder: String?,
    resume: Bool = false, classification: LossFunction? = nil, method own: (any Trainable)? = nil
  ) throws {
    try options.validate()
    self.model = model
    self.features = features
    self.options = options
    self.folder = folder
    let dataset = features.dataset
    var splitGenerator = Generator(seed: options.seed &+ 3)
    split = ValidationSplit(
      dataset.train, classes: dataset.classNames.count, fraction: options.validationFraction,
      generator: &splitGenerator)
    let trained = split.train.map { dataset.train[$0] }
    members = dataset.classNames.indices.map { index in
      trained.indices.filter { trained[$0].labels.contains(index) }
    }
    labels = dataset.multiHot(trained)

    let classes = TrainingClasses(
      names: dataset.classNames,
      counts: classCounts(trained, classes: dataset.classNames.count), images: trained.count)
    method =
      try own
      ?? options.makeMethod(
        model: model, classes: classes,
        images: TrainingImages(
          features: features.trainImages.features.gather(split.train), labels: labels),
        classification: classification)
    optimizer = options.makeOptimizer
    if !options.readsCaptions {
      captions = nil
    } else {
      guard let texts = dataset.captions else { throw RunError.noCaptions }
      captions = try Captions(
        split.train.map { texts[$0] }, alignment: options.alignment, cut: options.captionCut,
        detail: options.method.learnsFromCaptions ? .everyToken : .alignment,
        tokenizer: try Tokenizer.clip(), tower: model.text)
    }
    // Without held-out images the schedule watches the training loss, never the test images.
    schedule = options.makeSchedule(
      options.selection != .test && split.validation.isEmpty ? .min : .max)
    optimizer.learningRate = schedule.firstRate
    state = Checkpoint(
      method, learningRate: optimizer.learningRate,
      order: Generator(seed: options.seed &+ 1), mirroring: Generator(seed: options.seed &+ 2))
    // A run that was killed before its first checkpoint starts again from the beginning.
    if resume, let folder, fileSize(Self.checkpointPath(folder)) != nil {
      try restore(Checkpoint(readingFrom: Self.checkpointPath(folder)))
    }
  }

  /// What the finished epochs measured; not empty in a resumed run.
  public var history: [EpochRecord] { state.history }

  /// Runs the epochs that are left.
  ///
  /// - Parameters:
  ///   - progress: called after every step.
  ///   - epoch: called with what an epoch measured, after its checkpoint is on the disk.
  /// - Returns: the kept context and what was measured.
  /// - Throws: `RunError.interrupted` after saving, `RunError.notFinite` naming step and tensor,
  ///   and what `epoch` throws.
  public mutating func run(
    progress: (TrainingProgress) -> Void = { _ in }, epoch: (EpochRecord) throws -> Void = { _ in }
  ) throws -> TrainingResult {
    let start = ContinuousClock.now
    let spentBefore = state.history.last?.seconds ?? 0
    var seen = 0
    while state.epoch < options.epochs {
      let (order, second, generators) = try drawEpoch()
      while state.step < steps {
        if mustStop() {
          try save()
          throw interrupted
        }
        let first = state.step * options.batch
        let range = first..<min(first + options.batch, split.train.count)
        let losses = try method.step(batch(order, second, range), optimizer: &optimizer)
        try requireFinite(losses)
        state.add(losses, images: range.count)
        seen += range.count
        progress(position(losses, imagesPerSecond: Double(seen) / max(start.seconds, 1e-9)))
      }
      do {
        try finishEpoch(seconds: spentBefore + start.seconds)
      } catch RunError.interrupted {  // while the epoch was measured
        try save()
        throw interrupted
      }
      (state.order, state.mirroring) = generators
      try save()
      if let record = state.history.last { try epoch(record) }
    }
    do {
      return try result()
    } catch RunError.interrupted {  // while the result was measured; every epoch is saved
      throw interrupted
    }
  }

  /// A stop after everything was saved.
  private var interrupted: RunError {
    .interrupted(folder: folder)
  }

  /// Batches per epoch.
  private var steps: Int { (split.train.count + options.batch - 1) / options.batch }

  /// The order of the epoch under way, that of a second sampler if the method has one, and the
  /// generators behind them.
  private func drawEpoch() throws -> (
    order: EpochOrder, second: EpochOrder?, generators: ([UInt64], [UInt64])
  ) {
    guard var order = Generator(snapshot: state.order),
      var mirroring = Generator(snapshot: state.mirroring)
    else { throw RunError.notARun(missing: "the generators' state") }
    func draw(_ sampling: Sampling) -> EpochOrder {
      EpochOrder(
        sampling, count: split.train.count, members: members, rarity: options.rarity,
        order: &order, mirroring: &mirroring)
    }
    let first = draw(options.sampling)
    let second = options.method.secondSampling.map(draw)
    return (first, second, (order.snapshot, mirroring.snapshot))
  }

  /// Where the run is after a batch.
  private func position(_ losses: LossParts<Float>, imagesPerSecond: Double) -> TrainingProgress {
    let count = split.train.count
    let left = (options.epochs - state.epoch) * count - min(state.step * options.batch, count)
    return TrainingProgress(
      epoch: state.epoch + 1, epochs: options.epochs, step: state.step, steps: steps,
      losses: losses, imagesPerSecond: imagesPerSecond,
      secondsLeft: Double(left) / imagesPerSecond)
  }

  /// The images at these places of an epoch's order, with those of a second sampler if there is one.
  private func batch(
    _ order: EpochOrder, _ second: EpochOrder?, _ range: Range<Int>
  ) throws -> TrainingBatch {
    func part(_ order: EpochOrder) throws -> (images: ImageBatch, labels: Tensor) {
      let table = features.trainImages
      let rows = range.map { place in
        split.train[order.rows[place]] + (order.mirrored[place] ? table.count : 0)
      }
      return (try table.batch(rows), self.labels.gather(Array(order.rows[range])))
    }
    let (images, labels) = try part(order)
    return TrainingBatch(
      images: images, labels: labels, captions: captions?.batch(Array(order.rows[range])),
      second: try second.map(part),
      elapsed: Float(Double(state.epoch) / Double(options.epochs)))
  }

  /// Stops at the first loss or tensor that is not finite.
  private func requireFinite(_ losses: LossParts<Float>) throws {
    let bad = zip(method.names, method.parameters).first { !$1.isFinite }?.0
    if losses.total.isFinite, bad == nil { return }
    throw RunError.notFinite(
      what: losses.total.isFinite ? "tensor '\(bad ?? "")'" : "the loss",
      step: state.epoch * steps + state.step + 1, last: lastCheckpoint)
  }
}
