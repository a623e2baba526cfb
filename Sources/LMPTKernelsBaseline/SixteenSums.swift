// SixteenSums - sums along a row in sixteen parts, whatever a vector's width (docs/Arithmetic.md).
// SPDX-License-Identifier: Apache-2.0

#if KERNEL_AVX512
  import _Builtin_intrinsics.intel

  /// Sixteen sums along a row.
  typealias Sixteen = Vector

  var noSixteen: Sixteen { @inline(__always) get { Vector(repeating: 0) } }

  /// Adds sixteen elements of a row, or the squares of what they are above `center`.
  @inline(__always)
  func add(_ sums: inout Sixteen, _ x: Source, _ center: Vector, _ squares: Bool) {
    sums = step(sums, load(x), center, squares)
  }

  /// Adds a row's last `rest` elements, fewer than sixteen.
  @inline(__always)
  func addLast(_ sums: inout Sixteen, _ x: Source, _ rest: Int, _ center: Vector, _ squares: Bool) {
    // Fewer than eight are read from eight places before them: the lower lanes are masked.
    let unused = rest < 8 ? 8 : 0
    let mask = ((1 &<< rest) &- 1) &<< unused
    let v = _mm512_maskz_loadu_ps(UInt16(truncatingIfNeeded: mask), x - unused)
    sums = step(
      sums, v, center, squares, in: firstLanes(rest &+ unused) & ~firstLanes(unused))
  }

  @inline(__always)
  func total(_ sums: Sixteen) -> Float { total(sums.lowHalf + sums.highHalf) }
#elseif KERNEL_AVX2
  /// Sixteen sums along a row.
  typealias Sixteen = (Vector, Vector)

  var noSixteen: Sixteen { @inline(__always) get { (noSums, noSums) } }

  /// Adds sixteen elements of a row, or the squares of what they are above `center`.
  @inline(__always)
  func add(_ sums: inout Sixteen, _ x: Source, _ center: Vector, _ squares: Bool) {
    sums.0 = step(sums.0, load(x), center, squares)
    sums.1 = step(sums.1, load(x + 8), center, squares)
  }

  /// Adds a row's last `rest` elements, fewer than sixteen.
  @inline(__always)
  func addLast(_ sums: inout Sixteen, _ x: Source, _ rest: Int, _ center: Vector, _ squares: Bool) {
    if rest >= 8 { sums.0 = step(sums.0, load(x), center, squares) }
    let (last, count) = rest >= 8 ? (x + 8, rest &- 8) : (x, rest)
    if count > 0 {
      sums.1 = step(sums.1, load(last, first: count), center, squares, in: firstLanes(count))
    }
  }

  @inline(__always)
  func total(_ sums: Sixteen) -> Float { total(sums.0 + sums.1) }
#else
  /// Sixteen sums along a row.
  typealias Sixteen = (Eight, Eight)

  var noSixteen: Sixteen { @inline(__always) get { (noSums, noSums) } }

  /// Adds sixteen elements of a row, or the squares of what they are above `center`.
  @inline(__always)
  func add(_ sums: inout Sixteen, _ x: Source, _ center: Vector, _ squares: Bool) {
    sums.0.0 = step(sums.0.0, load(x), center, squares)
    sums.0.1 = step(sums.0.1, load(x + 4), center, squares)
    sums.1.0 = step(sums.1.0, load(x + 8), center, squares)
    sums.1.1 = step(sums.1.1, load(x + 12), center, squares)
  }

  /// Adds a row's last `rest` elements, fewer than sixteen.
  @inline(__always)
  func addLast(_ sums: inout Sixteen, _ x: Source, _ rest: Int, _ center: Vector, _ squares: Bool) {
    if rest >= 8 {
      sums.0.0 = step(sums.0.0, load(x), center, squares)
      sums.0.1 = step(sums.0.1, load(x + 4), center, squares)
    }
    let (last, count) = rest >= 8 ? (x + 8, rest &- 8) : (x, rest)
    let (low, high) = (min(count, 4), max(count &- 4, 0))
    sums.1.0 = step(sums.1.0, load(last, first: low), center, squares, in: firstLanes(low))
    sums.1.1 = step(sums.1.1, load(last + 4, first: high), center, squares, in: firstLanes(high))
  }

  @inline(__always)
  func total(_ sums: Sixteen) -> Float {
    total((sums.0.0 + sums.1.0, sums.0.1 + sums.1.1))
  }
#endif

/// Adds x, or (x - center)^2.
@inline(__always)
func step(_ sum: Vector, _ x: Vector, _ center: Vector, _ squares: Bool) -> Vector {
  if !squares { return sum + x }
  let d = x - center
  return multiplyAdd(d, d, sum)
}

/// The same for lanes that `mask` has; the others of x are 0.
@inline(__always)
func step(_ sum: Vector, _ x: Vector, _ center: Vector, _ squares: Bool, in mask: Bits) -> Vector {
  if !squares { return sum + x }
  let d = float(bits(x - center) & mask)
  return multiplyAdd(d, d, sum)
}

/// The sums of two rows' elements, or of the squares of what they are above their centers.
///
/// Sixteen sums: element i belongs to sum i mod 16, except that the last n mod 8 elements belong to
/// the upper eight. Sum i and sum i + 8 are added first.
@inline(__always)
func rowSums(
  _ x: Source, _ y: Source, _ n: Int, above c: (Float, Float), squares: Bool
) -> (Float, Float) {
  let (c0, c1) = (Vector(repeating: c.0), Vector(repeating: c.1))
  let whole = n / 16 &* 16
  var (s, t) = (noSixteen, noSixteen)
  var j = 0
  while j < whole {
    if !squares {  // the next two rows
      prefetch(x + (2 &* n &+ j), 0, 3, 1)
      prefetch(y + (2 &* n &+ j), 0, 3, 1)
    }
    add(&s, x + j, c0, squares)
    add(&t, y + j, c1, squares)
    j &+= 16
  }
  if whole < n {
    addLast(&s, x + whole, n &- whole, c0, squares)
    addLast(&t, y + whole, n &- whole, c1, squares)
  }
  return (total(s), total(t))
}
