// AttentionKernels - scaled dot-product attention over raw memory, forward and backward.
// SPDX-License-Identifier: Apache-2.0

// A head is a few small products: parallel over heads, each in its thread's scratch memory. The
// scores of a head fit the second cache, so streaming over them in blocks gains nothing.

/// Where the heads of a packed query-key-value array [B, T, 3 D] lie.
private struct Heads {
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
  // Rows that are not kept begin at a cache line.
  let stride = probabilities == nil ? (tokens &+ 15) / 16 &* 16 : tokens
  parallel(batch &* heads) { index in
    let q = qkv + layout.packed(index)
    withScratch(probabilities == nil ? tokens &* stride : 0) { scratch in
      let p = probabilities.map { $0 + index &* tokens &* tokens } ?? scratch
      gemm(
        .none, .transposed, m: tokens, n: tokens, k: headSize, a: q, lda: 3 &* width,
        b: q + width, ldb: 3 &* width, c: p, ldc: stride, accumulate: .store, threads: .serial)
      let rows = Target(base: p, ld: stride)
      kernels.softmaxRows(
        SoftmaxWork(
          input: rows.operand, output: rows, rows: tokens, columns: tokens, scale: layout.scale,
          first: seen))
      gemm(
        .none, .none, m: tokens, n: headSize, k: tokens, a: p, lda: stride,
        b: q + 2 &* width, ldb: 3 &* width, c: out + layout.joined(index), ldc: width,
        accumulate: .store, threads: .serial)
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
