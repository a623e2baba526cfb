// Processor - what this machine's processor is called and which instructions it may use.
// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64)
  import _Builtin_intrinsics.intel.cpuid
#endif

/// The processor that the program runs on, asked directly: under emulation, files of the system
/// describe the host instead.
package enum Processor {
  /// The processor's own name, such as "AMD EPYC 7763 64-Core Processor".
  package static let name: String = readName()

  /// Instruction sets that both the processor and the operating system support, of those that the
  /// kernels can use: "fma", "avx2", "avx512" or "neon".
  package static let features: [String] = readFeatures()

  /// Whether a feature is among `features`.
  static func has(_ feature: String) -> Bool { features.contains(feature) }
}

#if arch(x86_64)
  private struct Leaf {
    var a: UInt32 = 0
    var b: UInt32 = 0
    var c: UInt32 = 0
    var d: UInt32 = 0

    init(_ leaf: UInt32, _ part: UInt32 = 0) {
      // An unknown leaf leaves zeros: no feature.
      _ = __get_cpuid_count(leaf, part, &a, &b, &c, &d)
    }
  }

  /// The register states that the operating system saves, a bit each (XCR0).
  ///
  /// LLVM's own function, which becomes one instruction; only where leaf 1 says OSXSAVE is it one that
  /// the processor has. `.ci/kernels` looks for it.
  #if SANITIZED
    // The build of the thread sanitizer runs where it was made: all registers are saved there.
    private func extendedControlRegister(_ index: Int32) -> UInt64 { 0xE7 }
  #else
    @_silgen_name("llvm.x86.xgetbv")
    private func extendedControlRegister(_ index: Int32) -> UInt64
  #endif

  private func readFeatures() -> [String] {
    let basic = Leaf(1).c
    let savesMore = basic >> 27 & 1 == 1
    return Processor.features(
      basic: basic, more: Leaf(7, 0).b, saved: savesMore ? extendedControlRegister(0) : 0)
  }

  extension Processor {
    /// The kernels' instruction sets, from what the processor has and the system saves.
    ///
    /// - Parameters:
    ///   - basic: register C of leaf 1.
    ///   - more: register B of leaf 7.
    ///   - saved: XCR0; 0 where it cannot be read.
    /// - Returns: the names, as in ``features``.
    static func features(basic: UInt32, more: UInt32, saved: UInt64) -> [String] {
      func all<Bits: BinaryInteger>(_ register: Bits, _ bits: [Int]) -> Bool {
        bits.allSatisfy { register >> Bits($0) & 1 == 1 }
      }
      var found: [String] = []
      // 12 FMA, 27 OSXSAVE, 28 AVX; saved: 1 SSE, 2 the upper halves of AVX's registers.
      guard all(basic, [12, 27, 28]), all(saved, [1, 2]) else { return found }
      found.append("fma")
      guard all(more, [5]) else { return found }  // AVX2
      found.append("avx2")
      // 16 F, 17 DQ, 28 CD, 30 BW, 31 VL; saved: 5 masks, 6 upper halves, 7 the other registers.
      if all(more, [16, 17, 28, 30, 31]), all(saved, [5, 6, 7]) { found.append("avx512") }
      return found
    }
  }

  private func readName() -> String {
    var bytes: [UInt8] = []
    for leaf: UInt32 in 0x8000_0002...0x8000_0004 {
      let part = Leaf(leaf)
      for word in [part.a, part.b, part.c, part.d] {
        for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(word >> shift & 0xff)) }
      }
    }
    let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    let words = name.split(separator: " ").joined(separator: " ")
    return words.isEmpty ? "x86-64" : words
  }
#else
  private func readFeatures() -> [String] {
    #if arch(arm64)
      ["neon"]
    #else
      []
    #endif
  }

  private func readName() -> String {
    #if arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }
#endif
