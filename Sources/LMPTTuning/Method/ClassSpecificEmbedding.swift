// ClassSpecificEmbedding - E3 to E6 as one value: what the captions say about the prompts.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Which parts of E6 are in the loss: the paper's ablation arms.
public enum EmbeddingTerm: String, Sendable, CaseIterable {
  /// No E6: prompt tuning with the classification loss alone.
  case none
  /// E6 with one fixed margin and no weights, torch's HingeEmbeddingLoss.
  case hinge
  /// + E4: margins by class count, no weights.
  case margin
  /// E5 without E4: a fixed margin, weights by class count.
  case weighted
  /// + E4 + E5: full LMPT (the released `softmargin`).
  case softmargin

  /// Whether its margins are E4's.
  package var usesMargins: Bool { self == .margin || self == .softmargin }
  /// Whether its weights are E5's.
  package var usesWeights: Bool { self == .weighted || self == .softmargin }
}

/// E6 of a batch, with what its hinges do.
public struct EmbeddingPart: Sendable {
  /// The loss, a scalar on the tape; a constant 0 when it is left out.
  public let loss: Tensor
  /// Which hinges are active; nil when the loss is left out.
  public let margins: ActiveMargins?

  /// No E6 at all.
  public static let none = EmbeddingPart(loss: 0, margins: nil)
}

/// The class-specific embedding loss of a training set.
///
/// E4 and E5 depend on the class counts alone, so they are computed once, here; E3 and E6 on every batch.
public struct ClassSpecificEmbedding: Sendable {
  /// mu (E4); one value for a plain hinge.
  public let margin: Tensor
  /// omega (E5); one value for no re-weighting.
  public let weight: Tensor
  /// Which parts E3 compares.
  public let alignment: CaptionAlignment
  /// m, the number of general tokens.
  public let offset: Int
  /// Which reading of E3 and E6.
  public let reading: Reading

  /// Margins and weights of some classes.
  ///
  /// - Parameters:
  ///   - n: training images per class, positive, shape [C].
  ///   - options: the constants of E3 to E6.
  /// - Throws: what E4 and E5 throw.
  public init(counts n: Tensor, options: TrainingOptions) throws {
    margin = try options.margins(n) ?? Tensor(Float(options.margin))  // E4  [C]
    weight = try options.weights(n) ?? Tensor(1)  // E5  [C]
    (alignment, offset, reading) = (options.alignment, options.instanceOffset, options.reading)
  }

  /// The positions of the prompts that E3 needs.
  public var extent: PromptLearner.Extent { alignment == .tokensAll ? .full : .longest }

  /// The loss of a batch.
  ///
  /// - Parameters:
  ///   - batch: labels and captions.
  ///   - prompts: the prompts' owner, for the instance tokens and the token embeddings.
  ///   - rows: the prompts as E1 lays them out, shape [C, T, D].
  ///   - texts: their features, shape [C, E].
  /// - Returns: E6 with its active margins.
  /// - Throws: `MethodError.captionsNotPrepared`, or what E3 and E6 throw.
  public func callAsFunction(
    _ batch: TrainingBatch, _ prompts: Prompts, rows: Tensor, texts: Tensor
  ) throws -> EmbeddingPart {
    let d = try distance(
      batch.captions, images: batch.labels.shape[0], prompts, rows, texts)  // E3  [B, C]
    let loss = try embeddingLoss(
      d, labels: batch.labels, margin: margin, weight: weight, reading: reading)  // E6
    return EmbeddingPart(
      loss: loss,
      margins: ActiveMargins(d, labels: batch.labels, margin: margin, reading: reading))
  }

  /// E3 of a batch under the chosen alignment.
  private func distance(
    _ captions: Captions?, images: Int, _ prompts: Prompts, _ rows: Tensor, _ texts: Tensor
  ) throws -> Tensor {
    guard let captions else {
      throw MethodError.captionsNotPrepared(alignment: alignment.rawValue)
    }
    guard captions.tokens.count == images else {
      throw ShapeError(name: "captions", expected: [images], found: [captions.tokens.count])
    }
    switch alignment {
    case .sentence:
      guard let features = captions.features else {
        throw MethodError.captionsNotPrepared(alignment: alignment.rawValue)
      }
      return try captionDistance(sentences: features, prompts: texts)
    case .tokens:
      let instance = try prompts.learner.instanceTokens(offset: offset)  // [C, M-m, D]
      return try captionDistance(
        tokens: captions.embeddings(prompts.tower, length: instance.shape[1] + 1),
        lengths: captions.tokens.map(\.count), instance: instance)
    case .tokensAll:
      return try captionDistance(
        tokens: captions.embeddings(prompts.tower, length: rows.shape[1]), prompts: rows,
        offset: offset, reduction: reading.isReleased ? .sum : .mean)
    }
  }
}

extension AnyTrainingOption {
  /// Which parts of E6 are in the loss (`--cseloss`).
  public static var embedding: TrainingOption<EmbeddingTerm> {
    TrainingOption(
      "cseloss", EmbeddingTerm.softmargin, aliases: ["cse"], synonyms: ["nn_hinge": .hinge],
      group: .embedding, tag: "E6", help: "E6: which of its parts count")
  }
}

extension TrainingOptions {
  /// The margins by class count (E4); nil where E6 has one for all, or is left out.
  package func margins(_ n: Tensor) throws -> Tensor? {
    self.embedding.usesMargins ? try classMargin(n, scale: self.margin) : nil
  }

  /// The weights by class count (E5); nil where E6 has none, or is left out.
  package func weights(_ n: Tensor) throws -> Tensor? {
    guard self.embedding.usesWeights else { return nil }
    return try classWeight(n, gamma: self.weightGamma, normalization: self.weightNormalization)
  }
}
