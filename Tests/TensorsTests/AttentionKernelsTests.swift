// AttentionKernelsTests - attention and its gradient against the definition in double precision.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTTensors

@Suite struct AttentionKernelsTests {
  /// softmax(Q K^T / sqrt(size)) V by the definition, one head after the other.
  private func reference(
    _ qkv: [Double], _ batch: Int, _ tokens: Int, _ heads: Int, _ size: Int, _ causal: Bool
  ) -> [Double] {
    let width = heads * size
    var out = [Double](repeating: 0, count: batch * tokens * width)
    for b in 0..<batch {
      for h in 0..<heads {
        for t in 0..<tokens {
          let q = (b * tokens + t) * 3 * width + h * size
          let seen = causal ? t + 1 : tokens
          let weights = (0..<seen).map { u -> Double in
            let k = (b * tokens + u) * 3 * width + width + h * size
            let dot = (0..<size).reduce(0) { $0 + qkv[q + $1] * qkv[k + $1] }
            return Foundation.exp(dot / Double(size).squareRoot())
          }
          let total = weights.reduce(0, +)
          for u in 0..<seen {
            let v = (b * tokens + u) * 3 * width + 2 * width + h * size
            for i in 0..<size {
              out[(b * tokens + t) * width + h * size + i] += weights[u] / total * qkv[v + i]
            }
          }
        }
      }
    }
    return out
  }

  @Test(arguments: [false, true]) func forwardAndBackwardAgreeWithTheDefinition(_ causal: Bool) {
    for (batch, tokens, heads, size) in [(1, 1, 1, 4), (2, 7, 3, 5), (1, 24, 2, 16)] {
      let width = heads * size
      let qkv = arbitrary(batch * tokens * 3 * width, seed: 21).map { 2 * $0 }
      let upstream = arbitrary(batch * tokens * width, seed: 22)
      var out = [Float](repeating: 9, count: batch * tokens * width)
      var kept = [Float](repeating: 9, count: batch * heads * tokens * tokens)
      var found = [Float](repeating: 9, count: qkv.count)
      attentionForward(
        qkv: qkv, out: &out, probabilities: &kept, batch: batch, tokens: tokens, heads: heads,
        headSize: size, causal: causal)
      attentionBackward(
        qkv: qkv, probabilities: kept, upstream: upstream, gradient: &found, batch: batch,
        tokens: tokens, heads: heads, headSize: size, causal: causal)
      let exact = qkv.map(Double.init)
      // Sums of up to 24 terms of size 1 to 4 in single precision.
      expectClose(
        out.map(Double.init), reference(exact, batch, tokens, heads, size, causal), atol: 2e-6,
        rtol: 2e-6)
      // Central differences of the upstream gradient's scalar, good to about 1e-8.
      func loss(_ x: [Double]) -> Double {
        zip(reference(x, batch, tokens, heads, size, causal), upstream)
          .reduce(0) { $0 + $1.0 * Double($1.1) }
      }
      let places = stride(from: 0, to: exact.count, by: max(1, exact.count / 60))
      let slopes = places.map { i -> Double in
        var (up, down) = (exact, exact)
        up[i] += 1e-4
        down[i] -= 1e-4
        return (loss(up) - loss(down)) / 2e-4
      }
      expectClose(places.map { Double(found[$0]) }, slopes, atol: 4e-6, rtol: 4e-6)
    }
  }

  /// Rows panel by panel have the bits of whole products: every height of a panel, heads narrower
  /// than a vector, sums of one block of terms and of two.
  @Test(arguments: [false, true]) func rowsHaveTheBitsOfWholeProducts(_ causal: Bool) {
    for (tokens, size) in [(1, 4), (2, 1), (15, 7), (24, 16), (50, 33), (77, 64), (400, 64)] {
      let (batch, heads) = (2, 2)
      let layout = Heads(tokens: tokens, heads: heads, size: size)
      let qkv = arbitrary(batch * tokens * 3 * layout.width, seed: 23).map { 2 * $0 }
      var (rows, whole) = ([Float](repeating: 9, count: qkv.count / 3), [Float]())
      whole = rows
      var kept = [Float](repeating: 9, count: batch * heads * tokens * tokens)
      var keptWhole = kept
      #expect(KernelSet.current.hasRoom(tokens: tokens, size: size))
      attentionInProducts(
        qkv: qkv, out: &whole, probabilities: &keptWhole, batch: batch, layout: layout,
        seen: causal ? 1 : tokens)
      for keeps in [false, true] {
        kept.withUnsafeMutableBufferPointer {
          attentionForward(
            qkv: qkv, out: &rows, probabilities: keeps ? $0.baseAddress : nil, batch: batch,
            tokens: tokens, heads: heads, headSize: size, causal: causal)
        }
        #expect(rows.map(\.bitPattern) == whole.map(\.bitPattern), "\(tokens) x \(size)")
      }
      #expect(kept.map(\.bitPattern) == keptWhole.map(\.bitPattern), "\(tokens) x \(size)")
    }
  }
}
