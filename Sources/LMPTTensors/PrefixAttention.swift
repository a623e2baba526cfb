// PrefixAttention - causal attention of sequences that begin alike, the beginning computed once.
// SPDX-License-Identifier: Apache-2.0

/// Sequences of any lengths that share their first positions: P rows of the beginning, then the
/// rows of each sequence's own positions.
///
/// A position of a causal tower depends on earlier ones only, so what the sequences have in common
/// is the same in all of them, and what lies behind a sequence's last wanted position is not needed.
package struct SharedPrefix: Sendable, Equatable {
  /// P, positions that all sequences have in common.
  package let length: Int
  /// Positions that each sequence has of its own.
  package let own: [Int]
  /// The row of each sequence's first own position, and the number of rows at the end.
  let starts: [Int]

  /// P common positions, then `own` of each sequence.
  package init(length: Int, own: [Int]) {
    self.length = length
    self.own = own
    starts = own.reduce(into: [length]) { $0.append($0[$0.count - 1] + $1) }
  }

  /// Rows that stand for all positions.
  package var rows: Int { starts[own.count] }

  /// The row of a sequence's position.
  package func row(_ sequence: Int, _ position: Int) -> Int {
    position < length ? position : starts[sequence] + position - length
  }
}

/// Causal softmax(Q K^T / sqrt(head size)) V for sequences with a shared beginning.
///
/// The same numbers as `attention` over the sequences written out, up to rounding; the gradient of
/// a shared row is the sum over the sequences.
///
/// - Parameters:
///   - qkv: queries, keys and values side by side, shape [rows, 3 D].
///   - heads: number of heads; D is a multiple of it.
///   - prefix: how many positions are shared, and each sequence's own.
/// - Returns: the heads' outputs side by side, shape [rows, D].
package func attention(_ qkv: Tensor, heads: Int, prefix: SharedPrefix) -> Tensor {
  let (rows, width) = (qkv.shape[0], qkv.shape[1] / 3)
  require(rows == prefix.rows, "\(rows) rows, expected \(prefix.rows)")
  require(width % heads == 0, "\(heads) heads do not divide width \(width)")
  let layout = PrefixHeads(prefix: prefix, heads: heads, size: width / heads)
  let kept = qkv.isTracked ? Tensor(shape: [heads, layout.scores]) { _ in } : nil
  let value = Tensor(shape: [rows, width]) { out in
    parallel(heads) { h in
      withScratch(kept == nil ? layout.scores : 0) { scratch in
        layout.forward(
          h, qkv.storage.base, kept.map { $0.storage.base + h &* layout.scores } ?? scratch, out)
      }
    }
  }
  guard let kept else { return value }
  let input = qkv.detached
  return primitive(
    value,
    (
      qkv,
      { g in
        Tensor(shape: input.shape) { out in
          parallel(heads) { h in
            layout.backward(
              h, input.storage.base, kept.storage.base + h &* layout.scores, g.storage.base, out)
          }
        }
      }
    ))
}

/// One head at a time: everything that is summed over sequences is summed in one product.
private struct PrefixHeads {
  let prefix: SharedPrefix
  let heads: Int
  let size: Int

  var width: Int { heads &* size }
  var scale: Float { 1 / Float(size).squareRoot() }
  /// Positions that the last row of the longest sequence attends to.
  let seen: Int
  /// Rows of the sequences' own positions.
  let ownRows: Int

  init(prefix: SharedPrefix, heads: Int, size: Int) {
    (self.prefix, self.heads, self.size) = (prefix, heads, size)
    seen = prefix.length + (prefix.own.max() ?? 0)
    ownRows = prefix.rows - prefix.length
  }

  /// Probabilities of a head: the beginning's [P, P], then rows as long as the longest needs.
  var scores: Int { prefix.length &* prefix.length &+ ownRows &* seen }

