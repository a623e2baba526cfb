// ImageBatch - what methods look at: images in several forms, with labels and captions.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// What a method looks at of an image.
public enum ImageDetail: Sendable, Equatable {
  /// The feature of the whole image.
  case features
  /// The features of its places, too.
  case places(ModifiedResNet.Positions)
  /// Its pixels.
  case pixels
}

/// A batch of images in the forms that methods look at.
public struct ImageBatch: Sendable {
  /// Features of the whole images from the frozen tower, shape [B, E].
  public var features: Tensor
  /// Features of the mean or class token and of every place, shape [B, 1 + P, E]; for methods that
  /// pool places themselves.
  public var places: Tensor?
  /// Preprocessed pixels, shape [B, 3, S, S]; for methods that train the image tower.
  public var pixels: Tensor?

  /// A batch with what its method needs.
  public init(features: Tensor, places: Tensor? = nil, pixels: Tensor? = nil) {
    self.features = features
    self.places = places
    self.pixels = pixels
  }
}

/// A batch to learn from.
public struct TrainingBatch: Sendable {
  /// The images.
  public var images: ImageBatch
  /// Multi-hot labels, shape [B, C].
  public var labels: Tensor
  /// The images' captions; nil when nothing in the loss reads them.
  public var captions: Captions?
  /// Images from a second sampler with their labels, for methods of two branches.
  public var second: (images: ImageBatch, labels: Tensor)?
  /// The share of a run's epochs that are finished, for methods that change with it.
  public var elapsed: Float

  /// A batch with what its method needs.
  public init(
    images: ImageBatch, labels: Tensor, captions: Captions? = nil,
    second: (images: ImageBatch, labels: Tensor)? = nil, elapsed: Float = 0
  ) {
    self.images = images
    self.labels = labels
    self.captions = captions
    self.second = second
    self.elapsed = elapsed
  }
}

extension ImageBatch {
  /// Images from their pixels, in the form that a method looks at.
  ///
  /// - Parameters:
  ///   - pixels: preprocessed, shape [B, 3, S, S].
  ///   - model: the CLIP model.
  ///   - view: what the method looks at.
  public init(pixels: Tensor, model: CLIPModel, view: ImageDetail) {
    self.init(features: model.encode(pixels: pixels))
    switch view {
    case .features: break
    case .places(let positions):
      places = model.visual.spatialFeatures(pixels, positions: positions)
    case .pixels: self.pixels = pixels
    }
  }
}
