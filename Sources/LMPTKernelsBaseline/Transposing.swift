// Transposing - sixteen rows of sixteen numbers into sixteen columns, in registers.
// SPDX-License-Identifier: Apache-2.0

#if KERNEL_AVX512
  import _Builtin_intrinsics.intel

  typealias Four = (Vector, Vector, Vector, Vector)

  /// Four rows, `ld` apart, so that quarter l of vector j has their numbers in column 4 l + j.
  @inline(__always)
  func quarters(_ p: Source, _ ld: Int) -> Four {
    let (a, b, c, d) = (load(p), load(p + ld), load(p + 2 &* ld), load(p + 3 &* ld))
    // Some lines ahead in each row.
    prefetch(p + 64, 0, 3, 1)
    prefetch(p + (ld &+ 64), 0, 3, 1)
    prefetch(p + (2 &* ld &+ 64), 0, 3, 1)
    prefetch(p + (3 &* ld &+ 64), 0, 3, 1)
    let (ab, cd) = (
      (pairs(_mm512_unpacklo_ps(a, b)), pairs(_mm512_unpackhi_ps(a, b))),
      (pairs(_mm512_unpacklo_ps(c, d)), pairs(_mm512_unpackhi_ps(c, d)))
    )
    return (
      singles(_mm512_unpacklo_pd(ab.0, cd.0)), singles(_mm512_unpackhi_pd(ab.0, cd.0)),
      singles(_mm512_unpacklo_pd(ab.1, cd.1)), singles(_mm512_unpackhi_pd(ab.1, cd.1))
    )
  }

  @inline(__always)
  func pairs(_ v: Vector) -> SIMD8<Double> { unsafeBitCast(v, to: SIMD8<Double>.self) }

  @inline(__always)
  func singles(_ v: SIMD8<Double>) -> Vector { unsafeBitCast(v, to: Vector.self) }

  /// Quarters 0 and 2 of each, or 1 and 3.
  @inline(__always)
  func quarters(_ a: Vector, _ b: Vector, odd: Bool) -> Vector {
    let even = Bits(0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
    let lanes = odd ? even &+ Bits(repeating: 4) : even
    return _mm512_permutex2var_ps(a, unsafeBitCast(lanes, to: SIMD8<Int64>.self), b)
  }

  /// Writes columns j, 4 + j, 8 + j and 12 + j of sixteen rows, vector j of `quarters` of each four.
  @inline(__always)
  func storeColumns(
    _ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector, _ t: Target, _ width: Int
  ) {
    let (ab, cd) = (quarters(a, b, odd: false), quarters(c, d, odd: false))
    store(quarters(ab, cd, odd: false), t)
    store(quarters(ab, cd, odd: true), t + 8 &* width)
    let (ef, gh) = (quarters(a, b, odd: true), quarters(c, d, odd: true))
    store(quarters(ef, gh, odd: false), t + 4 &* width)
    store(quarters(ef, gh, odd: true), t + 12 &* width)
  }

  /// `transpose` of at least sixteen rows and sixteen terms.
  @inline(__always)
  func transposeSixteens(
    _ source: Source, _ ld: Int, _ rows: Int, _ k: Int, _ target: Target, _ width: Int
  ) {
    var i = 0
    while i < rows {
      i = min(i, rows &- 16)  // the last sixteen rows, or terms, may be some of those before
      var p = 0
      while p < k {
        p = min(p, k &- 16)
        let (s, t) = (source + (i &* ld &+ p), target + (p &* width &+ i))
        let (a, b, c, d) = (
          quarters(s, ld), quarters(s + 4 &* ld, ld), quarters(s + 8 &* ld, ld),
          quarters(s + 12 &* ld, ld)
        )
        storeColumns(a.0, b.0, c.0, d.0, t, width)
        storeColumns(a.1, b.1, c.1, d.1, t + width, width)
        storeColumns(a.2, b.2, c.2, d.2, t + 2 &* width, width)
        storeColumns(a.3, b.3, c.3, d.3, t + 3 &* width, width)
        p &+= 16
      }
      i &+= 16
    }
  }
#endif
