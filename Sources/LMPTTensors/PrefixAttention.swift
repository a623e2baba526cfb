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
          head: h, qkv: qkv.storage.base,
          probabilities: kept.map { $0.storage.base + h &* layout.scores } ?? scratch, out: out)
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
              head: h, qkv: input.storage.base,
              probabilities: kept.storage.base + h &* layout.scores, upstream: g.storage.base,
              gradient: out)
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

  /// Queries, keys and values of a head, or their gradients.
  private func parts(
    _ qkv: UnsafeMutablePointer<Float>, head h: Int
  ) -> (q: Target, k: Target, v: Target) {
    func part(_ i: Int) -> Target { Target(base: qkv + (i &* width &+ h &* size), ld: 3 &* width) }
    return (part(0), part(1), part(2))
  }

  /// Probabilities of a head, or their gradients: of the beginning, and of the sequences' own rows.
  private func tables(_ base: UnsafeMutablePointer<Float>) -> (common: Target, own: Target) {
    let n = prefix.length
    return (Target(base: base, ld: n), Target(base: base + n &* n, ld: seen))
  }

  func forward(
    head h: Int, qkv: UnsafeMutablePointer<Float>, probabilities: UnsafeMutablePointer<Float>,
    out: UnsafeMutablePointer<Float>
  ) {
    let (n, kernels) = (prefix.length, KernelSet.current)  // n is P
    let (q, k, v) = parts(qkv, head: h)
    let (p, r) = tables(probabilities)
    let o = Target(base: out + h &* size, ld: width)
    // The beginning attends to itself.
    product(q.operand, k.operand.flipped, m: n, n: n, k: size, into: p)
    kernels.softmaxRows(work(p.operand, p, rows: n, columns: n, first: 1))
    product(p.operand, v.operand, m: n, n: size, k: n, into: o)
    // The rest attends to the beginning, all sequences at once, and each to itself.
    product(q.from(n, 0).operand, k.operand.flipped, m: ownRows, n: n, k: size, into: r)
    for (m, start) in zip(prefix.own, prefix.starts) {
      let row = r.from(start &- n, 0)
      let keys = k.from(start, 0).operand.flipped
      product(q.from(start, 0).operand, keys, m: m, n: m, k: size, into: row.from(0, n))
      kernels.softmaxRows(work(row.operand, row, rows: m, columns: n &+ m, first: n &+ 1))
    }
    product(r.operand, v.operand, m: ownRows, n: size, k: n, into: o.from(n, 0))
    for (m, start) in zip(prefix.own, prefix.starts) {
      product(
        r.from(start &- n, n).operand, v.from(start, 0).operand, m: m, n: size, k: m,
        into: o.from(start, 0), .add)
    }
  }

  /// dV = P^T G, dS = P * (G V^T - rowsum(P * G V^T)) / sqrt(head size), dQ = dS K, dK = dS^T Q.
  func backward(
    head h: Int, qkv: UnsafeMutablePointer<Float>, probabilities: UnsafeMutablePointer<Float>,
    upstream: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>
  ) {
    let (n, kernels) = (prefix.length, KernelSet.current)  // n is P
    let (q, k, v) = parts(qkv, head: h)
    let (dq, dk, dv) = parts(gradient, head: h)
    let (p, r) = tables(probabilities)
    let g = Target(base: upstream + h &* size, ld: width)
    withScratch(scores) { scratch in
      let (s, t) = tables(scratch)
      // The beginning's own part.
      product(p.operand.flipped, g.operand, m: n, n: size, k: n, into: dv)
      product(g.operand, v.operand.flipped, m: n, n: n, k: size, into: s)
      kernels.softmaxGradientRows(work(p.operand, s, rows: n, columns: n, first: 1))
      product(s.operand, k.operand, m: n, n: size, k: n, into: dq)
      product(s.operand.flipped, q.operand, m: n, n: size, k: n, into: dk)
      // What the sequences send to the beginning, summed over all of them.
      let up = g.from(n, 0).operand
      product(r.operand.flipped, up, m: n, n: size, k: ownRows, into: dv, .add)
      product(up, v.operand.flipped, m: ownRows, n: n, k: size, into: t)
      for (m, start) in zip(prefix.own, prefix.starts) {
        let (row, change) = (r.from(start &- n, 0), t.from(start &- n, 0))
        let (here, values) = (g.from(start, 0).operand, v.from(start, 0).operand)
        product(
          row.from(0, n).operand.flipped, here, m: m, n: size, k: m, into: dv.from(start, 0))
        product(here, values.flipped, m: m, n: m, k: size, into: change.from(0, n))
        kernels.softmaxGradientRows(
          work(row.operand, change, rows: m, columns: n &+ m, first: n &+ 1))
      }
      product(t.operand, k.operand, m: ownRows, n: size, k: n, into: dq.from(n, 0))
      product(t.operand.flipped, q.from(n, 0).operand, m: n, n: size, k: ownRows, into: dk, .add)
      for (m, start) in zip(prefix.own, prefix.starts) {
        let row = t.from(start &- n, n).operand
        let (queries, keys) = (q.from(start, 0).operand, k.from(start, 0).operand)
        product(row, keys, m: m, n: size, k: m, into: dq.from(start, 0), .add)
        product(row.flipped, queries, m: m, n: size, k: m, into: dk.from(start, 0))
      }
    }
  }

  /// Rows of probabilities, the first of which has `first` elements.
  private func work(
    _ input: Operand, _ output: Target, rows: Int, columns: Int, first: Int
  ) -> SoftmaxWork {
    SoftmaxWork(
      input: input, output: output, rows: rows, columns: columns, scale: scale, first: first)
  }

  /// C (+)= A B in this thread.
  private func product(
    _ a: Operand, _ b: Operand, m: Int, n: Int, k: Int, into c: Target,
    _ accumulate: Accumulation = .store
  ) {
    gemm(
      a, b, m: m, n: n, k: k, into: c, accumulate: accumulate, threads: .serial,
      kernels: .current)
  }
}
