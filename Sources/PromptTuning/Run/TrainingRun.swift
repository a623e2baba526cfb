// TrainingRun - A1 over epochs: batches, schedule, selection, checkpoints.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import Foundation
import Tensors

/// Where a run is, for a progress line.
public struct TrainingProgress: Sendable {
  /// The epoch under way, from 1.
  public let epoch: Int
  /// Epochs of the run.
  public let epochs: Int
  /// Batches finished in this epoch.
  public let step: Int
  /// Batches per epoch.
  public let steps: Int
  /// The losses of the last batch.
  public let losses: LossParts
  /// Images per second of training, so far.
  public let imagesPerSecond: Double
  /// Seconds left at this speed.
  public let secondsLeft: Double
}

/// What a finished run learned and measured.
public struct TrainingResult: Sendable {
  /// The kept tensors of the method, then what it derives from them.
  public let tensors: [NamedTensor]
  /// The epoch it comes from, from 1; 0 when no epoch was run.
  public let epoch: Int
  /// What each epoch measured.
  public let history: [EpochRecord]
  /// The test images under the kept tensors.
  public let evaluation: Evaluation
}

/// One training run: it trains a method on image features and keeps the best epoch.
///
/// Three generators, one per purpose, so that none disturbs another: random starts from `seed`, the
/// order of the images from `seed + 1`, mirroring from `seed + 2`; the validation split is drawn
/// from `seed + 3`. All are torch's.
public struct TrainingRun {
  private let features: DatasetFeatures
  private let options: TrainingOptions
  private let folder: String?
  private let split: ValidationSplit
  private let captions: Captions?
  /// The method with its tensors as they are.
  public private(set) var method: any Trainable
  private var optimizer: Optimizer
  private var schedule: Schedule
  private var state: Checkpoint
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
  /// - Throws: `RunError.noCaptions`, or what the equations throw for impossible options.
  public init(
    model: CLIPModel, features: DatasetFeatures, options: TrainingOptions, folder: String?,
    resume: Bool = false
  ) throws {
    self.features = features
    self.options = options
    self.folder = folder
    let dataset = features.dataset
    let seed = UInt64(options.seed)
    var splitGenerator = Generator(seed: seed + 3)
    split = ValidationSplit(
      dataset.train, classes: dataset.classNames.count, fraction: options.validationFraction,
      generator: &splitGenerator)
    let trained = split.train.map { dataset.train[$0] }
    members = dataset.classNames.indices.map { index in
      trained.indices.filter { trained[$0].labels.contains(index) }
    }
    labels = Tensor(dataset.multiHot(trained), shape: [trained.count, dataset.classNames.count])

    method = try options.makeMethod(
      model: model,
      classes: TrainingClasses(
        names: dataset.classNames,
        counts: classCounts(trained, classes: dataset.classNames.count), images: trained.count))
    optimizer = Optimizer(
      options.optimizer, learningRate: options.learningRate, momentum: options.momentum,
      weightDecay: options.weightDecay)
    if options.embedding == .none, !options.method.learnsFromCaptions {
      captions = nil
    } else {
      guard let texts = dataset.captions else { throw RunError.noCaptions }
      captions = try Captions(
        split.train.map { texts[$0] }, alignment: options.alignment, cut: options.captionCut,
        detail: options.method.learnsFromCaptions ? .everyToken : .alignment,
        tokenizer: try Tokenizer.clip(), tower: model.text)
    }
    schedule = Schedule(
      options.schedule, initialRate: options.learningRate, epochs: options.epochs)
    optimizer.learningRate = schedule.firstRate
    state = Checkpoint(
      method, learningRate: optimizer.learningRate,
      order: Generator(seed: seed + 1), mirroring: Generator(seed: seed + 2))
    // A run that was killed before its first checkpoint starts again from the beginning.
    if resume, let folder, fileSize(Self.checkpointPath(folder)) != nil {
      try restore(Checkpoint(readingFrom: Self.checkpointPath(folder)))
    }
  }

  /// What the finished epochs measured; not empty in a resumed run.
  public var history: [EpochRecord] { state.history }

  /// The file that a run continues from.
  public static func checkpointPath(_ folder: String) -> String {
    "\(folder)/checkpoint.safetensors"
  }

