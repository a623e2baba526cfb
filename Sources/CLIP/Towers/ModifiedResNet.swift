// ModifiedResNet - CLIP's residual image tower.
// SPDX-License-Identifier: Apache-2.0

import Tensors

/// CLIP's residual network; placeholder until the convolution lands.
public struct ModifiedResNet: Sendable {
  /// Whether attention pooling adds its positional embedding.
  public enum Positions: Sendable {
    /// As the published model.
    case added
    /// As methods that read local features do.
    case omitted
  }
  /// The sizes.
  public let architecture: ImageArchitecture

  init(_ tensors: ModelTensors, _ architecture: ImageArchitecture, blocks: [Int]) throws(ModelError)
  {
    throw .layout(.openAI, reason: "residual networks are not there yet")
  }
  func callAsFunction(_ images: Tensor) -> Tensor { images }
  func spatialFeatures(_ images: Tensor, positions: Positions) -> Tensor { images }
}
