// StatedDifference - what a configuration says against a model goes with its weights when they move.
// SPDX-License-Identifier: Apache-2.0

import LMPTWeights

/// A converted file lies where its configuration does not. What would have been refused beside it is
/// therefore written into the metadata, where it is refused again.
enum StatedDifference: String, CaseIterable {
  /// About the image tower, so about everything.
  case images = "not_clip_images"
  /// About the text tower.
  case texts = "not_clip_texts"
  /// About the tokenizer.
  case words = "not_clip_words"

  /// Refuses a file whose metadata says so.
  ///
  /// - Throws: `ModelError.stated`.
  func check(_ file: WeightFile) throws(ModelError) {
    if let message = file.metadata[rawValue] { throw .stated(message) }
  }
}

extension WeightFile {
  /// What is known about weights beyond their tensors, as metadata for a copy: the activation, and
  /// what the configuration says that is not computed here.
  ///
  /// - Parameter path: where the file lies.
  /// - Returns: names and values that the file's own metadata lack; none for what is no CLIP.
  package func knownBesideTensors(path: String) -> [String: String] {
    guard let tensors = try? ModelTensors(self) else { return [:] }
    var known: [String: String] = [:]
    if let activation = Activation.known(self, path: path) {
      known["activation"] = activation.rawValue
    }
    let configuration = ModelConfiguration(beside: path)
    let image = try? ImageArchitecture(tensors)
    let text = try? TextArchitecture(tensors)
    for difference in StatedDifference.allCases {
      do throws(ModelError) {
        switch difference {
        case .images:
          if let path = configuration.unreadable { throw .unreadable(path: path) }
          if let image { try configuration.expect(image) }
        case .texts: try configuration.expect(text)
        case .words: try configuration.expectTokenizer()
        }
      } catch {
        known[difference.rawValue] = error.message
      }
    }
    return known.filter { metadata[$0.key] == nil }
  }
}
