// Processor - what this machine's processor is called and which instructions it may use.
// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64)
  import _Builtin_intrinsics.intel.cpuid
#endif

/// The processor that the program runs on, asked directly: under emulation, files of the system
/// describe the host instead.
public enum Processor {
  /// The processor's own name, such as "AMD EPYC 7763 64-Core Processor".
  public static let name: String = readName()

  /// Instruction sets that both the processor and the operating system support, of those that the
  /// kernels can use: "fma", "avx2", "avx512" or "neon".
  public static let features: [String] = readFeatures()

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

  /// Whether the operating system saves a register state: the area for the enabled states, whose
  /// size leaf 0xD.0 gives, must reach behind the component.
  private func savesState(_ component: UInt32) -> Bool {
    let part = Leaf(0xd, component)
    return part.a > 0 && Leaf(0xd, 0).b >= part.b + part.a
  }

  private func readFeatures() -> [String] {
    var found: [String] = []
    let basic = Leaf(1)
    let more = Leaf(7, 0)
    func all(_ register: UInt32, _ bits: [UInt32]) -> Bool {
      bits.allSatisfy { register >> $0 & 1 == 1 }
    }
    // 12 FMA, 27 OSXSAVE, 28 AVX; 5 AVX2; 16 F, 17 DQ, 28 CD, 30 BW, 31 VL.
    guard all(basic.c, [12, 27, 28]), savesState(2) else { return found }
    found.append("fma")
    guard all(more.b, [5]) else { return found }
    found.append("avx2")
    if all(more.b, [16, 17, 28, 30, 31]), savesState(5), savesState(6), savesState(7) {
      found.append("avx512")
    }
    return found
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
