// MiniBenchmark - the settings and the arms of `lmpt demo`, in one place.
// SPDX-License-Identifier: Apache-2.0

/// The embedded benchmark: what it compares and with which settings.
///
/// The settings were chosen on a development test set and on seeds 100 and 101 (Fixtures/mini's
/// README); the table that is printed uses other seeds and other pictures. It demonstrates the
/// method and guards against regressions; it is no evidence about VOC-LT.
package enum MiniBenchmark {
  /// One row of the table.
  package struct Arm: Sendable {
    /// How the table calls it.
    package let name: String
    /// Which parts of E6 it uses.
    package let embedding: EmbeddingTerm
  }

  /// The tuned arms, each adding one part; zero-shot comes before them.
  package static let arms = [
    Arm(name: "prompt tuning (E7)", embedding: .none),
    Arm(name: "+ E6, fixed margin", embedding: .hinge),
    Arm(name: "+ E4", embedding: .margin),
    Arm(name: "+ E5 (full LMPT)", embedding: .softmargin),
  ]

  /// The settings of every tuned arm.
  package static func options(_ arm: Arm, seed: Int) -> TrainingOptions {
    var options = TrainingOptions(dataset: KnownDataset.mini.name)
    options.embedding = arm.embedding
    options.seed = seed
    options.optimizer = .adam
    options.learningRate = 1e-2
    options.schedule = .constant
    options.epochs = 30
    options.lambda = 0.1
    options.weightNormalization = .mean
    options.validationFraction = 0.25
    return options
  }
}
