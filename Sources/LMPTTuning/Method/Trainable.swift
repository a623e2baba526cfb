// Trainable - what a training run drives: named tensors, the loss of a batch, logits of images.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// The parts of a loss: of a batch on the tape, of a step, of an epoch.
public struct LossParts<Value: Sendable>: Sendable {
  /// Classification loss (E7, or the loss in its place).
  public var cls: Value
  /// Class-specific embedding loss (E6); 0 when it is left out.
  public var cse: Value
  /// What is minimised: E8 for LMPT.
  public var total: Value
  /// The hinges of E6; nil when it is left out.
  public var margins: ActiveMargins?

  /// The three parts, and what E6 says of its hinges.
  public init(cls: Value, cse: Value, total: Value, margins: ActiveMargins? = nil) {
    (self.cls, self.cse, self.total, self.margins) = (cls, cse, total, margins)
  }

  /// The parts, each changed in the same way.
  public func map<Other>(_ change: (Value) throws -> Other) rethrows -> LossParts<Other> {
    LossParts<Other>(
      cls: try change(cls), cse: try change(cse), total: try change(total), margins: margins)
  }
}

extension LossParts: Equatable where Value: Equatable {}

/// The losses of a batch, scalars on the tape.
public typealias Losses = LossParts<Tensor>

/// Logits [B, C] of images under parameters that no longer change.
public typealias Predictor = @Sendable (ImageBatch) throws -> Tensor

/// A tensor with its name.
public typealias NamedTensor = (name: String, value: Tensor)

/// Where a value keeps a tensor.
public typealias TensorPath<Root> = WritableKeyPath<Root, Tensor> & Sendable

/// A method that a training run can train.
public protocol Trainable: Sendable {
  /// The trained tensors: under which name files keep them, and where the method does.
  var trained: [(name: String, path: TensorPath<Self>)] { get }
  /// The trained tensors, leaves of the tape, in the order of their names.
  var parameters: [Tensor] { get set }
  /// Tensors that predicting needs and no step changes, such as the features of the images trained
  /// on. A run folder keeps them. A length that the images decide is 0 in a
  /// method that was made without them.
  var buffers: [(name: String, path: TensorPath<Self>)] { get }
  /// What a run keeps beside the trained tensors, computed from them.
  var derived: [NamedTensor] { get }
  /// The losses of a batch on the tape.
  func losses(of batch: TrainingBatch) throws -> Losses
  /// What predicts with the parameters as they are; whatever does not depend on the images, such
  /// as class features, is computed once, here.
  func predictor() throws -> Predictor
}

extension Trainable {
  /// The names of the trained tensors.
  public var names: [String] { trained.map(\.name) }

  /// The tensors at their paths.
  public var parameters: [Tensor] {
    get { trained.map { self[keyPath: $0.path] } }
    set {
      let paths = trained
      require(
        newValue.count == paths.count, "\(newValue.count) tensors in place of \(paths.count)")
      for (place, value) in zip(paths, newValue) { self[keyPath: place.path] = value }
    }
  }

  /// None.
  public var buffers: [(name: String, path: TensorPath<Self>)] { [] }

  /// The buffers with their names.
  package var keptBuffers: [NamedTensor] { buffers.map { ($0.name, self[keyPath: $0.path]) } }

  /// Takes over the trained tensors and the buffers of a finished run.
  ///
  /// - Parameter kept: the tensor of a name.
  /// - Throws: what `kept` throws; `ShapeError` for a tensor of another shape.
  package mutating func restore(_ kept: (String) throws -> Tensor) throws {
    for (name, path) in trained + buffers {
      let (start, found) = (self[keyPath: path].shape, try kept(name))
      guard
        start.count == found.rank, zip(start, found.shape).allSatisfy({ $0 == 0 || $0 == $1 })
      else { throw ShapeError(name: name, expected: start, found: found.shape) }
      self[keyPath: path] = found
    }
  }

  /// Nothing beside the trained tensors.
  public var derived: [NamedTensor] { [] }

  /// One step on a batch.
  ///
  /// - Returns: the loss parts before the update.
  /// - Throws: what the method throws for shapes and values.
  public mutating func step(
    _ batch: TrainingBatch, optimizer: inout Optimizer
  ) throws -> LossParts<Float> {
    let losses = try losses(of: batch)
    if !trained.isEmpty {  // else steps teach nothing
      let slopes = gradients(of: losses.total, in: parameters)
      parameters = optimizer.step(parameters, gradients: slopes)
    }
    return losses.map(\.item)
  }
}
