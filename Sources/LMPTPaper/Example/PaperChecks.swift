// PaperChecks - what holds each equation against an independent implementation, replayed now.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTTensors

/// What checks an equation.
package struct EquationCheck: Sendable {
  /// Its tag.
  package let tag: String
  /// The stored cases, below the checkout.
  package let fixture: String
  /// What made them.
  package let oracle: String
  /// The suite of tests.
  package let test: String
  /// The suite's file, below the checkout.
  package var testFile: String { "Tests/TuningTests/Method/\(test).swift" }
  /// How many cases were computed again.
  package let cases: Int
  /// The greatest difference over its tolerance; at most 1 when all is well. It depends on the machine.
  package let worstError: Double
}

/// The checks of the page.
package enum PaperChecks {
  /// The equations of a tag with their test suites.
  private static let suites: [String: [(equation: String, test: String)]] = [
    "E2": [("prediction", "PredictionTests")],
    "E3": [
      ("sentence-distance", "CaptionDistanceTests"), ("caption-distance", "CaptionDistanceTests"),
      ("instance-distance", "CaptionDistanceTests"),
    ],
    "E4": [("class-margin", "ClassMarginTests")], "E5": [("class-weight", "ClassWeightTests")],
    "E6": [("embedding-loss", "EmbeddingLossTests")],
    "E7": [
      ("distribution-balanced-loss", "DistributionBalancedLossTests"),
      ("rebalance-weight", "RebalanceWeightTests"), ("class-bias", "RebalanceWeightTests"),
    ],
    "E8": [("total-objective", "ObjectiveTests")],
  ]

  /// The command that replays them.
  static func command(_ tag: String) -> String {
    "lmpt selftest --filter \(suites[tag] == nil ? "training" : tag)"
  }

  /// What checks the equations of a tag, replayed; E1 and A1 share the stored steps of training.
  ///
  /// - Parameters:
  ///   - tag: the tag.
  ///   - checkout: where the checkout is.
  /// - Returns: empty for a tag without stored cases.
  /// - Throws: what reading the fixtures throws.
  package static func checks(_ tag: String, checkout: String) throws -> [EquationCheck] {
    let folder = "\(checkout)/Fixtures"
    if tag == "E1" || tag == "A1" {
      let result = try TrainingFixture("\(folder)/training").replay()
      return [
        EquationCheck(
          tag: tag, fixture: "Fixtures/training", oracle: "Fixtures/generators/training.py",
          test: tag == "E1" ? "PromptLearnerTests" : "TrainingTests", cases: result.cases,
          worstError: result.worst)
      ]
    }
    let wanted = suites[tag] ?? []
    guard !wanted.isEmpty else { return [] }
    let files = try equationFixtures("\(folder)/equations")
    return try wanted.map { entry in
      guard let file = files.first(where: { $0.equation.name == entry.equation }) else {
        throw PaperError.excerpt(entry.equation, what: "has no stored cases in \(folder)/equations")
      }
      let result = file.replay()
      return EquationCheck(
        tag: tag, fixture: "Fixtures/equations/\(entry.equation).safetensors",
        oracle: "Fixtures/generators/equations.py", test: entry.test, cases: result.cases,
        worstError: result.worst)
    }
  }
}
