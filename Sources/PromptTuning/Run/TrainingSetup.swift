// TrainingSetup - from the options of a run to the method that it trains.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

/// The data that a method's losses are made for.
public struct TrainingClasses: Sendable, Equatable {
  /// One name per class.
  public let names: [String]
  /// Training images per class, n_i, of the images trained on.
  public let counts: [Int]
  /// N, the number of images trained on.
  public let images: Int

  /// The classes of a training set.
  public init(names: [String], counts: [Int], images: Int) {
    self.names = names
    self.counts = counts
    self.images = images
  }
}

extension TrainingOptions {
  /// The chosen method at its start.
  ///
  /// - Parameters:
  ///   - model: the CLIP model, frozen except for what the method trains.
  ///   - classes: the classes of the images trained on.
  ///   - classification: a loss in the place of the one that the options name.
  /// - Returns: the method with its tensors at their start.
  /// - Throws: what the equations throw for these counts and options.
  public func makeMethod(
    model: CLIPModel, classes: TrainingClasses, classification: LossFunction? = nil
  ) throws -> any Trainable {
    var generator = Generator(seed: seed)
    let loss = classification ?? ClassificationLoss(classes, options: self).callAsFunction
    func tuner() throws -> PromptTuner {
      try PromptTuner(
        model: model, classes: classes, options: self, classification: loss, generator: &generator)
    }
    let (width, count) = (model.architecture.embedding, classes.names.count)
    switch method {
    case .lmpt, .coop: return try tuner()
    case .cocoop: return CoCoOp(try tuner(), width: width, generator: &generator)
    case .dualcoop: return DualCoOp(positive: try tuner(), negative: try tuner())
    case .taiDPT: return TaIDPT(global: try tuner(), local: try tuner())
    case .linearProbe, .finetuneHead:
      return LinearProbe(
        width: width, classes: count, classification: loss, generator: &generator)
    case .ltml:
      return TwoBranches(
        width: width, classes: count, classification: loss, consistency: Float(consistency),
        generator: &generator)
    case .finetune:
      return try FineTuned(
        model.visual, classes: count, classification: loss, generator: &generator)
    }
  }
}

extension TrainingOptions {
  /// The margins by class count (E4); nil where E6 has one for all, or is left out.
  public func margins(_ n: Tensor) throws -> Tensor? {
    guard [.margin, .softmargin].contains(embedding) else { return nil }
    return try classMargin(n, scale: margin)
  }

  /// The weights by class count (E5); nil where E6 has none, or is left out.
  public func weights(_ n: Tensor) throws -> Tensor? {
    guard [.weighted, .softmargin].contains(embedding) else { return nil }
    return try classWeight(n, gamma: weightGamma, normalization: weightNormalization)
  }
}

extension ClassificationLoss {
  /// The loss of a run, with its constants.
  init(_ classes: TrainingClasses, options: TrainingOptions) {
    self.init(
      options.loss, counts: Tensor(classes.counts.map(Float.init)), images: Double(classes.images))
    (alpha, beta, mu) = (options.alpha, options.beta, options.mu)
    (lambda, kappa, gamma) = (options.negativeScale, options.kappa, options.focal)
    (gammaNegative, gammaPositive) = (options.gammaNegative, options.gammaPositive)
    variant = options.reading.balanced
  }
}

extension PromptTuner {
  /// The parts of a run at its start.
  ///
  /// - Parameters:
  ///   - model: the frozen CLIP model.
  ///   - classes: the classes of the images trained on.
  ///   - options: everything that decides the numbers.
  ///   - classification: a loss in the place of the one that the options name.
  /// - Throws: what the equations throw for these counts and options.
  public init(
    model: CLIPModel, classes: TrainingClasses, options: TrainingOptions,
    classification: LossFunction? = nil
  ) throws {
    var generator = Generator(seed: options.seed)
    try self.init(
      model: model, classes: classes, options: options,
      classification: classification
        ?? ClassificationLoss(classes, options: options).callAsFunction,
      generator: &generator)
  }

  /// The parts of a run whose random start comes from a generator that others use after it.
  init(
    model: CLIPModel, classes: TrainingClasses, options: TrainingOptions,
    classification: @escaping LossFunction, generator: inout Generator
  ) throws {
    let n = Tensor(classes.counts.map(Float.init))
    self.init(
      learner: try PromptLearner(
        model: model, classNames: classes.names, options: options, generator: &generator),
      tower: model.text, scale: model.logitScale,
      classification: classification,
      margin: try options.margins(n) ?? Tensor(Float(options.margin)),
      weight: try options.weights(n) ?? Tensor(1),
      lambda: options.embedding == .none ? 1 : options.lambda,
      alignment: options.alignment, split: options.split, variant: options.reading.variant)
  }
}

extension PromptLearner {
  /// The prompts of a run at its start.
  init(
    model: CLIPModel, classNames: [String], options: TrainingOptions, generator: inout Generator
  ) throws {
    try self.init(
      classNames: classNames,
      start: options.contextInit.isEmpty
        ? .random(count: options.contextCount) : .words(options.contextInit),
      sharing: options.sharing, position: options.position, variant: options.reading.variant,
      tokenEmbedding: model.text.tokenEmbedding, tokenizer: try Tokenizer.clip(),
      contextLength: model.text.contextLength, generator: &generator)
  }
}
