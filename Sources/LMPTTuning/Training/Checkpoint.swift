// Checkpoint - the whole state of a run in one file.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors
import LMPTWeights

/// Everything that a run needs to continue exactly where it stopped.
///
/// Stored as one safetensors file, tensors as tensors and the rest as JSON in its metadata, written
/// to a temporary file, flushed and renamed.
struct Checkpoint: Equatable {
  /// A trained tensor: as it is, as it was in the best epoch, and its optimiser's moments.
  struct TensorState: Equatable {
    let name: String
    let shape: [Int]
    var value: [Float]
    /// In the epoch that would be kept if the run ended now.
    var best: [Float]
    /// Momentum or first moments; nil before the first step.
    var firstMoments: [Float]?
    /// Second moments; nil where the rule has none.
    var secondMoments: [Float]?
  }

  /// The form of the file; 3 is the first in which a watched loss is stored as it is, not negated.
  static let schema = 3
  /// The trained tensors.
  var tensors: [TensorState]
  /// Epochs finished.
  var epoch = 0
  /// Batches finished of the epoch that is under way.
  var step = 0
  /// The selection metric of the best epoch; nil before the first epoch ends.
  var bestMetric: Double?
  /// The best epoch, from 1.
  var bestEpoch = 0
  /// Optimiser steps taken.
  var optimizerSteps = 0
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
  /// Sums over the epoch under way, weighted by batch size.
  var sums = LossParts(cls: 0.0, cse: 0.0, total: 0.0)
  /// Hinges of E6 in the epoch under way; nil before the first batch, without E6, and where an
  /// older version trained its first part.
  var margins: ActiveMargins?
  /// What earlier epochs measured.
  var history: [EpochRecord] = []

  /// Counts a batch that was trained on.
  mutating func add(_ losses: LossParts<Float>, images: Int) {
    if let found = losses.margins {
      if step == 0 { margins = ActiveMargins(classes: found.negatives.count) }
      margins?.add(found)
    }
    step += 1
    sums.cls += Double(losses.cls) * Double(images)
    sums.cse += Double(losses.cse) * Double(images)
    sums.total += Double(losses.total) * Double(images)
  }

  /// The optimiser's state.
  var optimizer: Optimizer.State {
    get {
      var state = Optimizer.State()
      state.steps = optimizerSteps
      state.firstMoments = tensors.compactMap(\.firstMoments)
      state.secondMoments = tensors.compactMap(\.secondMoments)
      return state
    }
    set {
      optimizerSteps = newValue.steps
      for index in tensors.indices {
        tensors[index].firstMoments =
          newValue.firstMoments.isEmpty ? nil : newValue.firstMoments[index]
        tensors[index].secondMoments =
          newValue.secondMoments.isEmpty ? nil : newValue.secondMoments[index]
      }
    }
  }

  func write(to path: String) throws {
    let groups: [(String, (TensorState) -> [Float]?)] = [
      ("value", \.value), ("best", \.best), ("first_moments", \.firstMoments),
      ("second_moments", \.secondMoments),
    ]
    let arrays = groups.flatMap { group, values in
      tensors.compactMap { tensor in
        values(tensor).map {
          NamedArray("\(group).\(tensor.name)", floats: $0, shape: tensor.shape)
        }
      }
    }
    let state = JSON.object([
      ("schema", .integer(Self.schema)), ("names", .array(tensors.map { .string($0.name) })),
      ("epoch", .integer(epoch)),
      ("step", .integer(step)),
      ("best_metric", bestMetric.map { .number($0) } ?? .null),
      ("best_epoch", .integer(bestEpoch)), ("optimizer_steps", .integer(optimizerSteps)),
      ("learning_rate", .number(learningRate)),
      ("schedule_best", scheduleBest.map { .number($0) } ?? .null),
      ("schedule_bad_epochs", .integer(scheduleBadEpochs)),
      ("order", .array(order.map { .string(String($0)) })),
      ("mirroring", .array(mirroring.map { .string(String($0)) })),
      ("sums", .array([sums.cls, sums.cse, sums.total].map { .number($0) })),
      (
        "margins",
        margins.map { margins in
          .array(
            [margins.negatives, margins.active].map { .array($0.map { .integer($0) }) })
        } ?? .null
      ),
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
    tensors = try need(state["names"]?.array, "names").map { json in
      let name = try need(json.string, "names")
      let value = try need(file["value.\(name)"], "value.\(name)")
      return TensorState(
        name: name, shape: value.shape, value: value.floats(),
        best: try need(file["best.\(name)"], "best.\(name)").floats(),
        firstMoments: file["first_moments.\(name)"]?.floats(),
        secondMoments: file["second_moments.\(name)"]?.floats())
    }
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
    let totals = try need(state["sums"]?.array, "sums").map { try need($0.double, "sums") }
    margins = try state["margins"].flatMap { $0.isNull ? nil : try Self.margins($0) }
    history = try need(state["history"]?.array, "history").map { try EpochRecord(json: $0) }
    let moments = [tensors.map(\.firstMoments), tensors.map(\.secondMoments)]
    guard Generator(snapshot: order) != nil, Generator(snapshot: mirroring) != nil,
      totals.count == 3, history.count == epoch, step >= 0, (0...1 << 30).contains(optimizerSteps),
      tensors.allSatisfy({ $0.best.count == $0.value.count }),
      moments.allSatisfy({ all in
        all.allSatisfy { $0 == nil }
          || zip(all, tensors).allSatisfy { $0?.count == $1.value.count }
      })
    else { throw RunError.notARun(missing: "a consistent state") }
    sums = LossParts(cls: totals[0], cse: totals[1], total: totals[2])
  }

  /// The hinges of the epoch under way.
  private static func margins(_ json: JSON) throws -> ActiveMargins {
    let counts = (json.array ?? []).map { ($0.array ?? []).compactMap(\.int) }
    guard counts.count == 2,
      let margins = ActiveMargins(
        negatives: counts[0], active: counts[1], classes: json[0]?.array?.count ?? 0)
    else { throw RunError.notARun(missing: "'margins' of the checkpoint") }
    return margins
  }

  /// A checkpoint at the start of a run.
  init(_ method: any Trainable, learningRate: Double, order: Generator, mirroring: Generator) {
    tensors = zip(method.names, method.parameters).map { name, tensor in
      TensorState(name: name, shape: tensor.shape, value: tensor.values, best: tensor.values)
    }
    self.learningRate = learningRate
    self.order = order.snapshot
    self.mirroring = mirroring.snapshot
  }
}
