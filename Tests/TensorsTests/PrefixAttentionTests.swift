// PrefixAttentionTests - attention with a shared beginning against the sequences written out.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@Suite struct PrefixAttentionTests {
  @Test func twoSequencesByHand() {
    // One head of width 1, all keys 0: every position takes the mean of the values it sees.
    let prefix = SharedPrefix(length: 1, own: [2, 2])
    let values: [Float] = [6, 2, 4, 0, 3]  // shared; first sequence; second sequence
    let qkv = Tensor(values.flatMap { [1, 0, $0] }, shape: [5, 3])
    #expect(prefix.rows == 5)
    #expect(prefix.row(1, 0) == 0)
    #expect(prefix.row(1, 2) == 4)
    // Means of 6; 6 2; 6 2 4; 6 0; 6 0 3.
    expectClose(
      attention(qkv, heads: 1, prefix: prefix).values, [6, 4, 4, 3, 3], atol: 1e-6, rtol: 1e-6)
  }

  @Test(arguments: [
    SharedPrefix(length: 1, own: [1, 1, 1]), SharedPrefix(length: 17, own: [3, 5, 4, 5, 3, 8]),
    SharedPrefix(length: 5, own: [19, 2]),
    SharedPrefix(length: 9, own: [Int](repeating: 3, count: 80)),
  ])
  func valuesAndGradientsEqualThoseOfTheWholeSequences(_ prefix: SharedPrefix) {
    let (heads, width) = (3, 24)
    let tokens = prefix.length + (prefix.own.max() ?? 0)
    let rows = Tensor(
      arbitrary(prefix.rows * 3 * width, seed: 31), shape: [prefix.rows, 3 * width]
    ).tracked()
    let weights = Tensor(arbitrary(prefix.rows * width, seed: 32), shape: [prefix.rows, width])
    let short = attention(rows, heads: heads, prefix: prefix)

    // Written out, shorter sequences end in rows that nothing reads: copies of the first.
    let places = prefix.own.enumerated().flatMap { c, own in
      (0..<tokens).map { $0 < prefix.length + own ? prefix.row(c, $0) : 0 }
    }
    let whole = rows.gather(places).reshaped([prefix.own.count, tokens, 3 * width])
    let all = attention(whole, heads: heads, mask: .causal)
    // A row of the short form is found where a sequence first has it.
    let first = (0..<prefix.rows).map { row in places.firstIndex(of: row) ?? 0 }
    let long = all.reshaped([places.count, width]).gather(first)

    // Sums of up to 24 probabilities times values below 1, in another order.
    expectClose(short.values, long.values, atol: 1e-6, rtol: 1e-6)
    let found = gradient(of: sum(short * weights), in: rows)
    let expected = gradient(of: sum(long * weights), in: rows)
    let largest = Double(expected.values.map { abs($0) }.max() ?? 0)
    // Shared rows are sums over the sequences.
    expectClose(found.values, expected.values, atol: 2e-6 * max(1, largest), rtol: 1e-5)
  }
}

extension ThreadCountTests {
  @Test func attentionWithAPrefixIsTheSameForAnyNumberOfThreads() {
    let prefix = SharedPrefix(length: 17, own: [5, 3, 4, 5, 7, 2])
    let rows = Tensor(arbitrary(prefix.rows * 192, seed: 33), shape: [prefix.rows, 192]).tracked()
    func forwardAndBack() -> [Float] {
      let out = attention(rows, heads: 4, prefix: prefix)
      return out.values + gradient(of: sum(out * out), in: rows).values
    }
    let one = byThreads(1, forwardAndBack)
    for threads in [2, 3] { #expect(byThreads(threads, forwardAndBack) == one) }
  }
}
