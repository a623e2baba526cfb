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

/// The images that a run trains on, for methods that start from them: a cache of features, a graph of
/// classes that are seen together.
package struct TrainingImages: Sendable {
  /// Their features as the tower gives them, shape [N, E].
  package let features: Tensor
  /// Their multi-hot labels, shape [N, C].
  package let labels: Tensor

  package init(features: Tensor, labels: Tensor) {
    (self.features, self.labels) = (features, labels)
  }
}

/// What a method may take for its start.
package struct MethodParts: Sendable {
  /// The CLIP model, frozen except for what the method trains.
  package let model: CLIPModel
  /// The classes of the images trained on.
  package let classes: TrainingClasses
  /// The images trained on; nil where a finished run is opened, whose buffers hold what was made of
  /// them.
  package let images: TrainingImages?
  /// Everything that decides the numbers.
  package let options: TrainingOptions
  /// L_cls.
  package let loss: LossFunction
  /// torch's generator for random starts, drawn from in the order that a method takes its parts.
  package var generator: Generator

  init(
    model: CLIPModel, classes: TrainingClasses, images: TrainingImages? = nil,
    options: TrainingOptions, classification: LossFunction?
  ) {
    (self.model, self.classes, self.images, self.options) = (model, classes, images, options)
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
