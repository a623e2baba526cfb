// MethodEquations - the paper's equations by name on arrays.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

extension AnyTrainingOption {
  fileprivate static var logitScale: TrainingOption<Double> {
    TrainingOption("prediction.scale", constant: 100.0)
  }
  fileprivate static var reductionOfPositions: TrainingOption<Reduction> {
    TrainingOption(
      "distance.reduction", constant: Reduction.mean)
  }
  fileprivate static var countsReading: TrainingOption<ClassCounts> {
    TrainingOption(
      "counts.reading", constant: ClassCounts.images)
  }
}

extension Equation {
  static let method: [Equation] = [
    Equation(
      "prediction", tag: "E2", summary: "logits of images against class prompts",
      inputs: ["images": "[B, E]", "texts": "[C, E]"], constants: [("scale", .logitScale)],
      outputs: ["logits", "probabilities", "grad.texts"]
    ) { given in
      let texts = try given.array("texts").tracked()
      let z = try logits(try given.array("images"), texts, scale: Float(given[.logitScale]))
      return [
        ("logits", z.detached), ("probabilities", probabilities(z.detached)),
        ("grad.texts", gradients(of: z, in: [texts])[0]),
      ]
    },
    Equation(
      "sentence-distance", tag: "E3", summary: "caption distance of sentence features",
      inputs: ["captions": "[B, E]", "prompts": "[C, E]"], outputs: ["distance", "grad.prompts"]
    ) { given in
      try given.distance { try captionDistance(sentences: given.array("captions"), prompts: $0) }
    },
    Equation(
      "caption-distance", tag: "E3-tokens-all", shared: "E3",
      summary: "caption distance of every position, the prompt shifted",
      inputs: ["captions": "[B, T, D]", "prompts": "[C, T, D]"],
      constants: [("offset", .instanceOffset), ("reduction", .reductionOfPositions)],
      outputs: ["distance", "grad.prompts"]
    ) { given in
      try given.distance {
        try captionDistance(
          tokens: given.array("captions"), prompts: $0, offset: given[.instanceOffset],
          reduction: given[.reductionOfPositions])
      }
    },
    Equation(
      "instance-distance", tag: "E3-tokens",
      summary: "caption distance of the instance tokens and the words they meet",
      inputs: ["captions": "[B, T, D]", "lengths": "[B]", "prompts": "[C, J, D]"],
      outputs: ["distance", "grad.prompts"]
    ) { given in
      try given.distance {
        try captionDistance(
          tokens: given.array("captions"),
          lengths: given.array("lengths").values.map { Int(exactly: $0) ?? 0 }, instance: $0)
      }
    },
    Equation(
      "class-margin", tag: "E4", summary: "class-aware soft margin",
      inputs: ["counts": "[C]"], constants: [("scale", .margin), ("counts", .countsReading)],
      outputs: ["margin"]
    ) { given in
      let margin = try classMargin(
        given.array("counts"), scale: given[.margin], counts: given[.countsReading])
      return [("margin", margin)]
    },
    Equation(
      "class-weight", tag: "E5", summary: "class weights by inverse count",
      inputs: ["counts": "[C]"],
      constants: [
        ("gamma", .weightGamma), ("normalization", .weightNormalization),
        ("counts", .countsReading),
      ],
      outputs: ["weight"]
    ) { given in
      let weight = try classWeight(
        given.array("counts"), gamma: given[.weightGamma],
        normalization: given[.weightNormalization], counts: given[.countsReading])
      return [("weight", weight)]
    },
    Equation(
      "embedding-loss", tag: "E6", summary: "class-specific embedding loss",
      inputs: ["distance": "[B, C]", "labels": "[B, C]", "counts": "[C]"],
      constants: [
        ("scale", .margin), ("gamma", .weightGamma), ("normalization", .weightNormalization),
        ("variant", .reading),
      ],
      outputs: ["loss", "grad.distance"]
    ) { given in
      let cse = try ClassSpecificEmbedding(counts: given.array("counts"), options: given.options)
      return try given.loss(of: "distance") {
        try embeddingLoss(
          $0, labels: given.array("labels"), margin: cse.margin, weight: cse.weight,
          reading: cse.reading)
      }
    },
    Equation(
      "rebalance-weight", tag: "E7-weight", summary: "rebalancing weight of E7",
      inputs: ["labels": "[B, C]", "counts": "[C]"],
      constants: BalancedConstants.symbols(of: "E7-weight"), outputs: ["weight"]
    ) { given in
      let weight = try rebalanceWeight(
        given.array("labels"), counts: given.array("counts"), constants: given.options.balanced)
      return [("weight", weight)]
    },
    Equation(
      "class-bias", tag: "E7-bias", summary: "class bias of E7", inputs: ["counts": "[C]"],
      total: true, outputs: ["bias"]
    ) { given in
      [("bias", try classBias(given.array("counts"), images: given.number("total")))]
    },
    Equation(
      "total-objective", tag: "E8", summary: "weighted sum of both losses",
      inputs: ["cls": "[1]", "cse": "[1]"], constants: [("lambda", .lambda)], outputs: ["loss"]
    ) { given in
      let (cls, cse) = (try given.array("cls"), try given.array("cse"))
      try cls.expect([1], "cls")
      try cse.expect([1], "cse")
      return [("loss", try objective(cls, cse, lambda: given[.lambda]))]
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
}
