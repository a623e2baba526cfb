// MethodError - what can be wrong with the arguments of an equation.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors

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
  /// An offset m that leaves no instance token.
  case noInstanceTokens(offset: Int, context: Int)
  /// An alignment that needs something the captions were not prepared with.
  case captionsNotPrepared(alignment: String)
  /// A method of two branches without images from the second sampler.
  case secondBatchMissing
  /// A method that looks at more than the feature of the whole image did not get it.
  case inputMissing(String)
  /// A method that starts from the images trained on was made without them.
  case imagesMissing
  /// More classes than a frame of this width can hold.
  case frame(classes: Int, width: Int)
  /// An image tower that cannot be trained here.
  case towerNotTrainable

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .count(let index, let found):
      Diagnostic(
        "method.count", "class \(index) has a count of \(number(found))",
        hint: "every class needs a training image, because margin and weight divide by the count")
    case .countAboveTotal(let index, let found, let total):
      Diagnostic(
        "method.count-above-total",
        "class \(index) has a count of \(number(found)), but there are \(number(total)) images",
        hint: "the total is the number of training images, not of labels")
    case .label(let row, let index, let found):
      Diagnostic(
        "method.label", "the label of row \(row), class \(index) is \(number(found)), not 0 or 1",
        hint: "labels are multi-hot, one 0 or 1 per class")
    case .parameter(let name, let found, let expected):
      Diagnostic(
        "method.parameter", "\(name) is \(number(found)), expected \(expected)",
        hint:
          "Equation.all names the constants of every equation, and docs/Equations.md their ranges")
    case .noInstanceTokens(let offset, let context):
      Diagnostic(
        "method.no-instance-tokens",
        "offset m = \(offset) leaves no instance token of \(context) context tokens",
        hint: "choose an offset below the context length, or another alignment")
    case .captionsNotPrepared(let alignment):
      Diagnostic(
        "method.captions-not-prepared",
        "the captions were not prepared for alignment '\(alignment)'",
        hint: "prepare the captions with the alignment that the step uses")
    case .secondBatchMissing:
      Diagnostic(
        "method.second-batch-missing", "the batch has no images from the second sampler",
        hint: "give the batch a second part drawn by the second sampler")
    case .inputMissing(let what):
      Diagnostic(
        "method.input-missing", "the batch has no \(what)",
        hint: "prepare the images in the form that the method looks at")
    case .imagesMissing:
      Diagnostic(
        "method.images-missing", "the method has none of the images that it starts from",
        hint: "train it in a run, which gives it their features, or open a finished run")
    case .frame(let classes, let width):
      Diagnostic(
        "method.frame", "\(classes) classes need as many dimensions, and features have \(width)",
        hint: "take weights with longer features, or a method without fixed class vectors")
    case .towerNotTrainable:
      Diagnostic(
        "method.tower-not-trainable", "the weights' image tower is a residual network",
        hint: "fine-tune a vision transformer, or train the head alone")
    }
  }
}

/// A whole number without its fraction.
private func number(_ value: Double) -> String {
  Int(exactly: value).map(String.init) ?? "\(value)"
}

extension ShapeError: DiagnosticError {
  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    Diagnostic(
      "method.shape", "\(name) has shape \(found), expected \(expected)",
      hint: "Equation.all has the shape of every array")
  }
}
