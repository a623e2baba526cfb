// Method - what one method is, as a value: its names, what it sees, its options, how it is made.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTTensors

/// A method of `lmpt train --method`, declared beside its equations and entered in ``all``.
///
/// All methods learn from the same features and are measured by the same evaluation.
public struct Method: Named {
  /// What files and command lines call it.
  public let name: String
  /// How tables call it.
  public let title: String
  /// Where it was published.
  public let source: String
  /// What it looks at of an image.
  package let sees: ImageDetail
  /// The options that mean something to it.
  package let groups: Set<OptionGroup>
  /// The options that it alone reads.
  package let options: [AnyTrainingOption]
  /// Where `lmpt tune` looks for its settings.
  package let search: SearchSpace
  /// How a second batch beside each batch is drawn; nil for methods of one batch.
  package let secondSampling: Sampling?
  /// Whether captions take the place of images, with every token's feature.
  package let learnsFromCaptions: Bool
  /// Whether what it learns is a context in the layout of CoOp's prompt learner.
  package let isContext: Bool
  /// The name of the file that declares it.
  package let file: String
  private let defaults: @Sendable (inout TrainingOptions, _ dataset: KnownDataset?) -> Void
  private let make: @Sendable (inout MethodParts) throws -> any Trainable

  /// A method by its parts.
  ///
  /// - Parameters:
  ///   - name: what files and command lines call it.
  ///   - title: how tables call it.
  ///   - source: where it was published.
  ///   - sees: what it looks at of an image.
  ///   - options: the groups of options that mean something to it.
  ///   - own: the options that it alone reads.
  ///   - search: what `lmpt tune` varies.
  ///   - secondSampling: how a second batch is drawn.
  ///   - learnsFromCaptions: whether captions take the place of images.
  ///   - isContext: whether it learns one context as CoOp's.
  ///   - file: where it is declared.
  ///   - defaults: sets what its authors published, for a data set if it is known.
  ///   - make: makes it at its start.
  package init(
    _ name: String, title: String, source: String, sees: ImageDetail = .features,
    options: Set<OptionGroup>, own: [AnyTrainingOption] = [],
    search: SearchSpace = .usual, secondSampling: Sampling? = nil,
    learnsFromCaptions: Bool = false, isContext: Bool = false, file: String = #fileID,
    defaults: @escaping @Sendable (inout TrainingOptions, _ dataset: KnownDataset?) -> Void,
    make: @escaping @Sendable (inout MethodParts) throws -> any Trainable
  ) {
    (self.name, self.title, self.source, self.sees) = (name, title, source, sees)
    (groups, self.options, self.search) = (options, own, search)
    self.secondSampling = secondSampling
    (self.learnsFromCaptions, self.isContext) = (learnsFromCaptions, isContext)
    self.file = file.fileName
    (self.defaults, self.make) = (defaults, make)
  }

  /// Whether it tunes prompts, so that E6 and the options of the context mean something.
  package var tunesPrompts: Bool { groups.contains(.context) }

  /// Whether an option means something to it.
  package func understands(_ option: AnyTrainingOption) -> Bool {
    groups.contains(option.group)
      && (option.group != .own || options.contains { $0.name == option.name })
  }

  /// The file of a run folder with what the method learned.
  package var resultFile: String {
    tunesPrompts ? "prompts.safetensors" : "classifier.safetensors"
  }

  /// The published settings for a data set, set in options that have the declared values.
  func setDefaults(_ options: inout TrainingOptions, dataset: KnownDataset?) {
    defaults(&options, dataset)
  }

  /// The method at its start.
  func callAsFunction(_ parts: inout MethodParts) throws -> any Trainable { try make(&parts) }
}

extension TrainingOptions {
  /// The settings of a method as its authors published them, with the constants of a data set.
  ///
  /// LMPT's are those of the released command. Those of the other prompt methods are their own
  /// papers'; with which settings the compared papers ran them is not known.
  public init(dataset: String, method: Method = .lmpt) {
    self.init()
    let dataset = KnownDataset.named(dataset)
    self.method = method
    self.balanced = BalancedConstants(dataset)
    method.setDefaults(&self, dataset: dataset)
  }

  /// Whether training reads the images' captions, for E6 or in the place of images.
  package var readsCaptions: Bool { self.embedding != .none || self.method.learnsFromCaptions }

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
    try makeMethod(model: model, classes: classes, images: nil, classification: classification)
  }

  /// The same with the images trained on, for methods that start from them.
  package func makeMethod(
    model: CLIPModel, classes: TrainingClasses, images: TrainingImages?,
    classification: LossFunction? = nil
  ) throws -> any Trainable {
    var parts = MethodParts(
      model: model, classes: classes, images: images, options: self,
      classification: classification)
    return try self.method(&parts)
  }
}
