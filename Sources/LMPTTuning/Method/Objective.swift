// Objective - E8: the total objective.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Total objective of LMPT.
///
/// Equation E8:  L = lambda L_cls + (1 - lambda) L_cse
///
/// - Parameters:
///   - cls: classification loss (E7), a scalar.
///   - cse: class-specific embedding loss (E6), a scalar.
///   - lambda: weight of the classification loss, in [0, 1]; 0.5 in the released code.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `MethodError.parameter` for a lambda outside [0, 1].
///
/// Edge cases: lambda = 1 leaves the classification loss alone, even when E6 is NaN or infinite, and
/// lambda = 0 the other way round.
/// Source: the released training loop (`--lam`); the number of the equation is reconstructed.
public func objective(
  _ cls: Tensor, _ cse: Tensor, lambda: Double = AnyTrainingOption.lambda.initial
) throws -> Tensor {
  guard lambda >= 0, lambda <= 1 else {
    throw MethodError.parameter(name: "lambda", found: lambda, expected: "0 to 1")
  }
  if lambda == 1 { return cls }
  if lambda == 0 { return cse }
  return Float(lambda) * cls + (1 - Float(lambda)) * cse
}

/// What prompts are tuned on: E8 of a classification loss and, with captions, E6.
public struct Objective: Sendable {
  /// L_cls: E7, or a loss in its place.
  public let classification: LossFunction
  /// L_cse: E3 to E6; nil to tune on L_cls alone, which needs no captions.
  public let embedding: ClassSpecificEmbedding?
  /// lambda of E8; 1 is L_cls alone, too.
  public let lambda: Double

  /// The two losses and their weight.
  public init(
    classification: @escaping LossFunction, embedding: ClassSpecificEmbedding? = nil,
    lambda: Double = AnyTrainingOption.lambda.initial
  ) {
    self.classification = classification
    self.embedding = lambda == 1 ? nil : embedding
    self.lambda = embedding == nil ? 1 : lambda
  }

  /// The positions of the prompts that E3 needs.
  public var extent: PromptLearner.Extent { embedding?.extent ?? .longest }

  /// L_cse of a batch, `EmbeddingPart.none` when it is left out.
  ///
  /// - Throws: what E3 and E6 throw.
  public func embedding(
    _ batch: TrainingBatch, _ prompts: Prompts, rows: Tensor, texts: Tensor
  ) throws -> EmbeddingPart {
    try embedding?(batch, prompts, rows: rows, texts: texts) ?? .none
  }

  /// Both losses with what is minimised (E8).
  public func total(cls: Tensor, cse: EmbeddingPart) throws -> Losses {
    Losses(
      cls: cls, cse: cse.loss, total: try objective(cls, cse.loss, lambda: lambda),
      margins: cse.margins)
  }
}

extension AnyTrainingOption {
  /// Weight of the classification loss in E8 (`--lam`).
  public static var lambda: TrainingOption<Double> {
    TrainingOption(
      "lam", "LAMBDA", 0.5, in: 0...1, aliases: ["lambda"], group: .embedding, tag: "E8",
      help: "E8: lambda, weight of the classification loss")
  }
}
