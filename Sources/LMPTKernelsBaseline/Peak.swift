// Peak - the processor's own limit, for the benchmark's percentages.
// SPDX-License-Identifier: Apache-2.0

/// Operations of one round of `peak`.
public var peakOperations: Int { @inline(__always) get { 2 &* 12 &* lanes } }

/// Multiply-adds on registers only, `rounds` times twelve independent ones: what the processor can
/// do at most.
///
/// Returns a value that depends on all of them.
@inline(never)
public func peak(_ rounds: Int, _ factor: Float, _ term: Float) -> Float {
  let (a, b) = (Vector(repeating: factor), Vector(repeating: term))
  var (c0, c1, c2, c3, c4, c5) = (b, b, b, b, b, b)
  var (c6, c7, c8, c9, c10, c11) = (b, b, b, b, b, b)
  var i = 0
  while i < rounds {
    c0 = multiplyAdd(c0, a, b)
    c1 = multiplyAdd(c1, a, b)
    c2 = multiplyAdd(c2, a, b)
    c3 = multiplyAdd(c3, a, b)
    c4 = multiplyAdd(c4, a, b)
    c5 = multiplyAdd(c5, a, b)
    c6 = multiplyAdd(c6, a, b)
    c7 = multiplyAdd(c7, a, b)
    c8 = multiplyAdd(c8, a, b)
    c9 = multiplyAdd(c9, a, b)
    c10 = multiplyAdd(c10, a, b)
    c11 = multiplyAdd(c11, a, b)
    i &+= 1
  }
  let s0 = (c0 + c1) + (c2 + c3)
  let s1 = (c4 + c5) + (c6 + c7)
  let s2 = (c8 + c9) + (c10 + c11)
  return largest(s0 + s1 + s2)
}
