// Vector - the widest vector of this target's instruction set, and its multiply-add.
// SPDX-License-Identifier: Apache-2.0

// This folder is compiled once per kernel set (the other kernel targets link to these files).
// It uses raw pointers, SIMD and integers only: a specialisation of a standard-library generic
// compiled here with wider instructions could be linked into code that runs on every processor.

#if KERNEL_AVX512
  import _Builtin_intrinsics.intel

  typealias Vector = SIMD16<Float>
  typealias Bits = SIMD16<Int32>

  /// a * b + c in one rounding.
  ///
  /// Written with the intrinsic: `addingProduct` may call `fmaf` per lane.
  @inline(__always)
  func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { _mm512_fmadd_ps(a, b, c) }

  /// a * b - c in one rounding.
  @inline(__always)
  func multiplySubtract(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    _mm512_fmsub_ps(a, b, c)
  }

  /// The larger of two; the instruction's second operand stays when it is NaN.
  @inline(__always)
  func maximum(_ x: Vector, _ floor: Vector) -> Vector { _mm512_max_ps(floor, x) }

  /// The smaller of two; NaN in `x` stays NaN.
  @inline(__always)
  func minimum(_ x: Vector, _ ceiling: Vector) -> Vector { _mm512_min_ps(ceiling, x) }

  /// a / b.
  ///
  /// Written with the intrinsic, as `select` is: the operator and a mask's bits are taken apart into
  /// quarters of a vector, and everything around them too.
  @inline(__always)
  func quotient(_ a: Vector, _ b: Vector) -> Vector { _mm512_div_ps(a, b) }

  /// Lane by lane `mask ? a : b` for a mask of all-ones or all-zeros lanes.
  @inline(__always)
  func select(_ mask: Bits, _ a: Vector, _ b: Vector) -> Vector {
    _mm512_mask_mov_ps(b, _mm512_movepi32_mask(unsafeBitCast(mask, to: SIMD8<Int64>.self)), a)
  }
#elseif KERNEL_AVX2
  import _Builtin_intrinsics.intel

  typealias Vector = SIMD8<Float>
  typealias Bits = SIMD8<Int32>

  /// a * b + c in one rounding.
  ///
  /// Written with the intrinsic: `addingProduct` may call `fmaf` per lane.
  @inline(__always)
  func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { _mm256_fmadd_ps(a, b, c) }

  /// a * b - c in one rounding.
  @inline(__always)
  func multiplySubtract(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    _mm256_fmsub_ps(a, b, c)
  }

  /// The larger of two; the instruction's second operand stays when it is NaN.
  @inline(__always)
  func maximum(_ x: Vector, _ floor: Vector) -> Vector { _mm256_max_ps(floor, x) }

  /// The smaller of two; NaN in `x` stays NaN.
  @inline(__always)
  func minimum(_ x: Vector, _ ceiling: Vector) -> Vector { _mm256_min_ps(ceiling, x) }

  /// a / b.
  ///
  /// Written with the intrinsic, as `select` is: the operator and a mask's bits are taken apart into
  /// halves of a vector, and everything around them too.
  @inline(__always)
  func quotient(_ a: Vector, _ b: Vector) -> Vector { _mm256_div_ps(a, b) }

  /// Lane by lane `mask ? a : b` for a mask of all-ones or all-zeros lanes.
  @inline(__always)
  func select(_ mask: Bits, _ a: Vector, _ b: Vector) -> Vector {
    _mm256_blendv_ps(b, a, float(mask))
  }
#elseif arch(arm64)
  import _Builtin_intrinsics.arm.neon

  typealias Vector = SIMD4<Float>
  typealias Bits = SIMD4<Int32>

  /// a * b + c in one rounding: `fmla` is part of every arm64 processor.
  @inline(__always)
  func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { c.addingProduct(a, b) }

  /// The larger of two; NaN in `x` stays NaN, and -0 beside 0 stays -0, as with Intel's instruction.
  @inline(__always)
  func maximum(_ x: Vector, _ floor: Vector) -> Vector {
    vbslq_f32(vcgtq_f32(floor, x), floor, x)
  }

  /// The smaller of two; NaN in `x` stays NaN.
  @inline(__always)
  func minimum(_ x: Vector, _ ceiling: Vector) -> Vector {
    vbslq_f32(vcltq_f32(ceiling, x), ceiling, x)
  }

  /// a / b.
  @inline(__always)
  func quotient(_ a: Vector, _ b: Vector) -> Vector { vdivq_f32(a, b) }
