// Templates - the written prompts of zero-shot CLIP: one, eighty, or the released cut of them.
// SPDX-License-Identifier: Apache-2.0

/// Which texts stand for a class in zero-shot CLIP.
public enum TemplateSet: String, Sendable, CaseIterable {
  /// "a photo of a NAME."
  case single
  /// The mean of the normalised features of CLIP's eighty ImageNet templates.
  case ensemble
  /// What the released zero_shot_clip/test.py tokenises: the eighty texts joined by spaces and cut
  /// to 76 characters, with the first word of the name; in effect the first two or three templates.
  case released

  /// The texts of a class; the features of several are averaged.
  ///
  /// - Parameter name: the class name.
  /// - Returns: one text or eighty.
  package func texts(for name: String) -> [String] {
    switch self {
    case .single: return [filled(ZeroShot.template, name)]
    case .ensemble: return ZeroShot.imageNetTemplates.map { filled($0, name) }
    case .released:
      let word = name.split(separator: " ").first.map(String.init) ?? name
      let joined = ZeroShot.imageNetTemplates.map { filled($0, word) }.joined(separator: " ")
      return [String(String.UnicodeScalarView(joined.unicodeScalars.prefix(76)))]
    }
  }
}

extension AnyTrainingOption {
  /// Adapters of zero-shot CLIP: the written prompts whose features they start from.
  public static var templates: TrainingOption<TemplateSet> {
    TrainingOption(
      "templates", TemplateSet.single, group: .own,
      help: "adapters of zero-shot CLIP: the written prompts they start from")
  }
}

extension MethodParts {
  /// The written prompts of every class; an underscore of a name means a space.
  var writtenPrompts: [[String]] {
    classes.names.map(spaced).map(options.templates.texts)
  }

  /// Zero-shot CLIP on these prompts, which the adapters start from.
  func zeroShot() throws -> ZeroShot {
    try model.zeroShot(classNames: classes.names.map(spaced), set: options.templates)
  }
}

/// A template with the name in place of `{}`.
func filled(_ template: String, _ name: String) -> String {
  template.split(separator: "{}", omittingEmptySubsequences: false).joined(separator: name)
}

extension ZeroShot {
  /// The eighty templates that CLIP's authors published for ImageNet, in their order.
  package static let imageNetTemplates = [
    "a bad photo of a {}.",
    "a photo of many {}.",
    "a sculpture of a {}.",
    "a photo of the hard to see {}.",
    "a low resolution photo of the {}.",
    "a rendering of a {}.",
    "graffiti of a {}.",
    "a bad photo of the {}.",
    "a cropped photo of the {}.",
    "a tattoo of a {}.",
    "the embroidered {}.",
    "a photo of a hard to see {}.",
    "a bright photo of a {}.",
    "a photo of a clean {}.",
    "a photo of a dirty {}.",
    "a dark photo of the {}.",
    "a drawing of a {}.",
    "a photo of my {}.",
    "the plastic {}.",
    "a photo of the cool {}.",
    "a close-up photo of a {}.",
    "a black and white photo of the {}.",
    "a painting of the {}.",
    "a painting of a {}.",
    "a pixelated photo of the {}.",
    "a sculpture of the {}.",
    "a bright photo of the {}.",
    "a cropped photo of a {}.",
    "a plastic {}.",
    "a photo of the dirty {}.",
    "a jpeg corrupted photo of a {}.",
    "a blurry photo of the {}.",
    "a photo of the {}.",
    "a good photo of the {}.",
    "a rendering of the {}.",
    "a {} in a video game.",
    "a photo of one {}.",
    "a doodle of a {}.",
    "a close-up photo of the {}.",
    "a photo of a {}.",
    "the origami {}.",
    "the {} in a video game.",
    "a sketch of a {}.",
    "a doodle of the {}.",
    "a origami {}.",
    "a low resolution photo of a {}.",
    "the toy {}.",
    "a rendition of the {}.",
    "a photo of the clean {}.",
    "a photo of a large {}.",
    "a rendition of a {}.",
    "a photo of a nice {}.",
    "a photo of a weird {}.",
    "a blurry photo of a {}.",
    "a cartoon {}.",
    "art of a {}.",
    "a sketch of the {}.",
    "a embroidered {}.",
    "a pixelated photo of a {}.",
    "itap of the {}.",
    "a jpeg corrupted photo of the {}.",
    "a good photo of a {}.",
    "a plushie {}.",
    "a photo of the nice {}.",
    "a photo of the small {}.",
    "a photo of the weird {}.",
    "the cartoon {}.",
    "art of the {}.",
    "a drawing of the {}.",
    "a photo of the large {}.",
    "a black and white photo of a {}.",
    "the plushie {}.",
    "a dark photo of a {}.",
    "itap of a {}.",
    "graffiti of the {}.",
    "a toy {}.",
    "itap of my {}.",
    "a photo of a cool {}.",
    "a photo of a small {}.",
    "a tattoo of the {}.",
  ]
}
