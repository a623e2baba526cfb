// AttentionKernels - scaled dot-product attention over raw memory, forward and backward.
// SPDX-License-Identifier: Apache-2.0

// A head is a few small products: parallel over heads, each in its thread's scratch memory. Forward,
// some rows after the other go through both products and the softmax between them, while their
// scores are in the nearest cache.

/// Where the heads of a packed query-key-value array [B, T, 3 D] lie.
struct Heads {
  let tokens: Int
  let heads: Int
  let size: Int

  var width: Int { heads &* size }
  var scale: Float { 1 / Float(size).squareRoot() }

  /// Offset of head `index` (batch-major) in a [B, T, 3 D] array; keys are D further, values 2 D.
  @inline(__always)
  func packed(_ index: Int) -> Int {
    index / heads &* tokens &* 3 &* width &+ index % heads &* size
  }

  /// Offset of head `index` in a [B, T, D] array.
  @inline(__always)
  func joined(_ index: Int) -> Int {
    index / heads &* tokens &* width &+ index % heads &* size
  }
}

/// out = softmax(Q K^T / sqrt(head size)) V for every head.
///
/// - Parameters:
///   - qkv: queries, keys and values side by side, [B, T, 3 D].
///   - out: the heads' outputs side by side, [B, T, D].
///   - probabilities: where to keep the softmax for the gradient, [B, H, T, T], or none.
///   - batch: sequences.
///   - tokens: positions of each.
///   - heads: heads; D = heads * headSize.
///   - headSize: width of a head.
///   - causal: whether position t attends to positions 0...t only.
package func attentionForward(
  qkv: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>,
  probabilities: UnsafeMutablePointer<Float>?, batch: Int, tokens: Int, heads: Int, headSize: Int,
  causal: Bool
) {
  let layout = Heads(tokens: tokens, heads: heads, size: headSize)
  let (width, kernels) = (layout.width, KernelSet.current)
  let seen = causal ? 1 : tokens  // positions that the first one attends to
  guard kernels.hasRoom(tokens: tokens, size: headSize) else {
    return attentionInProducts(
      qkv: qkv, out: out, probabilities: probabilities, batch: batch, layout: layout, seen: seen)
  }
  let keysFloats = kernels.paddedColumns(tokens) &* headSize
  let valuesFloats = kernels.paddedColumns(headSize) &* tokens
  // As many blocks of terms as the product with the values has, whose sums these are.
  let depths =
    Blocking.isSmall(tokens, headSize, tokens) ? 1 : Blocking.blocks(tokens, Blocking.depth)
  parallel(batch &* heads) { index in
    let q = Operand(base: qkv + layout.packed(index), ld: 3 &* width, transposed: false)
    withScratch(kernels.edgeFloats &+ keysFloats &+ valuesFloats) { scratch in
      let keys = scratch + kernels.edgeFloats
      let values = keys + keysFloats
      kernels.pack(q.from(0, width).flipped, k: headSize, n: tokens, into: keys, blocks: 1)
      kernels.pack(q.from(0, 2 &* width), k: tokens, n: headSize, into: values, blocks: depths)
      kernels.attendRows(
        AttentionWork(
          queries: q, keys: keys, values: values, depths: depths,
          output: Target(base: out + layout.joined(index), ld: width), tokens: tokens,
          size: headSize, scale: layout.scale, first: seen,
          probabilities: probabilities.map { $0 + index &* tokens &* tokens }, scratch: scratch))
    }
  }
}

/// The gradient of `attentionForward` with respect to its input.
///
/// With P the probabilities and G the upstream gradient of a head:
/// dV = P^T G, dS = P * (G V^T - rowsum(P * G V^T)) / sqrt(head size), dQ = dS K, dK = dS^T Q.
///
/// - Parameters:
///   - qkv: the input of `attentionForward`, [B, T, 3 D].
///   - probabilities: what it kept, [B, H, T, T].
///   - upstream: [B, T, D].
///   - gradient: [B, T, 3 D], written completely.
///   - batch: sequences.
///   - tokens: positions of each.
///   - heads: heads; D = heads * headSize.
///   - headSize: width of a head.
///   - causal: as for `attentionForward`.
package func attentionBackward(
  qkv: UnsafePointer<Float>, probabilities: UnsafePointer<Float>, upstream: UnsafePointer<Float>,
  gradient: UnsafeMutablePointer<Float>, batch: Int, tokens: Int, heads: Int, headSize: Int,
  causal: Bool
) {
  let layout = Heads(tokens: tokens, heads: heads, size: headSize)
  let (width, kernels) = (layout.width, KernelSet.current)
  let seen = causal ? 1 : tokens  // positions that the first one attends to
  let wide = 3 &* width
  parallel(batch &* heads) { index in
    let q = qkv + layout.packed(index)
    let d = gradient + layout.packed(index)
    let p = probabilities + index &* tokens &* tokens
    let g = upstream + layout.joined(index)
    withScratch(tokens &* tokens) { s in
      gemm(
        .transposed, .none, m: tokens, n: headSize, k: tokens, a: p, lda: tokens, b: g, ldb: width,
        c: d + 2 &* width, ldc: wide, accumulate: .store, threads: .serial)
      gemm(
        .none, .transposed, m: tokens, n: tokens, k: headSize, a: g, lda: width,
        b: q + 2 &* width, ldb: wide, c: s, ldc: tokens, accumulate: .store, threads: .serial)
      kernels.softmaxGradientRows(
        SoftmaxWork(
          input: Operand(base: p, ld: tokens, transposed: false),
          output: Target(base: s, ld: tokens), rows: tokens, columns: tokens,
          scale: layout.scale, first: seen))
      gemm(
        .none, .none, m: tokens, n: headSize, k: tokens, a: s, lda: tokens, b: q + width,
        ldb: wide, c: d, ldc: wide, accumulate: .store, threads: .serial)
      gemm(
        .transposed, .none, m: tokens, n: headSize, k: tokens, a: s, lda: tokens, b: q, ldb: wide,
        c: d + width, ldc: wide, accumulate: .store, threads: .serial)
    }
  }
}
