// MethodError - what can be wrong with the arguments of an equation.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Tensors

/// Why an equation cannot be computed from its arguments.
package enum MethodError: DiagnosticError, Equatable {
  /// A class count that is not a positive, finite number: E4, E5 and E7 divide by it.
  case count(class: Int, found: Double)
  /// More images with a class than there are images.
  case countAboveTotal(class: Int, found: Double, total: Double)
  /// A label other than 0 and 1.
  case label(row: Int, class: Int, found: Double)
  /// A constant outside its range.
  case parameter(name: String, found: Double, expected: String)
  /// A split m that leaves no instance token.
  case noInstanceTokens(split: Int, context: Int)
  /// An alignment that needs something the captions were not prepared with.
  case captionsNotPrepared(alignment: String)
  /// A method of two branches without images from the second sampler.
  case secondBatchMissing
  /// A method that looks at more than the feature of the whole image did not get it.
  case inputMissing(String)
  /// An image tower that cannot be trained here.
  case towerNotTrainable

  /// Stable identifier.
  package var code: String {
    switch self {
    case .count: "method.count"
    case .countAboveTotal: "method.count-above-total"
    case .label: "method.label"
    case .parameter: "method.parameter"
    case .noInstanceTokens: "method.no-instance-tokens"
    case .captionsNotPrepared: "method.captions-not-prepared"
    case .secondBatchMissing: "method.second-batch-missing"
    case .inputMissing: "method.input-missing"
    case .towerNotTrainable: "method.tower-not-trainable"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .count(let index, let found): "class \(index) has a count of \(number(found))"
    case .countAboveTotal(let index, let found, let total):
      "class \(index) has a count of \(number(found)), but there are \(number(total)) images"
    case .label(let row, let index, let found):
      "the label of row \(row), class \(index) is \(number(found)), not 0 or 1"
    case .parameter(let name, let found, let expected):
      "\(name) is \(number(found)), expected \(expected)"
    case .noInstanceTokens(let split, let context):
      "split m = \(split) leaves no instance token of \(context) context tokens"
    case .captionsNotPrepared(let alignment):
      "the captions were not prepared for alignment '\(alignment)'"
    case .secondBatchMissing: "the batch has no images from the second sampler"
    case .inputMissing(let what): "the batch has no \(what)"
    case .towerNotTrainable: "the weights' image tower is a residual network"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .count: "every class needs a training image, because margin and weight divide by the count"
    case .countAboveTotal: "the total is the number of training images, not of labels"
    case .label: "labels are multi-hot, one 0 or 1 per class"
    case .parameter: "'lmpt equation --list' names the constants of every equation"
    case .noInstanceTokens: "choose a split below the context length, or another alignment"
    case .captionsNotPrepared: "prepare the captions with the alignment that the step uses"
    case .secondBatchMissing: "give the batch a second part drawn by the class-aware sampler"
    case .inputMissing: "prepare the images in the form that the method looks at"
    case .towerNotTrainable: "fine-tune a vision transformer, or train the head alone"
    }
  }
}

/// A whole number without its fraction.
private func number(_ value: Double) -> String {
  Int(exactly: value).map(String.init) ?? "\(value)"
}

extension ShapeError: DiagnosticError {
  /// Stable identifier.
  package var code: String { "method.shape" }
  /// The name and both shapes.
  package var message: String { "\(name) has shape \(found), expected \(expected)" }
  /// What to do.
  package var hint: String { "'lmpt equation --list' shows the shape of every array" }
}
