// ModifiedResNet - CLIP's residual image tower: three-convolution stem, attention pooling.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// CLIP's residual network with frozen parameters and statistics (arXiv 2103.00020, 1512.03385).
///
/// Images go through the convolutions one by one, channels last, several at the same time.
public struct ModifiedResNet: Sendable {
  /// Whether attention pooling adds its positional embedding.
  public enum Positions: Sendable {
    /// As the published model.
    case added
    /// As methods that read local features do.
    case omitted
  }

  /// The sizes.
  package let architecture: ImageArchitecture
  let firstStem: FoldedConvolution
  let stem: [Convolution3x3]
  let blocks: [Bottleneck]
  let pool: AttentionPool

  /// The features of images, unnormalised.
  ///
  /// - Parameter images: preprocessed pixels, shape [N, 3, S, S].
  /// - Returns: shape [N, E].
  package func callAsFunction(_ images: Tensor) -> Tensor { pool(places(images)) }

  /// The value and output projections of the pooling at the mean and at every place.
  ///
  /// - Parameters:
  ///   - images: preprocessed pixels, shape [N, 3, S, S].
  ///   - positions: whether the positional embedding is added.
  /// - Returns: shape [N, 1 + P, E].
  package func spatialFeatures(_ images: Tensor, positions: Positions) -> Tensor {
    pool.everywhere(places(images), positions: positions)
  }

  /// The places of the last residual stage, row by row: [N, P, 32 W].
  private func places(_ images: Tensor) -> Tensor {
    architecture.requireInput(images)
    let (count, size) = (images.shape[0], architecture.size)
    let (grid, width) = (size / 32, 32 * architecture.width)
    let floats = grid * grid * width
    return Tensor(shape: [count, grid * grid, width]) { out in
      parallel(count) { n in
        let image = images.slice(n..<n + 1).reshaped([3, size, size])
        trunk(image).withUnsafeBufferPointer {
          // safety: each image writes its own P * 32 W floats of out.
          if let base = $0.baseAddress { (out + n * floats).update(from: base, count: floats) }
        }
      }
    }
  }

  /// Stem and residual stages of one image: [3, S, S] to [S / 32, S / 32, 32 W].
  private func trunk(_ image: Tensor) -> Tensor {
    var x = linearReLU(
      unfoldStride2(image), weight: firstStem.matrix, bias: firstStem.bias)  // [S/2, S/2, W/2]
    x = stem[0](x)  // [S/2, S/2, W/2]
    x = stem[1](x, pooling: .average)  // [S/4, S/4, W]
    for block in blocks { x = block(x) }
    return x
  }
}

extension ModifiedResNet {
  /// Reads the tower's tensors.
  init(
    _ tensors: ModelTensors, _ architecture: ImageArchitecture, blocks: [Int]
  ) throws(ModelError) {
    let width = architecture.width
    self.architecture = architecture
    let half = try tensors.form("visual.conv1.weight", rank: 4)[0]
    firstStem = try FoldedConvolution(
      tensors, "visual.conv1", norm: "visual.bn1", [half, 3, 3, 3])
    let second = try FoldedConvolution(
      tensors, "visual.conv2", norm: "visual.bn2", [half, half, 3, 3])
    let third = try FoldedConvolution(
      tensors, "visual.conv3", norm: "visual.bn3", [width, half, 3, 3])
    stem = [second, third].map { Convolution3x3(weight: $0.weight, bias: $0.bias) }
    var all: [Bottleneck] = []
    var inputs = width
    for (stage, count) in blocks.enumerated() {
      let planes = width << stage
      for index in 0..<count {
        all.append(
          try Bottleneck(
            tensors, "visual.layer\(stage + 1).\(index)", inputs: inputs, planes: planes,
            pooling: stage > 0 && index == 0 ? .average : .none))
        inputs = 4 * planes
      }
    }
    self.blocks = all
    pool = try AttentionPool(tensors, architecture)
  }
}
