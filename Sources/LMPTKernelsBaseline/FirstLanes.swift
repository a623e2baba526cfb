// FirstLanes - a vector of which only the first lanes are in memory.
// SPDX-License-Identifier: Apache-2.0

#if KERNEL_AVX512 || KERNEL_AVX2
  import _Builtin_intrinsics.intel
#endif

/// All ones in the first `count` lanes.
@inline(__always)
func firstLanes(_ count: Int) -> Bits {
  (laneNumbers &- Bits(repeating: Int32(truncatingIfNeeded: count))) &>> Bits(repeating: 31)
}

/// The first `count` lanes from memory, the others 0.
@inline(__always)
func load(_ p: UnsafePointer<Float>, first count: Int) -> Vector {
  #if KERNEL_AVX512
    return _mm512_maskz_loadu_ps(UInt16(truncatingIfNeeded: (1 &<< count) &- 1), p)
  #elseif KERNEL_AVX2
    return _mm256_maskload_ps(p, unsafeBitCast(firstLanes(count), to: SIMD4<Int64>.self))
  #else
    var v = Vector(repeating: 0)
    var i = 0
    while i < count {
      v[i] = p[i]
      i &+= 1
    }
    return v
  #endif
}

#if KERNEL_AVX512
  /// Writes the first `count` lanes.
  @inline(__always)
  func store(_ v: Vector, _ p: UnsafeMutablePointer<Float>, first count: Int) {
    _mm512_mask_storeu_ps(p, UInt16(truncatingIfNeeded: (1 &<< count) &- 1), v)
  }
#else
  /// Writes the first `count` lanes; not inlined, only edges need it.
  @inline(never)
  func store(_ v: Vector, _ p: UnsafeMutablePointer<Float>, first count: Int) {
    var i = 0
    while i < count {
      p[i] = v[i]
      i &+= 1
    }
  }
#endif
