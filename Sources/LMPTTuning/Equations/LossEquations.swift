// LossEquations - every loss by name on arrays, from the list of losses.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

extension Equation {
  static let lossInputs: KeyValuePairs = ["logits": "[B, C]", "labels": "[B, C]"]
  static let lossInputsWithCounts: KeyValuePairs = [
    "logits": "[B, C]", "labels": "[B, C]", "counts": "[C]",
  ]

  /// A loss under the name that it has as an equation.
  init?(_ loss: Loss) {
    guard let name = loss.equation else { return nil }
    self.init(
      name, tag: loss.tag, summary: loss.summary,
      inputs: loss.reads == .nothing ? Self.lossInputs : Self.lossInputsWithCounts,
      total: loss.reads == .countsAndTotal, constants: loss.constants,
      outputs: ["loss", "grad.logits"]
    ) { given in
      let (labels, data) = (try given.array("labels"), try given.lossData(loss.reads))
      return try given.loss(of: "logits") { try loss($0, labels: labels, data: data) }
    }
  }

  static let losses: [Equation] =
    Loss.all.compactMap(Equation.init) + [
      Equation(
        "class-balanced-weight", tag: "L-cb-weight",
        summary: "weight by the effective number of samples",
        inputs: ["labels": "[B, C]", "counts": "[C]"],
        constants: [("beta", .effectiveNumber), ("mode", .balancing)], outputs: ["weight"]
      ) { given in
        let labels = try given.array("labels")
        let weight = try classBalancedWeight(
          labels, counts: given.array("counts"), beta: given[.effectiveNumber],
          mode: given[.balancing])
        return [("weight", weight.expanded(to: labels.shape))]
      },
      Equation(
        "inverse-frequency-weight", tag: "L-inverse-weight",
        summary: "weight by inverse frequency", inputs: ["counts": "[C]"], total: true,
        constants: [("power", .inversePower)], outputs: ["weight"]
      ) { given in
        let weight = try inverseFrequencyWeight(
          given.array("counts"), images: given.number("total"), power: given[.inversePower])
        return [("weight", weight)]
      },
      Equation(
        "named-loss", tag: "L-name", summary: "a loss by its name on the training command line",
        inputs: lossInputsWithCounts, total: true,
        constants: [("name", .loss)] + Loss.dbl.constants, outputs: ["loss", "grad.logits"]
      ) { given in
        let (labels, data) = (try given.array("labels"), try given.lossData(.countsAndTotal))
        return try given.loss(of: "logits") { try given[.loss]($0, labels: labels, data: data) }
      },
    ]
}

extension Equation.Key {
  /// The decisions that a reading of E7 is made of, each to be set alone.
  static let balancedDecisions = [
    Equation.Key(
      "focal-term", initial: ofVariant, words: Reading.Focal.allCases.map(\.rawValue)),
    Equation.Key("bias-scale", initial: ofVariant, words: Reading.Bias.allCases.map(\.rawValue)),
    Equation.Key("factor", initial: ofVariant),
  ]

  private static let ofVariant = "the variant's"
}

extension EquationInputs {
  /// The reading of the settings, with the decisions of E7 that are set alone.
  func balancedReading() throws -> Reading {
    func given<Choice: RawRepresentable<String> & CaseIterable>(_ key: String) throws -> Choice? {
      settings[key] == nil ? nil : try choice(key, Choice.self)
    }
    return options.reading.with(
      focal: try given("focal-term"), bias: try given("bias-scale"),
      factor: settings["factor"] == nil ? nil : Float(try number("factor")))
  }
}