  private mutating func restore(_ saved: Checkpoint) throws {
    guard saved.names == state.names, saved.shapes == state.shapes else {
      throw RunError.differs([
        "\(saved.names) \(saved.shapes) in the checkpoint, \(state.names) \(state.shapes) asked for"
      ])
    }
    state = saved
    method.parameters = zip(saved.parameters, saved.shapes).map {
      Tensor($0, shape: $1).tracked()
    }
    optimizer.restore(
      steps: saved.optimizerSteps, firstMoments: saved.firstMoments,
      secondMoments: saved.secondMoments)
    optimizer.learningRate = saved.learningRate
    schedule.best = saved.scheduleBest
    schedule.badEpochs = saved.scheduleBadEpochs
    schedule.epoch = saved.epoch
  }

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
    let clock = ContinuousClock()
    let start = clock.now
    let spentBefore = state.history.last?.seconds ?? 0
    var seen = 0
    let count = split.train.count
    let steps = (count + options.batch - 1) / options.batch
    while state.epoch < options.epochs {
      guard var orderGenerator = Generator(snapshot: state.order),
        var mirrorGenerator = Generator(snapshot: state.mirroring)
      else { throw RunError.notARun(missing: "the generators' state") }
      func draw(_ sampling: Sampling) -> EpochOrder {
        EpochOrder(
          sampling, count: count, members: members, order: &orderGenerator,
          mirroring: &mirrorGenerator)
      }
      let order = draw(options.sampling)
      let second = options.method.secondSampling.map(draw)

      while state.step < steps {
        if Interruption.isRequested {
          try save()
          throw RunError.interrupted(resume: folder.map { "lmpt train --resume --out \($0)" })
        }
        let first = state.step * options.batch
        let range = first..<min(first + options.batch, count)
        let batch = try batch(order, second, range)
        let losses = try method.step(batch, optimizer: &optimizer)
        try requireFinite(losses, step: state.epoch * steps + state.step + 1)
        state.step += 1
        for (index, value) in [losses.cls, losses.cse, losses.total].enumerated() {
          state.sums[index] += Double(value) * Double(range.count)
        }
        seen += range.count
        let elapsed = (clock.now - start).seconds
        let speed = Double(seen) / max(elapsed, 1e-9)
        let left = (options.epochs - state.epoch) * count - min(state.step * options.batch, count)
        progress(
          TrainingProgress(
            epoch: state.epoch + 1, epochs: options.epochs, step: state.step, steps: steps,
            losses: losses, imagesPerSecond: speed, secondsLeft: Double(left) / speed))
      }
      state.order = orderGenerator.snapshot
      state.mirroring = mirrorGenerator.snapshot
      try finishEpoch(seconds: spentBefore + (clock.now - start).seconds)
      try save()
      if let record = state.history.last { try epoch(record) }
    }
    return try result()
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
      second: try second.map(part))
  }

  /// Stops at the first loss or tensor that is not finite.
  private func requireFinite(_ losses: LossParts, step: Int) throws {
    let bad = zip(method.names, method.parameters).first { !$1.isFinite }?.0
    if losses.total.isFinite, bad == nil { return }
    throw RunError.notFinite(
      what: losses.total.isFinite ? "tensor '\(bad ?? "")'" : "the loss", step: step,
      last: lastCheckpoint)
  }

  /// The checkpoint that a stopped run can go on from, if there is one yet.
  private var lastCheckpoint: String? {
    guard let path = folder.map({ Self.checkpointPath($0) }), fileSize(path) != nil else {
      return nil
    }
    return path
  }

  /// Measures the epoch, keeps its tensors if it is the best, and sets the next learning rate.
  private mutating func finishEpoch(seconds: Double) throws {
    let dataset = features.dataset
    let count = Double(split.train.count)
    let held = split.validation
    let validation =
      held.isEmpty
      ? nil
      : try evaluate(features.trainImages, held, held.map { dataset.train[$0] }).map.total
    let test = try evaluateTest().map.total
    state.epoch += 1
    state.step = 0
    state.history.append(
      EpochRecord(
        epoch: state.epoch, loss: state.sums[2] / count, cls: state.sums[0] / count,
        cse: state.sums[1] / count, learningRate: optimizer.learningRate,
        validation: validation, test: test, seconds: seconds))
    state.sums = [0, 0, 0]
    let metric: Double
    switch options.selection {
    case .validation: metric = validation ?? Double(state.epoch)
    case .test: metric = test
    case .last: metric = Double(state.epoch)
    }
    if metric > state.bestMetric ?? -.infinity {
      state.bestMetric = metric
      state.bestEpoch = state.epoch
      state.best = method.parameters.map(\.values)
    }
    // Without held-out images the schedule watches the training loss, never the test images.
    optimizer.learningRate = schedule.step(
      metric: options.selection == .test
        ? test : validation ?? -state.history[state.epoch - 1].loss,
      rate: optimizer.learningRate)
  }

  private func evaluate(
    _ table: ImageTable, _ rows: [Int], _ list: [ListedImage]
  ) throws -> Evaluation {
    try Evaluation(
      logits: table.logits(rows, method.predictor()), labels: features.dataset.multiHot(list),
      counts: features.dataset.counts, kind: options.scores)
  }

  private func evaluateTest() throws -> Evaluation {
    try evaluate(
      features.testImages, Array(0..<features.testImages.count), features.dataset.test)
  }

  private mutating func save() throws {
    state.parameters = method.parameters.map(\.values)
    state.optimizerSteps = optimizer.steps
    state.firstMoments = optimizer.firstMoments
    state.secondMoments = optimizer.secondMoments
    // A square can overflow where the gradient and the tensor are still finite.
    for moments in state.firstMoments + state.secondMoments where !moments.allSatisfy(\.isFinite) {
      throw RunError.notFinite(
        what: "the optimiser's mean gradient", step: optimizer.steps, last: lastCheckpoint)
    }
    state.learningRate = optimizer.learningRate
    state.scheduleBest = schedule.best
    state.scheduleBadEpochs = schedule.badEpochs
    if let folder { try state.write(to: Self.checkpointPath(folder)) }
  }

  private mutating func result() throws -> TrainingResult {
    method.parameters = zip(state.best, state.shapes).map { Tensor($0, shape: $1).tracked() }
    return TrainingResult(
      tensors: zip(method.names, method.parameters.map(\.detached)).map { ($0, $1) }
        + method.derived,
      epoch: state.bestEpoch, history: state.history,
      evaluation: try evaluateTest())
  }
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
