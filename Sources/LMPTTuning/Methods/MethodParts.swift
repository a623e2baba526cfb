// MethodParts - what methods are made of at the start of a run.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

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

  /// The counts, shape [C].
  package var countTensor: Tensor { Tensor(counts.map(Float.init)) }
}

/// What a method may take for its start.
package struct MethodParts: Sendable {
  /// The CLIP model, frozen except for what the method trains.
  package let model: CLIPModel
  /// The classes of the images trained on.
  package let classes: TrainingClasses
  /// Everything that decides the numbers.
  package let options: TrainingOptions
  /// L_cls.
  package let loss: LossFunction
  /// torch's generator for random starts, drawn from in the order that a method takes its parts.
  package var generator: Generator

  init(
    model: CLIPModel, classes: TrainingClasses, options: TrainingOptions,
    classification: LossFunction?
  ) {
    (self.model, self.classes, self.options) = (model, classes, options)
    loss =
      classification
      ?? options.loss.on(
        LossData(counts: classes.countTensor, images: Double(classes.images), options: options))
    generator = Generator(seed: options.seed)
  }

  /// E, the length of an image feature.
  package var width: Int { model.architecture.embedding }

  /// Prompts at their start (E1); another call gives others.
  package mutating func prompts() throws -> Prompts {
    Prompts(
      try PromptLearner(
        classNames: classes.names, start: options.contextStart, sharing: options.sharing,
        position: options.position, reading: options.reading,
        tokenEmbedding: model.text.tokenEmbedding, tokenizer: try Tokenizer.clip(),
        contextLength: model.text.contextLength, generator: &generator),
      tower: model.text)
  }

  /// What prompts are tuned on (E3 to E8).
  package func objective() throws -> Objective {
    Objective(
      classification: loss,
      embedding: options.embedding == .none
        ? nil : try ClassSpecificEmbedding(counts: classes.countTensor, options: options),
      lambda: options.lambda)
  }
}
