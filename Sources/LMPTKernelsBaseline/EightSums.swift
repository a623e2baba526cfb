// EightSums - sums along a row in eight parts, whatever a vector's width (docs/Arithmetic.md).
// SPDX-License-Identifier: Apache-2.0

#if KERNEL_AVX512
  import _Builtin_intrinsics.intel

  /// Eight sums along a row: element i belongs to sum i mod 8.
  typealias Eight = SIMD8<Float>

  var noSums: Eight { @inline(__always) get { Eight(repeating: 0) } }

  /// The first eight lanes, as an operation on the whole vector: by `lowHalf` the compiler would take
  /// what comes before apart, lane by lane.
  @inline(__always)
  func lower(_ x: Vector) -> Eight { _mm512_castps512_ps256(x) }

  /// The last eight lanes.
  @inline(__always)
  func upper(_ x: Vector) -> Eight {
    let lanes = Bits(8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)
    return lower(_mm512_permutexvar_ps(unsafeBitCast(lanes, to: SIMD8<Int64>.self), x))
  }

  /// Adds the elements of a row from `j` on; beyond its end they are 0.
  @inline(__always)
  func add(_ sums: inout Eight, _ x: Vector, at j: Int) {
    sums = _mm256_add_ps(sums, lower(x))
    sums = _mm256_add_ps(sums, upper(x))
  }

  /// Adds products of the elements of two rows from `j` on.
  @inline(__always)
  func add(_ sums: inout Eight, _ x: Vector, times y: Vector, at j: Int) {
    sums = _mm256_fmadd_ps(lower(x), lower(y), sums)
    sums = _mm256_fmadd_ps(upper(x), upper(y), sums)
  }
#elseif KERNEL_AVX2
  /// Eight sums along a row: element i belongs to sum i mod 8.
  typealias Eight = Vector

  var noSums: Eight { @inline(__always) get { Eight(repeating: 0) } }

  /// Adds the elements of a row from `j` on; beyond its end they are 0.
  @inline(__always)
  func add(_ sums: inout Eight, _ x: Vector, at j: Int) { sums = sums + x }

  /// Adds products of the elements of two rows from `j` on.
  @inline(__always)
  func add(_ sums: inout Eight, _ x: Vector, times y: Vector, at j: Int) {
    sums = multiplyAdd(x, y, sums)
  }
#else
  /// Eight sums along a row: element i belongs to sum i mod 8.
  typealias Eight = (Vector, Vector)

  var noSums: Eight { @inline(__always) get { (Vector(repeating: 0), Vector(repeating: 0)) } }

  /// Adds the elements of a row from `j` on; beyond its end they are 0.
  @inline(__always)
  func add(_ sums: inout Eight, _ x: Vector, at j: Int) {
    if j & 4 == 0 { sums.0 = sums.0 + x } else { sums.1 = sums.1 + x }
  }

  /// Adds products of the elements of two rows from `j` on.
  @inline(__always)
  func add(_ sums: inout Eight, _ x: Vector, times y: Vector, at j: Int) {
    if j & 4 == 0 {
      sums.0 = multiplyAdd(x, y, sums.0)
    } else {
      sums.1 = multiplyAdd(x, y, sums.1)
    }
  }
#endif

/// All of eight sums, pairwise.
@inline(__always)
func total(_ sums: Eight) -> Float {
  #if KERNEL_AVX512 || KERNEL_AVX2
    let q = sums.lowHalf + sums.highHalf
  #else
    let q = sums.0 + sums.1
  #endif
  return (q.x + q.z) + (q.y + q.w)
}
