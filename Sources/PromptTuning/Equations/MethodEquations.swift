// MethodEquations - E2 to E8 as named equations over arrays.
// SPDX-License-Identifier: Apache-2.0

import Tensors

extension Equation {
  static func inputs(_ pairs: KeyValuePairs<String, String>) -> [Argument] {
    pairs.map { Argument(name: $0.key, shape: $0.value) }
  }

  /// A number with a default, or one that must be given.
  static func key(_ name: String, _ standard: String?) -> Key {
    Key(name: name, standard: standard, words: [])
  }

  /// A word of an enum.
  static func key<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ standard: Choice
  ) -> Key {
    Key(name: name, standard: standard.rawValue, words: Choice.allCases.map(\.rawValue))
  }

  /// The constants of E7.
  static let balancedKeys = [
    key("total", nil), key("alpha", "0.1"), key("beta", "10"), key("mu", "0.3"),
    key("lambda", "5"), key("kappa", "0.05"), key("focal", "2"),
    Key(name: "variant", standard: "paper", words: ["paper", "upstream", "released"]),
    Key(name: "focal-term", standard: "as-variant", words: ["as-variant", "cell", "batch"]),
    Key(
      name: "bias-scale", standard: "as-variant",
      words: ["as-variant", "kappa", "kappa-over-lambda"]),
    key("factor", "as-variant"),
  ]

  static let method: [Equation] = [
    Equation(
      name: "prediction", tag: "E2", summary: "logits of images against class prompts",
      inputs: inputs(["images": "[B, E]", "texts": "[C, E]"]), keys: [key("scale", "100")],
      outputs: ["logits", "probabilities", "grad.texts"]
    ) { given in
      let texts = try given.array("texts").tracked()
      let z = try logits(try given.array("images"), texts, scale: Float(given.number("scale")))
      return [
        ("logits", z.detached), ("probabilities", probabilities(z.detached)),
        ("grad.texts", gradients(of: z, in: [texts])[0]),
      ]
    },
    Equation(
      name: "sentence-distance", tag: "E3", summary: "caption distance of sentence features",
      inputs: inputs(["captions": "[B, E]", "prompts": "[C, E]"]), keys: [],
      outputs: ["distance", "grad.prompts"]
    ) { given in
      try given.distance { try captionDistance(sentences: given.array("captions"), prompts: $0) }
    },
    Equation(
      name: "caption-distance", tag: "E3-tokens-all",
      summary: "caption distance of every position, the prompt shifted",
      inputs: inputs(["captions": "[B, T, D]", "prompts": "[C, T, D]"]),
      keys: [key("offset", "2"), key("reduction", Reduction.mean)],
      outputs: ["distance", "grad.prompts"]
    ) { given in
      try given.distance {
        try captionDistance(
          tokens: given.array("captions"), prompts: $0, split: given.whole("offset"),
          reduction: given.choice("reduction", Reduction.self))
      }
    },
    Equation(
      name: "instance-distance", tag: "E3-tokens",
      summary: "caption distance of the instance tokens and the words they meet",
      inputs: inputs(["captions": "[B, T, D]", "lengths": "[B]", "prompts": "[C, J, D]"]),
      keys: [], outputs: ["distance", "grad.prompts"]
    ) { given in
      try given.distance {
        try captionDistance(
          tokens: given.array("captions"),
          lengths: given.array("lengths").values.map { Int(exactly: $0) ?? 0 }, instance: $0)
      }
    },
    Equation(
      name: "class-margin", tag: "E4", summary: "class-aware soft margin",
      inputs: inputs(["counts": "[C]"]),
      keys: [key("scale", "0.2"), key("counts", ClassCounts.images)], outputs: ["margin"]
    ) { given in
      let margin = try classMargin(
        given.array("counts"), scale: given.number("scale"),
        counts: given.choice("counts", ClassCounts.self))
      return [("margin", margin)]
    },
    Equation(
      name: "class-weight", tag: "E5", summary: "class weights by inverse count",
      inputs: inputs(["counts": "[C]"]),
      keys: [
        key("gamma", "2"), key("normalization", WeightNormalization.sum),
        key("counts", ClassCounts.images),
      ],
      outputs: ["weight"]
    ) { given in
      let weight = try classWeight(
        given.array("counts"), gamma: given.number("gamma"),
        normalization: given.choice("normalization", WeightNormalization.self),
        counts: given.choice("counts", ClassCounts.self))
      return [("weight", weight)]
    },
    Equation(
      name: "embedding-loss", tag: "E6", summary: "class-specific embedding loss",
      inputs: inputs(["distance": "[B, C]", "labels": "[B, C]", "counts": "[C]"]),
      keys: [
        key("scale", "0.2"), key("gamma", "2"), key("normalization", WeightNormalization.sum),
        key("variant", Variant.paper),
      ],
      outputs: ["loss", "grad.distance"]
    ) { given in
      let counts = try given.array("counts")
      return try given.loss(of: "distance") {
        try embeddingLoss(
          $0, labels: given.array("labels"),
          margin: classMargin(counts, scale: given.number("scale")),
          weight: classWeight(
            counts, gamma: given.number("gamma"),
            normalization: given.choice("normalization", WeightNormalization.self)),
          variant: given.choice("variant", Variant.self))
      }
    },
    Equation(
      name: "rebalance-weight", tag: "E7-weight", summary: "rebalancing weight of E7",
      inputs: inputs(["labels": "[B, C]", "counts": "[C]"]),
      keys: [key("alpha", "0.1"), key("beta", "10"), key("mu", "0.3")], outputs: ["weight"]
    ) { given in
      let weight = try rebalanceWeight(
        given.array("labels"), counts: given.array("counts"), alpha: given.number("alpha"),
        beta: given.number("beta"), mu: given.number("mu"))
      return [("weight", weight)]
    },
    Equation(
      name: "class-bias", tag: "E7-bias", summary: "class bias of E7",
      inputs: inputs(["counts": "[C]"]), keys: [key("total", nil)], outputs: ["bias"]
    ) { given in
      [("bias", try classBias(given.array("counts"), images: given.number("total")))]
    },
    Equation(
      name: "distribution-balanced-loss", tag: "E7", summary: "distribution-balanced focal loss",
      inputs: inputs(["logits": "[B, C]", "labels": "[B, C]", "counts": "[C]"]),
      keys: balancedKeys, outputs: ["loss", "grad.logits"]
    ) { given in
      try given.loss(of: "logits") {
        try given.balancedLoss($0, labels: given.array("labels"), counts: given.array("counts"))
      }
    },
    Equation(
      name: "total-objective", tag: "E8", summary: "weighted sum of both losses",
      inputs: inputs(["cls": "[1]", "cse": "[1]"]), keys: [key("lambda", "0.5")],
      outputs: ["loss"]
    ) { given in
      let (cls, cse) = (try given.array("cls"), try given.array("cse"))
      try cls.expect([1], "cls")
      try cse.expect([1], "cse")
      return [("loss", try objective(cls, cse, lambda: given.number("lambda")))]
    },
  ]
}

