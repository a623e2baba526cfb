// LossEquations - the other losses as named equations over arrays.
// SPDX-License-Identifier: Apache-2.0

import Tensors

extension Equation {
  private static let logitsAndLabels = inputs(["logits": "[B, C]", "labels": "[B, C]"])
  private static let withCounts = inputs([
    "logits": "[B, C]", "labels": "[B, C]", "counts": "[C]",
  ])
  private static let lossAndGradient = ["loss", "grad.logits"]

  static let losses: [Equation] = [
    Equation(
      name: "binary-cross-entropy", tag: "L-bce", summary: "one sigmoid a class",
      inputs: logitsAndLabels, keys: [], outputs: lossAndGradient
    ) { given in
      try given.loss(of: "logits") { try binaryCrossEntropy($0, labels: given.array("labels")) }
    },
    Equation(
      name: "multilabel-soft-margin", tag: "L-mls", summary: "torch's multi-label soft margin",
      inputs: logitsAndLabels, keys: [], outputs: lossAndGradient
    ) { given in
      try given.loss(of: "logits") { try multiLabelSoftMargin($0, labels: given.array("labels")) }
    },
    Equation(
      name: "focal-loss", tag: "L-focal", summary: "focal loss",
      inputs: logitsAndLabels, keys: [key("gamma", "2"), key("alpha", "0.5")],
      outputs: lossAndGradient
    ) { given in
      try given.loss(of: "logits") {
        try focalLoss(
          $0, labels: given.array("labels"), gamma: given.number("gamma"),
          alpha: given.number("alpha"))
      }
    },
    Equation(
      name: "asymmetric-loss", tag: "L-asl", summary: "asymmetric loss",
      inputs: logitsAndLabels,
      keys: [
        key("gamma_neg", "4"), key("gamma_pos", "0"), key("clip", "0.05"), key("eps", "1e-8"),
        key("gradient", FocusingGradient.none), key("reduction", Reduction.mean),
      ],
      outputs: lossAndGradient
    ) { given in
      try given.loss(of: "logits") {
        try asymmetricLoss(
          $0, labels: given.array("labels"), gammaNegative: given.number("gamma_neg"),
          gammaPositive: given.number("gamma_pos"), clip: given.number("clip"),
          eps: given.number("eps"), gradient: given.choice("gradient", FocusingGradient.self),
          reduction: given.choice("reduction", Reduction.self))
      }
    },
    Equation(
      name: "class-balanced-weight", tag: "L-cb-weight",
      summary: "weight by the effective number of samples",
      inputs: inputs(["labels": "[B, C]", "counts": "[C]"]),
      keys: [key("beta", "0.9"), key("mode", ClassBalancing.byClass)], outputs: ["weight"]
    ) { given in
      let labels = try given.array("labels")
      let weight = try classBalancedWeight(
        labels, counts: given.array("counts"), beta: given.number("beta"),
        mode: given.choice("mode", ClassBalancing.self))
      return [("weight", weight.expanded(to: labels.shape))]
    },
    Equation(
      name: "class-balanced-focal", tag: "L-resample", summary: "class-balanced focal loss",
      inputs: withCounts,
      keys: [
        key("beta", "0.9"), key("mode", ClassBalancing.byClass), key("gamma", "2"),
        key("alpha", "0.5"), key("factor", "10"),
      ],
      outputs: lossAndGradient
    ) { given in
      let labels = try given.array("labels")
      let weight = try classBalancedWeight(
        labels, counts: given.array("counts"), beta: given.number("beta"),
        mode: given.choice("mode", ClassBalancing.self))
      return try given.loss(of: "logits") {
        try resampleLoss(
          $0, labels: labels, weight: weight, gamma: given.number("gamma"),
          alpha: given.number("alpha"), factor: given.number("factor"))
      }
    },
    Equation(
      name: "inverse-frequency-weight", tag: "L-inverse-weight",
      summary: "weight by inverse frequency", inputs: inputs(["counts": "[C]"]),
      keys: [key("total", nil), key("power", "1")], outputs: ["weight"]
    ) { given in
      let weight = try inverseFrequencyWeight(
        given.array("counts"), images: given.number("total"), power: given.number("power"))
      return [("weight", weight)]
    },
    Equation(
      name: "softmax-cross-entropy", tag: "L-softmax",
      summary: "softmax cross-entropy over normalised labels",
      inputs: logitsAndLabels, keys: [], outputs: lossAndGradient
    ) { given in
      try given.loss(of: "logits") { try softmaxCrossEntropy($0, labels: given.array("labels")) }
    },
    Equation(
      name: "ldam", tag: "L-ldam", summary: "label-distribution-aware margins",
      inputs: withCounts, keys: [key("margin", "0.5"), key("scale", "1")],
      outputs: lossAndGradient
    ) { given in
      try given.loss(of: "logits") {
        try ldamLoss(
          $0, labels: given.array("labels"), counts: given.array("counts"),
          margin: given.number("margin"), scale: given.number("scale"))
      }
    },
    Equation(
      name: "ranking", tag: "L-ranking", summary: "every positive class above every negative one",
      inputs: logitsAndLabels, keys: [key("margin", "1")], outputs: lossAndGradient
    ) { given in
      try given.loss(of: "logits") {
        try rankingLoss($0, labels: given.array("labels"), margin: given.number("margin"))
      }
    },
    Equation(
      name: "named-loss", tag: "L-name", summary: "a loss by its name on the training command line",
      inputs: withCounts,
      keys: [key("name", LossKind.dbl)] + balancedKeys, outputs: lossAndGradient
    ) { given in
      var loss = ClassificationLoss(
        try given.choice("name", LossKind.self), counts: try given.array("counts"),
        images: try given.number("total"))
      try given.configure(&loss)
      return try given.loss(of: "logits") { try loss($0, labels: given.array("labels")) }
    },
  ]
}
