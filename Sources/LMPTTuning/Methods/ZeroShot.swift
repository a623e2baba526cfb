// ZeroShot - CLIP without tuning: class features from written prompts.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Zero-shot CLIP: z = s <f, g_i>, g_i from the written texts of class i.
public struct ZeroShot: Sendable {
  /// The prompt of CLIP's paper; `{}` stands for the class name.
  public static let template = "a photo of a {}."

  /// g, shape [C, E], unit length.
  public let classFeatures: Tensor
  /// s, the model's factor of cosine similarities.
  public let scale: Float

  /// The logits of images, shape [B, C].
  ///
  /// - Parameter features: image features, shape [B, E].
  /// - Returns: E2 of the images and the classes.
  /// - Throws: `ShapeError` when the widths differ.
  public func callAsFunction(_ features: Tensor) throws -> Tensor {
    try logits(features, classFeatures, scale: scale)
  }

  /// g_i = normalised mean over the texts of class i of their normalised features.
  fileprivate init(_ texts: [[String]], _ model: CLIPModel) throws {
    let mean = try model.meanFeatures(texts) { normalize($0) }  // [C, E]
    classFeatures = normalize(mean)
    scale = model.logitScale
  }
}

extension Method {
  /// What tables call CLIP without any tuning.
  package static let zeroShotTitle = "zero-shot CLIP"
}

extension CLIPModel {
  /// The mean over the texts of each class of their features, shape [C, E].
  ///
  /// - Parameters:
  ///   - texts: the texts of each class, as many for every class.
  ///   - change: what is done to the features of a text before they are averaged.
  /// - Returns: the means, of any length.
  /// - Throws: `TokenizerError.tooLong` for a text that does not fit.
  func meanFeatures(
    _ texts: [[String]], each change: (Tensor) -> Tensor = { $0 }
  ) throws -> Tensor {
    let tokenizer = try Tokenizer.clip()
    let count = texts.first?.count ?? 1
    require(count > 0, "class features need at least one text per class")
    let parts = try (0..<count).map { index in
      let tokens = try texts.map {
        try tokenizer.tokenize($0[index], contextLength: text.contextLength)
      }
      return change(encode(tokens: tokens))  // [C, E]
    }
    return parts.dropFirst().reduce(parts[0]) { $0 + $1 } / Float(count)
  }

  /// What classifies without training, by texts made from templates.
  ///
  /// With several templates the normalised features are averaged and normalised again, as CLIP's
  /// authors do.
  ///
  /// - Parameters:
  ///   - classNames: one name per class.
  ///   - templates: texts with `{}` where the name goes.
  /// - Returns: the classes' features with the model's scale.
  /// - Throws: `TokenizerError.tooLong` for a prompt that does not fit.
  public func zeroShot(
    classNames: [String], templates: [String] = [ZeroShot.template]
  ) throws -> ZeroShot {
    try ZeroShot(classNames.map { name in templates.map { filled($0, name) } }, self)
  }

  /// What classifies without training, by a published set of texts.
  ///
  /// - Parameters:
  ///   - classNames: one name per class.
  ///   - set: one template, eighty, or what the released script tokenises.
  /// - Returns: the classes' features with the model's scale.
  /// - Throws: `TokenizerError.tooLong` for a prompt that does not fit.
  public func zeroShot(classNames: [String], set: TemplateSet) throws -> ZeroShot {
    try ZeroShot(classNames.map(set.texts), self)
  }
}
