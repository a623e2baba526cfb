// TransformerBlock - CLIP's pre-normalised residual attention block, and a stack of them.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// One block:  x + attention(ln_1(x)), then x + c_proj(activation(c_fc(ln_2(x)))).
struct TransformerBlock: Sendable {
  let heads: Int
  let mask: AttentionMask
  let activation: Activation
  let firstNorm: LayerNorm
  let inProjection: Linear
  let outProjection: Linear
  let secondNorm: LayerNorm
  let expand: Linear
  let contract: Linear

  /// - Parameters:
  ///   - x: shape [B, T, D], or [rows, D] of sequences with a shared prefix.
  ///   - rows: the positions that are wanted, as rows of [B T, D], where not all are. Attention
  ///     still looks at all; everything after it is computed for the wanted ones only, exactly.
  ///   - prefix: what the sequences share, of a causal tower.
  /// - Returns: the shape of x, or [rows, D].
  func callAsFunction(_ x: Tensor, at rows: [Int]? = nil, prefix: SharedPrefix? = nil) -> Tensor {
    var x = x
    let qkv = inProjection(firstNorm(x))  // [B, T, 3 D]
    var heard =
      prefix.map { attention(qkv, heads: heads, prefix: $0) }
      ?? attention(qkv, heads: heads, mask: mask)  // [B, T, D]
    if let rows {
      let flat = [x.count / x.shape[x.rank - 1], x.shape[x.rank - 1]]  // [B T, D]
      x = x.reshaped(flat).gather(rows)
      heard = heard.reshaped(flat).gather(rows)
    }
    let y = outProjection(heard, addedTo: x)
    return contract(activated(secondNorm(y)), addedTo: y)
  }

  /// activation(c_fc(x)).
  private func activated(_ x: Tensor) -> Tensor {
    switch activation {
    case .quickGELU: linearQuickGELU(x, weight: expand.weight, bias: expand.bias)
    case .gelu: linearGELU(x, weight: expand.weight, bias: expand.bias)
    }
  }
}

extension TransformerBlock {
  /// Reads the block `prefix.{ln_1, attn, ln_2, mlp}`; the inner width is the stored one.
  init(
    _ tensors: ModelTensors, _ prefix: String, width: Int, heads: Int, mask: AttentionMask,
    activation: Activation
  ) throws(ModelError) {
    (self.heads, self.mask, self.activation) = (heads, mask, activation)
    firstNorm = try LayerNorm(tensors, "\(prefix).ln_1", width)
    inProjection = Linear(
      weight: try tensors.tensor("\(prefix).attn.in_proj_weight", [3 * width, width]),
      bias: try tensors.tensor("\(prefix).attn.in_proj_bias", [3 * width]))
    outProjection = try Linear(tensors, "\(prefix).attn.out_proj", width, width)
    secondNorm = try LayerNorm(tensors, "\(prefix).ln_2", width)
    let inner = try tensors.form("\(prefix).mlp.c_fc.weight", rank: 2)[0]
    expand = try Linear(tensors, "\(prefix).mlp.c_fc", inner, width)
    contract = try Linear(tensors, "\(prefix).mlp.c_proj", width, inner)
  }
}

/// A stack of blocks.
struct Transformer: Sendable {
  let blocks: [TransformerBlock]

  /// Applies all blocks; the last one only at `rows`, if they are given.
  func callAsFunction(_ x: Tensor, at rows: [Int]? = nil, prefix: SharedPrefix? = nil) -> Tensor {
    var x = x
    for (index, block) in blocks.enumerated() {
      x = block(x, at: index == blocks.count - 1 ? rows : nil, prefix: prefix)
    }
    return x
  }
}

extension Transformer {
  /// Reads the blocks `prefix.0`, `prefix.1` and so on.
  init(
    _ tensors: ModelTensors, _ prefix: String, layers: Int, width: Int, heads: Int,
    mask: AttentionMask, activation: Activation
  ) throws(ModelError) {
    var blocks: [TransformerBlock] = []
    for layer in 0..<layers {
      blocks.append(
        try TransformerBlock(
          tensors, "\(prefix).\(layer)", width: width, heads: heads, mask: mask,
          activation: activation))
    }
    self.blocks = blocks
  }
}
