// WorkedLosses - the worked example by equation: E7, E8 and the step of A1.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import LMPTTuning

/// What E7 computes on the way to its mean, by the functions that it calls itself.
package struct WorkedBalance: Sendable {
  /// w, shape [B, C].
  package let weight: Tensor
  /// b, shape [C].
  package let bias: Tensor
  /// t, above 0 where the prediction is right, shape [B, C].
  package let signed: Tensor
  /// (1 - q)^gamma, shape [B, C].
  package let focal: Tensor
  /// BCE(t), shape [B, C].
  package let entropy: Tensor
  /// c, shape [B, C].
  package let divisor: Tensor
  /// What is averaged, shape [B, C].
  package let cost: Tensor

  init(_ z: Tensor, _ y: Tensor, _ classes: TrainingClasses, _ constants: BalancedConstants) throws
  {
    let n = classes.countTensor
    weight = try rebalanceWeight(y, counts: n, constants: constants)
    bias = try classBias(n, images: Double(classes.images))
    let lambda = Float(constants.negativeScale)
    signed = signedLogit(z + Float(constants.kappa) * bias, y, lambda: lambda)
    focal = focalTerm(signed, Float(constants.focal))
    entropy = softplus(-signed)
    divisor = y + lambda * (1 - y)
    cost = weight * focal * entropy / divisor
  }
}

extension WorkedExample {
  /// E7 in its parts.
  package func balance(_ z: Tensor) throws -> WorkedBalance {
    try WorkedBalance(z, labels, classes, paper.options.balanced)
  }

  func classificationStep() throws -> WorkedStep {
    let parts = try balance(paper.logits)
    return WorkedStep(
      tag: "E7",
      values: [
        cells("y", "y", labels), cells("z", "z", paper.logits),
        ofClasses("n", "n", classes.countTensor),
        single("N", "images", Float(classes.images)),
        ofClasses("b", "bias", parts.bias),
        cells("w", "weight", parts.weight),
        cells("t", "signed", parts.signed, note: "above 0 where the prediction is right"),
        cells("(1 - q)^{\\gamma}", "focal", parts.focal),
        cells("\\log(1 + e^{-t})", "entropy", parts.entropy),
        cells("c", "divisor", parts.divisor),
        cells("w (1 - q)^{\\gamma} BCE / c", "cost", parts.cost, note: "their mean is the loss"),
        single("L_{cls}", "cls", paper.cls),
      ], command: equation("E7", more: " --set total=\(classes.images)"))
  }

  var objectiveStep: WorkedStep {
    WorkedStep(
      tag: "E8",
      values: [
        single("L_{cls}", "cls", paper.cls), single("L_{cse}", "cse", paper.cse),
        single("\\lambda", "lambda", Float(paper.options.lambda)),
        single("L", "loss", paper.total),
      ], command: equation("E8"))
  }

  /// One step of Adam on the two pictures.
  func trainingStep() throws -> WorkedStep {
    let step = paper.step
    let after = step.tuner.prompts.classFeatures()
    let d = try captionDistance(sentences: paper.captions, prompts: after)
    let z = try logits(images, after, scale: model.logitScale)
    let lengths = { (tensor: Tensor) in Tensor(tensor.norms.map(Float.init)) }
    return WorkedStep(
      tag: "A1",
      values: [
        ofClasses(
          "\\lVert \\lambda \\nabla L_{cls} \\rVert", "classification",
          lengths(step.classification), note: "length of the gradient in the context of each class"),
        ofClasses(
          "\\lVert (1 - \\lambda) \\nabla L_{cse} \\rVert", "embedding", lengths(step.embedding)),
        cells("d", "distance", paper.distance, note: "before the step"),
        cells("d'", "after", d, note: "after the step"),
        cells("z", "logits", paper.logits, note: "before the step"),
        cells("z'", "logitsAfter", z, note: "after the step"),
        single("L", "loss", paper.total, note: "before the step"),
        single("L'", "lossAfter", step.losses.total, note: "after the step"),
      ], command: nil)
  }
}
