// ModifiedResNet - CLIP's residual image tower: three-convolution stem, attention pooling.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// CLIP's residual network with frozen parameters and statistics (arXiv 2103.00020, 1512.03385).
///
/// Images go through the stem and the first two stages one by one, channels last, several at the same
/// time: an image's places stay in the caches. The last two stages have many weights and few places,
/// so some images go through them together, and the weights are read once for all.
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
  /// The first block of the third stage.
  let late: Int
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

  /// Most images that go through the last stages together: 30 MB for those of RN50.
  private static let together = 8

  /// The places of the last residual stage, row by row: [N, P, 32 W].
  private func places(_ images: Tensor) -> Tensor {
    architecture.requireInput(images)
    let (count, size) = (images.shape[0], architecture.size)
    let (grid, width) = (size / 32, 32 * architecture.width)
    let floats = grid * grid * width
    // Groups of equal size: none of one image after groups of eight.
    let groups = (count + Self.together - 1) / Self.together
    return Tensor(shape: [count, grid * grid, width]) { out in
      for group in 0..<groups {
        let range = group * count / groups..<(group + 1) * count / groups
        var x = early(images.slice(range))
        for block in blocks[late...] { x = block(x) }
        x.withUnsafeBufferPointer {
          // safety: each image has P * 32 W floats of out.
          guard let base = $0.baseAddress else { return }
          (out + range.lowerBound * floats).update(from: base, count: range.count * floats)
        }
      }
    }
  }

  /// Stem and the first two stages: [N, 3, S, S] to [N, S / 8, S / 8, 8 W].
  private func early(_ images: Tensor) -> Tensor {
    let (count, size) = (images.shape[0], architecture.size)
    let (grid, width) = (size / 8, 8 * architecture.width)
    let floats = grid * grid * width
    if count == 1 { return early(image: images.reshaped([3, size, size])) }
    return Tensor(shape: [count, grid, grid, width]) { out in
      parallel(count) { n in
        early(image: images.slice(n..<n + 1).reshaped([3, size, size])).withUnsafeBufferPointer {
          // safety: each image writes its own floats of out.
          if let base = $0.baseAddress { (out + n * floats).update(from: base, count: floats) }
        }
      }
    }
  }

  /// The same of one image: [3, S, S] to [S / 8, S / 8, 8 W].
  private func early(image: Tensor) -> Tensor {
    var x = linearReLU(
      unfoldStride2(image), weight: firstStem.matrix, bias: firstStem.bias)  // [S/2, S/2, W/2]
    x = stem[0](x)  // [S/2, S/2, W/2]
    x = stem[1](x, pooling: .average)  // [S/4, S/4, W]
    for block in blocks[..<late] { x = block(x) }
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
    late = blocks.prefix(2).reduce(0, +)
    pool = try AttentionPool(tensors, architecture)
  }
}
