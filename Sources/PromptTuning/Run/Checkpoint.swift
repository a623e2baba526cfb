// Checkpoint - the whole state of a run in one file: complete or absent, never half.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Tensors
import Weights

/// Everything that a run needs to continue exactly where it stopped.
///
/// Stored as one safetensors file, tensors as tensors and the rest as JSON in its metadata, written
/// to a temporary file, flushed and renamed.
struct Checkpoint: Equatable {
  /// The form of the file; 3 keeps the loss that a schedule watches with its own sign.
  static let schema = 3
  /// Epochs finished.
  var epoch = 0
  /// Batches finished of the epoch that is under way.
  var step = 0
  /// The names of the trained tensors.
  var names: [String]
  /// Their shapes.
  var shapes: [[Int]]
  /// The trained tensors as they are.
  var parameters: [[Float]]
  /// The tensors of the epoch that would be kept if the run ended now.
  var best: [[Float]]
  /// Its selection metric; nil before the first epoch ends.
  var bestMetric: Double?
  /// Its epoch, from 1.
  var bestEpoch = 0
  /// Optimiser steps taken.
  var optimizerSteps = 0
  /// Momentum or first moments of each tensor; empty before the first step.
  var firstMoments: [[Float]] = []
  /// Second moments of each tensor; empty where the rule has none.
  var secondMoments: [[Float]] = []
  /// The current learning rate.
  var learningRate: Double
  /// State of the plateau schedule; nil before the first epoch ends.
  var scheduleBest: Double?
  /// State of the plateau schedule.
  var scheduleBadEpochs = 0
  /// The generator of the order, as it was when the epoch under way began.
  var order: [UInt64]
  /// The generator of the mirroring, as it was when the epoch under way began.
  var mirroring: [UInt64]
  /// Sums of L_cls, L_cse and L over the epoch under way, weighted by batch size.
  var sums = [0.0, 0.0, 0.0]
  /// What earlier epochs measured.
  var history: [EpochRecord] = []

  /// Counts a batch that was trained on.
  mutating func add(_ losses: LossParts, images: Int) {
    step += 1
    for (index, value) in [losses.cls, losses.cse, losses.total].enumerated() {
      sums[index] += Double(value) * Double(images)
    }
  }

  func write(to path: String) throws {
    let groups = [
      ("value", parameters), ("best", best), ("first_moments", firstMoments),
      ("second_moments", secondMoments),
    ]
    let arrays = groups.flatMap { group, tensors in
      tensors.enumerated().map { index, values in
        NamedArray("\(group).\(names[index])", floats: values, shape: shapes[index])
      }
    }
    let state = JSON.object([
      ("schema", .integer(Self.schema)), ("names", .array(names.map { .string($0) })),
      ("epoch", .integer(epoch)),
      ("step", .integer(step)),
      ("best_metric", bestMetric.map { .number($0) } ?? .null),
      ("best_epoch", .integer(bestEpoch)), ("optimizer_steps", .integer(optimizerSteps)),
      ("learning_rate", .number(learningRate)),
      ("schedule_best", scheduleBest.map { .number($0) } ?? .null),
      ("schedule_bad_epochs", .integer(scheduleBadEpochs)),
      ("order", .array(order.map { .string(String($0)) })),
      ("mirroring", .array(mirroring.map { .string(String($0)) })),
      ("sums", .array(sums.map { .number($0) })),
      ("history", .array(history.map(\.json))),
    ])
    try SealedFile.write(arrays, metadata: ["state": state.text()], to: path)
  }

  init(readingFrom path: String) throws {
    let file = try SealedFile.read(path)
    self = try inFile(path) { try Checkpoint(file) }
  }

  private init(_ file: WeightFile) throws {
    func need<Value>(_ value: Value?, _ name: String) throws -> Value {
      guard let value else { throw RunError.notARun(missing: "'\(name)' of the checkpoint") }
      return value
    }
    let state = try JSON.parse(Array(try need(file.metadata["state"], "state").utf8))
    func whole(_ key: String) throws -> Int { try need(state[key]?.int, key) }
    guard try whole("schema") == Self.schema else {
      throw RunError.notARun(missing: "schema \(Self.schema) of the checkpoint")
    }
    func words(_ key: String) throws -> [UInt64] {
      try need(state[key]?.array, key).map { try need($0.string.flatMap { UInt64($0) }, key) }
    }
    names = try need(state["names"]?.array, "names").map { try need($0.string, "names") }
    let stored = try names.map { try need(file["value.\($0)"], "value.\($0)") }
    shapes = stored.map(\.shape)
    parameters = stored.map { $0.floats() }
    best = try names.map { try need(file["best.\($0)"], "best.\($0)").floats() }
    firstMoments = names.compactMap { file["first_moments.\($0)"]?.floats() }
    secondMoments = names.compactMap { file["second_moments.\($0)"]?.floats() }
    epoch = try whole("epoch")
    step = try whole("step")
    bestMetric = state["best_metric"]?.double
    bestEpoch = try whole("best_epoch")
    optimizerSteps = try whole("optimizer_steps")
    learningRate = try need(state["learning_rate"]?.double, "learning_rate")
    scheduleBest = state["schedule_best"]?.double
    scheduleBadEpochs = try whole("schedule_bad_epochs")
    order = try words("order")
    mirroring = try words("mirroring")
    sums = try need(state["sums"]?.array, "sums").map { try need($0.double, "sums") }
    history = try need(state["history"]?.array, "history").map { try EpochRecord(json: $0) }
    guard Generator(snapshot: order) != nil, Generator(snapshot: mirroring) != nil,
      sums.count == 3, history.count == epoch, step >= 0, (0...1 << 30).contains(optimizerSteps),
      best.map(\.count) == parameters.map(\.count),
      [firstMoments, secondMoments].allSatisfy({
        $0.isEmpty || $0.map(\.count) == parameters.map(\.count)
      })
    else { throw RunError.notARun(missing: "a consistent state") }
  }

  /// A checkpoint at the start of a run.
  init(_ method: any Trainable, learningRate: Double, order: Generator, mirroring: Generator) {
    names = method.names
    shapes = method.parameters.map(\.shape)
    parameters = method.parameters.map(\.values)
    best = parameters
    self.learningRate = learningRate
    self.order = order.snapshot
    self.mirroring = mirroring.snapshot
  }
}
