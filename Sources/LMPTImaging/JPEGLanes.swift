// JPEGLanes - the vector operations that the JPEG decoder is made of.
// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64)
  import _Builtin_intrinsics.intel
#endif

/// Eight 16-bit values: a row or a column of a block, or eight samples of a row.
typealias Lane16 = SIMD8<Int16>
/// Four 32-bit intermediate values.
typealias Lane32 = SIMD4<Int32>
/// Sixteen samples.
typealias Lane8 = SIMD16<UInt8>

/// What the operations below mean, for every processor.
enum PortableLanes {
  /// x[0], y[0], x[1], y[1] and so on, from the first half of each.
  @inline(__always)
  static func interleavedLow(_ x: Lane16, _ y: Lane16) -> Lane16 {
    Lane16(x[0], y[0], x[1], y[1], x[2], y[2], x[3], y[3])
  }

  /// The same from the second half.
  @inline(__always)
  static func interleavedHigh(_ x: Lane16, _ y: Lane16) -> Lane16 {
    Lane16(x[4], y[4], x[5], y[5], x[6], y[6], x[7], y[7])
  }

  /// x[0], x[8], x[1], x[9] and so on.
  @inline(__always)
  static func interleavedHalves(_ x: Lane8) -> Lane8 {
    Lane8(
      x[0], x[8], x[1], x[9], x[2], x[10], x[3], x[11], x[4], x[12], x[5], x[13], x[6], x[14],
      x[7], x[15])
  }

  /// a * p[0] + b * p[1], a * p[2] + b * p[3] and so on.
  @inline(__always)
  static func dot(_ p: Lane16, _ a: Int16, _ b: Int16) -> Lane32 {
    Lane32(truncatingIfNeeded: p.evenHalf) &* Int32(a)
      &+ Lane32(truncatingIfNeeded: p.oddHalf) &* Int32(b)
  }

  /// Eight values narrowed to 16 bits, with saturation.
  @inline(__always)
  static func saturated(_ low: Lane32, _ high: Lane32) -> Lane16 {
    let limited = SIMD8(lowHalf: low, highHalf: high).clamped(
      lowerBound: SIMD8(repeating: -32768), upperBound: SIMD8(repeating: 32767))
    return Lane16(truncatingIfNeeded: limited)
  }

  /// Sixteen values clipped to 0...255.
  @inline(__always)
  static func clipped(_ low: Lane16, _ high: Lane16) -> Lane8 {
    let limited = SIMD16(lowHalf: low, highHalf: high).clamped(
      lowerBound: SIMD16(repeating: 0), upperBound: SIMD16(repeating: 255))
    return Lane8(truncatingIfNeeded: limited)
  }
}

#if arch(x86_64)
  /// The same operations as one instruction each, all of them of the oldest x86-64 processors: of the
  /// general forms the compiler takes half apart lane by lane.
  enum Lanes {
    @inline(__always)
    static func interleavedLow(_ x: Lane16, _ y: Lane16) -> Lane16 {
      unsafeBitCast(_mm_unpacklo_epi16(bits(x), bits(y)), to: Lane16.self)
    }

    @inline(__always)
    static func interleavedHigh(_ x: Lane16, _ y: Lane16) -> Lane16 {
      unsafeBitCast(_mm_unpackhi_epi16(bits(x), bits(y)), to: Lane16.self)
    }

    @inline(__always)
    static func interleavedHalves(_ x: Lane8) -> Lane8 {
      let words = bits(x)
      return unsafeBitCast(
        _mm_unpacklo_epi8(words, _mm_unpackhi_epi64(words, words)), to: Lane8.self)
    }

    @inline(__always)
    static func dot(_ p: Lane16, _ a: Int16, _ b: Int16) -> Lane32 {
      unsafeBitCast(
        _mm_madd_epi16(bits(p), bits(Lane16(a, b, a, b, a, b, a, b))), to: Lane32.self)
    }

    @inline(__always)
    static func saturated(_ low: Lane32, _ high: Lane32) -> Lane16 {
      unsafeBitCast(_mm_packs_epi32(bits(low), bits(high)), to: Lane16.self)
    }

    @inline(__always)
    static func clipped(_ low: Lane16, _ high: Lane16) -> Lane8 {
      unsafeBitCast(_mm_packus_epi16(bits(low), bits(high)), to: Lane8.self)
    }

    @inline(__always)
    private static func bits<Vector>(_ x: Vector) -> __m128i {
      unsafeBitCast(x, to: __m128i.self)
    }
  }
#else
  typealias Lanes = PortableLanes
#endif

extension Lanes {
  /// Eight samples, widened.
  @inline(__always)
  static func samples(_ source: UnsafePointer<UInt8>) -> Lane16 {
    var pairs = Lane8()
    pairs.evenHalf = UnsafeRawPointer(source).loadUnaligned(as: SIMD8<UInt8>.self)
    return unsafeBitCast(pairs, to: Lane16.self)
  }
}
