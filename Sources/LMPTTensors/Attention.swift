// Attention - multi-head scaled dot-product self-attention (Vaswani et al. 2017), on the tape.
// SPDX-License-Identifier: Apache-2.0

/// Which positions a position may attend to.
public enum AttentionMask: Sendable {
  /// All of them: the image tower.
  case none
  /// Itself and the earlier ones: the text tower.
  case causal
}

/// softmax(Q K^T / sqrt(head size)) V for every head.
///
/// - Parameters:
///   - qkv: queries, keys and values side by side, shape [B, T, 3 D].
///   - heads: number of heads; D is a multiple of it.
///   - mask: `causal` skips the upper triangle instead of adding -infinity to it.
/// - Returns: the heads' outputs side by side, shape [B, T, D].
public func attention(_ qkv: Tensor, heads: Int, mask: AttentionMask) -> Tensor {
  require(qkv.rank == 3 && qkv.shape[2] % 3 == 0, "attention: \(qkv.shape)")
  let (batch, tokens, width) = (qkv.shape[0], qkv.shape[1], qkv.shape[2] / 3)
  require(heads > 0 && width % heads == 0, "\(heads) heads do not divide width \(width)")
  let size = width / heads
  // The probabilities are kept only when a gradient will need them.
  let probabilities = qkv.isTracked ? Tensor(shape: [batch, heads, tokens, tokens]) { _ in } : nil
  let value = Tensor(shape: [batch, tokens, width]) { out in
    attentionForward(
      qkv: qkv.storage.base, out: out, probabilities: probabilities?.storage.base,
      batch: batch, tokens: tokens, heads: heads, headSize: size, causal: mask == .causal)
  }
  guard let probabilities else { return value }
  let input = qkv.detached
  return primitive(
    value,
    (
      qkv,
      { g in
        Tensor(shape: input.shape) { out in
          attentionBackward(
            qkv: input.storage.base, probabilities: probabilities.storage.base,
            upstream: g.storage.base, gradient: out,
            batch: batch, tokens: tokens, heads: heads, headSize: size, causal: mask == .causal)
        }
      }
    ))
}
