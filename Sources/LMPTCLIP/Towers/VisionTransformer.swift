// VisionTransformer - CLIP's image tower of patches and attention.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// CLIP's vision transformer (arXiv 2010.11929, 2103.00020); frozen, unless its tensors were
/// replaced by leaves of the tape.
public struct VisionTransformer: Sendable {
  /// The sizes.
  package let architecture: ImageArchitecture
  let patch: Int
  let patchEmbedding: Tensor  // [W, 3 patch patch]
  let classEmbedding: Tensor  // [W]
  let positionalEmbedding: Tensor  // [1 + P, W]
  let firstNorm: LayerNorm
  let transformer: Transformer
  let finalNorm: LayerNorm
  let projection: Tensor  // [E, W]

  /// The features of images, unnormalised.
  ///
  /// - Parameter images: preprocessed pixels, shape [N, 3, S, S].
  /// - Returns: the projected class token, shape [N, E].
  package func callAsFunction(_ images: Tensor) -> Tensor {
    let x = embed(images)  // [N, 1 + P, W]
    let classTokens = (0..<x.shape[0]).map { $0 * x.shape[1] }
    return linear(finalNorm(transformer(x, at: classTokens)), weight: projection)  // [N, E]
  }

  /// Every token projected into the joint space: the class token first, then the patches.
  ///
  /// - Parameter images: preprocessed pixels, shape [N, 3, S, S].
  /// - Returns: shape [N, 1 + P, E].
  package func spatialFeatures(_ images: Tensor) -> Tensor {
    linear(finalNorm(transformer(embed(images))), weight: projection)
  }

  /// Class token and patches, with positions, normalised.
  private func embed(_ images: Tensor) -> Tensor {
    architecture.requireInput(images)
    let (count, width) = (images.shape[0], architecture.width)
    let embedded = linear(patches(of: images), weight: patchEmbedding)  // [N, P, W]
    let first = classEmbedding.reshaped([1, 1, width]).expanded(to: [count, 1, width])
    let x = concatenate([first, embedded], axis: 1)  // [N, 1 + P, W]
    return firstNorm(x + positionalEmbedding)
  }

  /// The pixels of each patch in the order channel, row, column: a strided convolution's operand.
  private func patches(of images: Tensor) -> Tensor {
    let (count, size, patch) = (images.shape[0], architecture.size, patch)
    let grid = size / patch
    return Tensor(shape: [count, grid * grid, 3 * patch * patch]) { out in
      images.withUnsafeBufferPointer { pixels in
        guard let pixels = pixels.baseAddress else { return }
        // safety: all indices stay below N 3 S S, the count of both buffers.
        var target = out
        for n in 0..<count {
          for cell in 0..<grid * grid {
            let corner =
              n &* 3 &* size &* size &+ (cell / grid) &* patch &* size
              &+ (cell % grid) &* patch
            for line in 0..<3 &* patch {
              let (channel, y) = (line / patch, line % patch)
              target.update(
                from: pixels + (corner &+ (channel &* size &+ y) &* size), count: patch)
              target += patch
            }
          }
        }
      }
    }
  }
}

extension VisionTransformer {
  /// Reads the tower's tensors.
  init(
    _ tensors: ModelTensors, _ architecture: ImageArchitecture, patch: Int, layers: Int,
    activation: Activation
  ) throws(ModelError) {
    let (width, grid) = (architecture.width, architecture.size / patch)
    self.architecture = architecture
    self.patch = patch
    patchEmbedding = try tensors.tensor("visual.conv1.weight", [width, 3, patch, patch])
      .reshaped([width, 3 * patch * patch])
    classEmbedding = try tensors.tensor("visual.class_embedding", [width])
    positionalEmbedding = try tensors.tensor(
      "visual.positional_embedding", [grid * grid + 1, width])
    firstNorm = try LayerNorm(tensors, "visual.ln_pre", width)
    transformer = try Transformer(
      tensors, "visual.transformer.resblocks", layers: layers, width: width,
      heads: architecture.heads, mask: .none, activation: activation)
    finalNorm = try LayerNorm(tensors, "visual.ln_post", width)
    projection = try tensors.transposed("visual.proj", [width, architecture.embedding])
  }
}