  func forward(
    _ h: Int, _ qkv: UnsafePointer<Float>, _ p: UnsafeMutablePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) {
    let (n, wide, kernels) = (prefix.length, 3 &* width, KernelSet.current)  // n is P
    let (q, k, v) = (qkv + h &* size, qkv + (width &+ h &* size), qkv + (2 &* width &+ h &* size))
    let o = out + h &* size
    // The beginning attends to itself.
    product(.none, .transposed, n, n, size, q, wide, k, wide, p, n, .store)
    kernels.softmaxRows(p, n, p, n, n, n, scale, 1)
    product(.none, .none, n, size, n, p, n, v, wide, o, width, .store)
    // The rest attends to the beginning, all sequences at once, and each to itself.
    let (own, r) = (n &* wide, p + n &* n)
    product(.none, .transposed, ownRows, n, size, q + own, wide, k, wide, r, seen, .store)
    for (m, start) in zip(prefix.own, prefix.starts) {
      let (first, row) = (start &* wide, r + (start &- n) &* seen)
      product(
        .none, .transposed, m, m, size, q + first, wide, k + first, wide, row + n, seen, .store)
      kernels.softmaxRows(row, seen, row, seen, m, n &+ m, scale, n &+ 1)
    }
    product(.none, .none, ownRows, size, n, r, seen, v, wide, o + n &* width, width, .store)
    for (m, start) in zip(prefix.own, prefix.starts) {
      let (first, row) = (start, r + (start &- n) &* seen)
      product(
        .none, .none, m, size, m, row + n, seen, v + first &* wide, wide, o + first &* width, width,
        .add)
    }
  }

  /// dV = P^T G, dS = P * (G V^T - rowsum(P * G V^T)) / sqrt(head size), dQ = dS K, dK = dS^T Q.
  func backward(
    _ h: Int, _ qkv: UnsafePointer<Float>, _ p: UnsafePointer<Float>,
    _ upstream: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let (n, wide, kernels) = (prefix.length, 3 &* width, KernelSet.current)  // n is P
    let (q, k, v) = (qkv + h &* size, qkv + (width &+ h &* size), qkv + (2 &* width &+ h &* size))
    let (dq, dk) = (gradient + h &* size, gradient + (width &+ h &* size))
    let dv = gradient + (2 &* width &+ h &* size)
    let g = upstream + h &* size
    withScratch(scores) { s in
      // The beginning's own part.
      product(.transposed, .none, n, size, n, p, n, g, width, dv, wide, .store)
      product(.none, .transposed, n, n, size, g, width, v, wide, s, n, .store)
      kernels.softmaxGradientRows(p, n, s, n, n, n, scale, 1)
      product(.none, .none, n, size, n, s, n, k, wide, dq, wide, .store)
      product(.transposed, .none, n, size, n, s, n, q, wide, dk, wide, .store)
      // What the sequences send to the beginning, summed over all of them.
      let (r, t, own) = (p + n &* n, s + n &* n, n &* wide)
      let up = g + n &* width
      product(.transposed, .none, n, size, ownRows, r, seen, up, width, dv, wide, .add)
      product(.none, .transposed, ownRows, n, size, up, width, v, wide, t, seen, .store)
      for (m, start) in zip(prefix.own, prefix.starts) {
        let (first, row) = (start &* wide, (start &- n) &* seen)
        let here = g + start &* width
        product(
          .transposed, .none, m, size, m, r + row + n, seen, here, width, dv + first, wide, .store)
        product(
          .none, .transposed, m, m, size, here, width, v + first, wide, t + row + n, seen, .store)
        kernels.softmaxGradientRows(r + row, seen, t + row, seen, m, n &+ m, scale, n &+ 1)
      }
      product(.none, .none, ownRows, size, n, t, seen, k, wide, dq + own, wide, .store)
      product(.transposed, .none, n, size, ownRows, t, seen, q + own, wide, dk, wide, .add)
      for (m, start) in zip(prefix.own, prefix.starts) {
        let (first, row) = (start &* wide, t + ((start &- n) &* seen &+ n))
        product(.none, .none, m, size, m, row, seen, k + first, wide, dq + first, wide, .add)
        product(
          .transposed, .none, m, size, m, row, seen, q + first, wide, dk + first, wide, .store)
      }
    }
  }

  /// C (+)= op(A) op(B) in this thread.
  private func product(
    _ ta: Transposition, _ tb: Transposition, _ m: Int, _ n: Int, _ k: Int,
    _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ accumulate: Accumulation
  ) {
    gemm(
      ta, tb, m: m, n: n, k: k, a: a, lda: lda, b: b, ldb: ldb, c: c, ldc: ldc,
      accumulate: accumulate, threads: .serial)
  }
}
