// PictureData - the pictures of a data set with an image tower alone, for features computed ahead.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging

/// A data set with the image tower whose features its pictures get.
///
/// The text tower of the weights may be of another kind, or absent: nothing here reads words.
package struct PictureData: Sendable {
  /// The lists, opened.
  package let dataset: LongTailDataset
  /// The image tower, with what is known of the texts beside it.
  package let tower: ImageEncoder.Opened
  /// The file of its weights.
  package let weightsPath: String
  /// Where features are computed and kept.
  package let featureSource: FeatureSource

  /// Opens a data set and the image tower of weights; the arguments are those of `RunData`.
  ///
  /// - Throws: `FileError` naming what cannot be read, or does not fit.
  package init(
    dataset name: String, root: String, weights: String, activation: Activation? = nil,
    preprocessing: Preprocessing = .lmpt, cache: String? = nil,
    onBadImage: BadImagePolicy = .fail, allowOutside: Bool = false, orient: Bool = false
  ) throws {
    dataset = try LongTailDataset(named: name, root: root, allowOutside: allowOutside)
    let file = try finiteWeights(weights)
    tower = try ImageEncoder.load(file, path: weights, activation: activation)
    weightsPath = weights
    featureSource = FeatureSource(
      encoder: tower.encoder, activation: tower.activation, fingerprint: tower.fingerprint,
      preprocessing: preprocessing, cacheRoot: cache ?? defaultCacheRoot(), onBadImage: onBadImage,
      orient: orient)
  }
}
