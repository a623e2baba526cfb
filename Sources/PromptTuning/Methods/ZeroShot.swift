// ZeroShot - CLIP without tuning: class features from written prompts.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

/// Zero-shot CLIP: z = s <f, g_i>, g_i from the written texts of class i.
public enum ZeroShot {
  /// The prompt of CLIP's paper; `{}` stands for the class name.
  public static let template = "a photo of a {}."

  /// Class features from templates, shape [C, E], unit length.
  ///
  /// With several templates the normalised features are averaged and normalised again, as CLIP's
  /// authors do.
  ///
  /// - Parameters:
  ///   - classNames: one name per class.
  ///   - model: the CLIP model.
  ///   - templates: texts with `{}` where the name goes.
  /// - Returns: shape [C, E].
  /// - Throws: `TokenizerError.tooLong` for a prompt that does not fit.
  public static func classFeatures(
    _ classNames: [String], model: CLIPModel, templates: [String] = [template]
  ) throws -> Tensor {
    try classFeatures(of: classNames.map { name in templates.map { filled($0, name) } }, model)
  }

  /// Class features from a published set of texts, shape [C, E], unit length.
  ///
  /// - Parameters:
  ///   - classNames: one name per class.
  ///   - model: the CLIP model.
  ///   - set: one template, eighty, or what the released script tokenises.
  /// - Returns: shape [C, E].
  /// - Throws: `TokenizerError.tooLong` for a prompt that does not fit.
  public static func classFeatures(
    _ classNames: [String], model: CLIPModel, set: TemplateSet
  ) throws -> Tensor {
    try classFeatures(of: classNames.map(set.texts), model)
  }

  /// g_i = normalised mean over the texts of class i of their normalised features.
  private static func classFeatures(of texts: [[String]], _ model: CLIPModel) throws -> Tensor {
    let tokenizer = try Tokenizer.clip()
    let count = texts.first?.count ?? 1
    require(count > 0, "class features need at least one text per class")
    let parts = try (0..<count).map { index in
      let tokens = try texts.map {
        try tokenizer.tokenize($0[index], contextLength: model.text.contextLength)
      }
      return normalize(model.encodeText(tokens))  // [C, E]
    }
    let total = parts.dropFirst().reduce(parts[0]) { $0 + $1 }
    return normalize(total / Float(count))
  }
}
