// Trainable - what a training run drives: named tensors, the loss of a batch, logits of images.
// SPDX-License-Identifier: Apache-2.0

import Tensors

/// A batch of images in the forms that methods look at.
public struct ImageBatch: Sendable {
  /// Features of the whole images from the frozen tower, shape [B, E].
  public var features: Tensor
  /// Features of the mean or class token and of every place, shape [B, 1 + P, E]; for methods that
  /// pool places themselves.
  public var places: Tensor?
  /// Preprocessed pixels, shape [B, 3, S, S]; for methods that train the image tower.
  public var pixels: Tensor?

  /// A batch with what its method needs.
  public init(features: Tensor, places: Tensor? = nil, pixels: Tensor? = nil) {
    self.features = features
    self.places = places
    self.pixels = pixels
  }
}

/// A batch to learn from.
public struct TrainingBatch: Sendable {
  /// The images.
  public var images: ImageBatch
  /// Multi-hot labels, shape [B, C].
  public var labels: Tensor
  /// The images' captions; nil when nothing in the loss reads them.
  public var captions: Captions?
  /// Images from a second sampler with their labels, for methods of two branches.
  public var second: (images: ImageBatch, labels: Tensor)?

  /// A batch with what its method needs.
  public init(
    images: ImageBatch, labels: Tensor, captions: Captions? = nil,
    second: (images: ImageBatch, labels: Tensor)? = nil
  ) {
    self.images = images
    self.labels = labels
    self.captions = captions
    self.second = second
  }
}

/// The losses of a batch, scalars on the tape.
public struct Losses: Sendable {
  /// Classification loss (E7, or the loss in its place).
  public let cls: Tensor
  /// Class-specific embedding loss (E6); a constant 0 when it is left out.
  public let cse: Tensor
  /// What is minimised.
  public let total: Tensor

  /// The losses of a batch.
  public init(cls: Tensor, cse: Tensor, total: Tensor) {
    self.cls = cls
    self.cse = cse
    self.total = total
  }
}

/// The parts of the loss of one step, before its update.
public struct LossParts: Sendable, Equatable {
  /// Classification loss (E7, or the loss in its place).
  public let cls: Float
  /// Class-specific embedding loss (E6); 0 when it is left out.
  public let cse: Float
  /// What is minimised: E8 for LMPT.
  public let total: Float
}

/// Logits [B, C] of images under parameters that no longer change.
public typealias Predictor = @Sendable (ImageBatch) throws -> Tensor

/// A tensor with its name.
public typealias NamedTensor = (name: String, value: Tensor)

/// A method that a training run can train.
public protocol Trainable: Sendable {
  /// The names of the trained tensors.
  var names: [String] { get }
  /// The trained tensors, leaves of the tape, in the order of their names.
  var parameters: [Tensor] { get set }
  /// What a run keeps beside the trained tensors, computed from them.
  var derived: [NamedTensor] { get }
  /// The losses of a batch on the tape.
  func losses(of batch: TrainingBatch) throws -> Losses
  /// What predicts with the parameters as they are; whatever does not depend on the images, such
  /// as class features, is computed once, here.
  func predictor() throws -> Predictor
}

extension Trainable {
  /// Nothing beside the trained tensors.
  public var derived: [NamedTensor] { [] }

  /// One step on a batch.
  ///
  /// - Returns: the loss parts before the update.
  /// - Throws: what the method throws for shapes and values.
  public mutating func step(
    _ batch: TrainingBatch, optimizer: inout Optimizer
  ) throws -> LossParts {
    let losses = try losses(of: batch)
    let slopes = gradients(of: losses.total, in: parameters)
    parameters = optimizer.step(parameters, gradients: slopes)
    return LossParts(cls: losses.cls.item, cse: losses.cse.item, total: losses.total.item)
  }
}
