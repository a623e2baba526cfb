// Loss - what can stand for L_cls in E8, as a value: its names, its constants, its function.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors

/// From logits and multi-hot labels, both [B, C], to a scalar on the tape.
public typealias LossFunction = @Sendable (_ z: Tensor, _ y: Tensor) throws -> Tensor

/// What a loss takes of a training set and of the options.
public struct LossData: Sendable {
  /// Training images per class, shape [C].
  public var counts: Tensor
  /// N, the number of training images.
  public var images: Double
  /// The constants.
  public var options: TrainingOptions

  /// The counts of a training set, and constants other than the published ones.
  public init(counts: Tensor, images: Double, options: TrainingOptions = TrainingOptions()) {
    (self.counts, self.images, self.options) = (counts, images, options)
  }

  /// A constant.
  public subscript<Value>(option: TrainingOption<Value>) -> Value { options[option] }
}

/// What a loss reads of a training set.
package enum ClassStatistics: Sendable {
  /// Nothing.
  case nothing
  /// The number of images of each class.
  case counts
  /// That, and the number of all images.
  case countsAndTotal
}

/// A classification loss, declared beside its equation and entered in the list of all.
public struct Loss: Sendable {
  /// What `--loss-function` calls it: the name of the released option, where that has one.
  public let name: String
  /// What `lmpt equation` calls it; nil for a setting of another loss, which `named-loss` computes.
  public let equation: String?
  /// The equation's tag (docs/Equations.md).
  public let tag: String
  /// What it is, in a few words.
  public let summary: String
  /// Where it was published.
  public let source: String
  /// What it reads of the training set.
  package let reads: ClassStatistics
  /// The constants that it reads, by the symbols of its equation.
  package let constants: [(symbol: String, option: AnyTrainingOption)]
  /// The name of the file that declares it.
  package let file: String
  private let function: @Sendable (Tensor, Tensor, LossData) throws -> Tensor

  /// A loss by its names, its constants and its function.
  package init(
    _ name: String, equation: String? = nil, tag: String, summary: String, source: String,
    reads: ClassStatistics = .nothing, constants: KeyValuePairs<String, AnyTrainingOption> = [:],
    file: String = #fileID,
    _ function: @escaping @Sendable (_ z: Tensor, _ y: Tensor, _ data: LossData) throws -> Tensor
  ) {
    self.init(
      name, equation: equation, tag: tag, summary: summary, source: source, reads: reads,
      constants: constants.map { ($0.key, $0.value) }, file: file, function)
  }

  /// A loss whose constants a list has already.
  init(
    _ name: String, equation: String? = nil, tag: String, summary: String, source: String,
    reads: ClassStatistics, constants: [(symbol: String, option: AnyTrainingOption)],
    file: String = #fileID,
    _ function: @escaping @Sendable (_ z: Tensor, _ y: Tensor, _ data: LossData) throws -> Tensor
  ) {
    (self.name, self.equation, self.tag) = (name, equation, tag)
    (self.summary, self.source) = (summary, source)
    (self.reads, self.constants, self.function) = (reads, constants, function)
    self.file = file.fileName
  }

  /// The loss of logits against labels.
  ///
  /// - Parameters:
  ///   - z: logits, shape [B, C].
  ///   - y: labels in {0, 1}, shape [B, C].
  ///   - data: class counts and constants.
  /// - Returns: the loss, a scalar on the tape.
  /// - Throws: what the loss throws for shapes, labels, counts and constants.
  public func callAsFunction(_ z: Tensor, labels y: Tensor, data: LossData) throws -> Tensor {
    try function(z, y, data)
  }

  /// The loss on one training set.
  public func on(_ data: LossData) -> LossFunction { { try function($0, $1, data) } }
}
