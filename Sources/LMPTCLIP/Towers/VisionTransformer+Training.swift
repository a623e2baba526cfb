// VisionTransformer+Training - the image tower's tensors, taken out and put back.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

extension VisionTransformer {
  /// The tower's tensors under OpenAI's names and in OpenAI's shapes.
  package var tensors: [(name: String, value: Tensor)] {
    let size = [architecture.width, 3, patch, patch]
    var all: [(name: String, value: Tensor)] = [
      ("class_embedding", classEmbedding), ("positional_embedding", positionalEmbedding),
      ("proj", projection.transposed), ("conv1.weight", patchEmbedding.reshaped(size)),
      ("ln_pre.weight", firstNorm.weight), ("ln_pre.bias", firstNorm.bias),
    ]
    for (layer, block) in transformer.blocks.enumerated() {
      all += block.tensors.map { ("transformer.resblocks.\(layer).\($0)", $1) }
    }
    all += [("ln_post.weight", finalNorm.weight), ("ln_post.bias", finalNorm.bias)]
    return all.map { ("visual.\($0)", $1) }
  }

  /// The same tower with other tensors; leaves of the tape get gradients.
  ///
  /// - Parameter values: in the order and shapes of `tensors`.
  /// - Returns: the tower.
  package func replacing(_ values: [Tensor]) -> VisionTransformer {
    require(
      values.map(\.shape) == tensors.map(\.value.shape), "other shapes than the tower's")
    let perBlock = TransformerBlock.tensorCount
    let blocks = transformer.blocks.enumerated().map { layer, block in
      block.replacing(Array(values[(6 + layer * perBlock)..<(6 + (layer + 1) * perBlock)]))
    }
    return VisionTransformer(
      architecture: architecture, patch: patch,
      patchEmbedding: values[3].reshaped(patchEmbedding.shape), classEmbedding: values[0],
      positionalEmbedding: values[1], firstNorm: LayerNorm(weight: values[4], bias: values[5]),
      transformer: Transformer(blocks: blocks),
      finalNorm: LayerNorm(weight: values[values.count - 2], bias: values[values.count - 1]),
      projection: values[2].transposed)
  }
}

extension TransformerBlock {
  static let tensorCount = 12

  /// The block's tensors under OpenAI's names.
  var tensors: [(name: String, value: Tensor)] {
    [
      ("ln_1.weight", firstNorm.weight), ("ln_1.bias", firstNorm.bias),
      ("attn.in_proj_weight", inProjection.weight), ("attn.in_proj_bias", inProjection.bias),
      ("attn.out_proj.weight", outProjection.weight), ("attn.out_proj.bias", outProjection.bias),
      ("ln_2.weight", secondNorm.weight), ("ln_2.bias", secondNorm.bias),
      ("mlp.c_fc.weight", expand.weight), ("mlp.c_fc.bias", expand.bias),
      ("mlp.c_proj.weight", contract.weight), ("mlp.c_proj.bias", contract.bias),
    ]
  }

  /// The same block with other tensors, in the order of `tensors`.
  func replacing(_ values: [Tensor]) -> TransformerBlock {
    TransformerBlock(
      heads: heads, mask: mask, activation: activation,
      firstNorm: LayerNorm(weight: values[0], bias: values[1]),
      inProjection: Linear(weight: values[2], bias: values[3]),
      outProjection: Linear(weight: values[4], bias: values[5]),
      secondNorm: LayerNorm(weight: values[6], bias: values[7]),
      expand: Linear(weight: values[8], bias: values[9]),
      contract: Linear(weight: values[10], bias: values[11]))
  }
}
