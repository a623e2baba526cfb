// ZeroShot - CLIP without tuning: class features from written prompts.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

/// Zero-shot CLIP: z = s <f, g("a photo of a NAME.")>.
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
    let tokenizer = try Tokenizer.clip()
    let parts = try templates.map { template in
      normalize(
        model.encodeText(
          try classNames.map { name in
            try tokenizer.tokenize(
              template.split(separator: "{}", omittingEmptySubsequences: false)
                .joined(separator: name))
          }))  // [C, E]
    }
    let total = parts.dropFirst().reduce(parts[0]) { $0 + $1 }
    return normalize(total / Float(parts.count))
  }
}