extension EquationInputs {
  /// A distance, and its gradient with respect to the prompts for an upstream gradient of ones.
  func distance(_ body: (Tensor) throws -> Tensor) throws -> [(String, Tensor)] {
    let prompts = try array("prompts").tracked()
    let d = try body(prompts)
    return [("distance", d.detached), ("grad.prompts", gradients(of: d, in: [prompts])[0])]
  }

  /// E7 with the constants of the settings.
  func balancedLoss(_ z: Tensor, labels y: Tensor, counts n: Tensor) throws -> Tensor {
    var loss = ClassificationLoss(.dbl, counts: n, images: try number("total"))
    try configure(&loss)
    return try loss(z, labels: y)
  }

  /// Sets the constants of E7 from the settings.
  func configure(_ loss: inout ClassificationLoss) throws {
    loss.alpha = try number("alpha")
    loss.beta = try number("beta")
    loss.mu = try number("mu")
    loss.lambda = try number("lambda")
    loss.kappa = try number("kappa")
    loss.gamma = try number("focal")
    loss.variant = try balancedVariant()
  }

  private func balancedVariant() throws -> BalancedVariant {
    var variant = try choice("variant", Reading.self).balanced
    if settings["focal-term"] ?? "as-variant" != "as-variant" {
      variant.focal = try choice("focal-term", BalancedVariant.Focal.self)
    }
    if settings["bias-scale"] ?? "as-variant" != "as-variant" {
      variant.bias = try choice("bias-scale", BalancedVariant.Bias.self)
    }
    if settings["factor"] ?? "as-variant" != "as-variant" {
      variant.factor = Float(try number("factor"))
    }
    return variant
  }
}