#else
  import _Builtin_intrinsics.intel

  typealias Vector = SIMD4<Float>
  typealias Bits = SIMD4<Int32>

  #if KERNEL_FAST
    /// a * b + c in two roundings: many times as fast, and other bits than everywhere else.
    @inline(__always)
    func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { a * b + c }
  #else
    /// a * b + c in one rounding, in two steps of double precision: the oldest x86-64 processors have no
    /// fused instruction.
    @inline(__always)
    func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
      let low = roundedToOdd(_mm_cvtps_pd(a), _mm_cvtps_pd(b), _mm_cvtps_pd(c))
      let high = roundedToOdd(
        _mm_cvtps_pd(_mm_movehl_ps(a, a)), _mm_cvtps_pd(_mm_movehl_ps(b, b)),
        _mm_cvtps_pd(_mm_movehl_ps(c, c)))
      return _mm_movelh_ps(_mm_cvtpd_ps(low), _mm_cvtpd_ps(high))
    }

    /// a * b + c of numbers of single precision: the one of two neighbours in double precision whose
    /// last bit is 1, or the sum itself.
    ///
    /// The product is exact. Rounded to single precision, the result is then that of one rounding:
    /// what is odd in its last bit lies halfway between no two numbers of single precision.
    @inline(__always)
    func roundedToOdd(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>) -> SIMD2<Double> {
      let product = a * b
      let sum = product + c
      // What the addition lost (Knuth's two-sum); NaN where the sum is no number.
      let part = sum - product
      let lost = (product - (sum - part)) + (c - part)
      let zero = SIMD2<Double>(repeating: 0)
      let isInexact = unsafeBitCast(
        _mm_or_pd(_mm_cmplt_pd(lost, zero), _mm_cmpgt_pd(lost, zero)), to: SIMD2<Int64>.self)
      let bits = unsafeBitCast(sum, to: SIMD2<Int64>.self)
      let one = SIMD2<Int64>(repeating: 1)
      let isEven = (bits & one) &- one
      // Away from zero where what was lost has the sum's sign, else towards it.
      let differs = unsafeBitCast(
        _mm_srai_epi32(bits ^ unsafeBitCast(lost, to: SIMD2<Int64>.self), 31),
        to: SIMD4<Int32>.self)
      let away =
        unsafeBitCast(
          SIMD4(differs.y, differs.y, differs.w, differs.w), to: SIMD2<Int64>.self) | one
      return unsafeBitCast(bits &+ (away & isInexact & isEven), to: SIMD2<Double>.self)
    }
  #endif

  /// The larger of two; the instruction's second operand stays when it is NaN.
  @inline(__always)
  func maximum(_ x: Vector, _ floor: Vector) -> Vector { _mm_max_ps(floor, x) }

  /// The smaller of two; NaN in `x` stays NaN.
  @inline(__always)
  func minimum(_ x: Vector, _ ceiling: Vector) -> Vector { _mm_min_ps(ceiling, x) }

  /// a / b.
  @inline(__always)
  func quotient(_ a: Vector, _ b: Vector) -> Vector { _mm_div_ps(a, b) }
#endif

#if KERNEL_AVX512
  var laneNumbers: Bits {
    @inline(__always) get { Bits(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }
  }
#elseif KERNEL_AVX2
  var laneNumbers: Bits { @inline(__always) get { Bits(0, 1, 2, 3, 4, 5, 6, 7) } }
#else
  var laneNumbers: Bits { @inline(__always) get { Bits(0, 1, 2, 3) } }
#endif

/// What these kernels were compiled for, as `LMPT_KERNEL` calls it: by the same conditions as the
/// vectors above, so that a build without the flags of its folder cannot carry the folder's name.
public var kernelName: StaticString {
  #if KERNEL_AVX512
    "avx512"
  #elseif KERNEL_AVX2
    "avx2"
  #elseif arch(arm64)
    "neon"
  #elseif KERNEL_FAST
    "baseline-fast"
  #else
    "baseline"
  #endif
}

/// Lanes of a vector.
@inline(__always) var lanes: Int { Vector.scalarCount }

@inline(__always)
func load(_ p: UnsafePointer<Float>) -> Vector {
  // safety: every caller stays within a buffer that has a whole vector from `p`.
  UnsafeRawPointer(p).loadUnaligned(as: Vector.self)
}

@inline(__always)
func store(_ v: Vector, _ p: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(p).storeBytes(of: v, as: Vector.self)
}

/// LLVM's prefetch: (address, for writing, locality from 0 to 3, data rather than code).
///
/// The names of LLVM's own functions begin with "llvm.": the call becomes one instruction. What
/// clang offers (`_m_prefetch`) is imported as a function without effect and disappears.
#if SANITIZED
  @inline(__always)
  func prefetch(_ p: UnsafeRawPointer, _ write: Int32, _ locality: Int32, _ data: Int32) {}
#else
  @_silgen_name("llvm.prefetch.p0")
  func prefetch(_ p: UnsafeRawPointer, _ write: Int32, _ locality: Int32, _ data: Int32)
#endif

@inline(__always)
func bits(_ v: Vector) -> Bits { unsafeBitCast(v, to: Bits.self) }

@inline(__always)
func float(_ b: Bits) -> Vector { unsafeBitCast(b, to: Vector.self) }

#if !KERNEL_AVX512 && !KERNEL_AVX2
  /// a * b - c, rounded as `multiplyAdd`.
  @inline(__always)
  func multiplySubtract(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    multiplyAdd(a, b, Vector(repeating: 0) - c)
  }

  /// Lane by lane `mask ? a : b` for a mask of all-ones or all-zeros lanes.
  @inline(__always)
  func select(_ mask: Bits, _ a: Vector, _ b: Vector) -> Vector {
    float((bits(a) & mask) | (bits(b) & ~mask))
  }
#endif

/// All ones in the lanes whose sign bit is set.
///
/// Comparisons of vectors give masks that the compiler takes apart lane by lane; integers do not.
@inline(__always)
func negative(_ a: Vector) -> Bits { bits(a) &>> Bits(repeating: 31) }

@inline(__always)
func magnitude(_ x: Vector) -> Vector { float(bits(x) & Bits(repeating: 0x7fff_ffff)) }

/// The largest lane.
@inline(__always)
func largest(_ v: Vector) -> Float {
  #if KERNEL_AVX512
    let h = _mm256_max_ps(v.lowHalf, v.highHalf)
    let q = _mm_max_ps(h.lowHalf, h.highHalf)
  #elseif KERNEL_AVX2
    let q = _mm_max_ps(v.lowHalf, v.highHalf)
  #else
    let q = v
  #endif
  let (a, b) = (q.x > q.y ? q.x : q.y, q.z > q.w ? q.z : q.w)
  return a > b ? a : b
}
