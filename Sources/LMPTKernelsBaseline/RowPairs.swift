// RowPairs - eight sums of each of two rows (docs/Arithmetic.md).
// SPDX-License-Identifier: Apache-2.0

// Two rows at a time, because an addition waits for the one before it in its sum, and the other
// row's fill the time. A last row alone is its own second.

#if KERNEL_AVX512
  import _Builtin_intrinsics.intel

  /// Eight numbers of each of two rows, the first row's in the lower half.
  typealias Pair = Vector

  var noPair: Pair { @inline(__always) get { Vector(repeating: 0) } }

  @inline(__always)
  func loadEight(_ p: Source, upTo rest: Int) -> Eight {
    // safety: as for `load`; masked lanes are not read.
    if rest >= 8 { return UnsafeRawPointer(p).loadUnaligned(as: Eight.self) }
    return _mm256_maskz_loadu_ps(UInt8(truncatingIfNeeded: (1 &<< rest) &- 1), p)
  }

  /// Eight numbers of two rows each, 0 beyond `rest`.
  @inline(__always)
  func pair(_ a: Source, _ b: Source, upTo rest: Int) -> Pair {
    Vector(lowHalf: loadEight(a, upTo: rest), highHalf: loadEight(b, upTo: rest))
  }

  /// One number for each of two rows.
  @inline(__always)
  func pair(_ a: Float, _ b: Float) -> Pair {
    Vector(lowHalf: Eight(repeating: a), highHalf: Eight(repeating: b))
  }

  @inline(__always)
  func totals(_ sums: Pair) -> (Float, Float) { (total(sums.lowHalf), total(sums.highHalf)) }
#elseif KERNEL_AVX2
  /// Eight numbers of each of two rows.
  typealias Pair = (Vector, Vector)

  var noPair: Pair { @inline(__always) get { (noSums, noSums) } }

  /// Eight numbers of two rows each, 0 beyond `rest`.
  @inline(__always)
  func pair(_ a: Source, _ b: Source, upTo rest: Int) -> Pair {
    (load(a, upTo: rest), load(b, upTo: rest))
  }

  /// One number for each of two rows.
  @inline(__always)
  func pair(_ a: Float, _ b: Float) -> Pair { (Vector(repeating: a), Vector(repeating: b)) }

  @inline(__always)
  func totals(_ sums: Pair) -> (Float, Float) { (total(sums.0), total(sums.1)) }
#else
  /// Eight numbers of each of two rows.
  typealias Pair = (Eight, Eight)

  var noPair: Pair { @inline(__always) get { (noSums, noSums) } }

  /// Eight numbers of two rows each, 0 beyond `rest`.
  @inline(__always)
  func pair(_ a: Source, _ b: Source, upTo rest: Int) -> Pair {
    (
      (load(a, upTo: rest), load(a + 4, upTo: rest &- 4)),
      (load(b, upTo: rest), load(b + 4, upTo: rest &- 4))
    )
  }

  /// One number for each of two rows.
  @inline(__always)
  func pair(_ a: Float, _ b: Float) -> Pair {
    let (u, v) = (Vector(repeating: a), Vector(repeating: b))
    return ((u, u), (v, v))
  }

  @inline(__always)
  func totals(_ sums: Pair) -> (Float, Float) { (total(sums.0), total(sums.1)) }

  @inline(__always)
  func addNormal(
    _ s: inout Pair, _ d: inout Pair, _ g: Pair, _ w: Pair, _ x: Pair, _ c: Pair, _ scale: Pair
  ) {
    addNormal(&s.0, &d.0, g.0, w.0, x.0, c.0, scale.0)
    addNormal(&s.1, &d.1, g.1, w.1, x.1, c.1, scale.1)
  }
#endif

/// s + g w, and d + g w (x - c) scale: the two sums of LayerNorm's gradient.
@inline(__always)
func addNormal(
  _ s: inout Vector, _ d: inout Vector, _ g: Vector, _ w: Vector, _ x: Vector, _ c: Vector,
  _ scale: Vector
) {
  let h = g * w
  s = s + h
  d = multiplyAdd(h, (x - c) * scale, d)
}

#if !KERNEL_AVX512
  @inline(__always)
  func addNormal(
    _ s: inout (Vector, Vector), _ d: inout (Vector, Vector), _ g: (Vector, Vector),
    _ w: (Vector, Vector), _ x: (Vector, Vector), _ c: (Vector, Vector), _ scale: (Vector, Vector)
  ) {
    addNormal(&s.0, &d.0, g.0, w.0, x.0, c.0, scale.0)
    addNormal(&s.1, &d.1, g.1, w.1, x.1, c.1, scale.1)
  }
#endif
