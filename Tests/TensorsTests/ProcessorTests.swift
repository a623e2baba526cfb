// ProcessorTests - which instruction sets are chosen, and that kernels are what their names say.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTKernelsAVX2
import LMPTKernelsAVX512
import LMPTKernelsBaseline
import LMPTKernelsFast
import Testing

@testable import LMPTTensors

@Suite struct ProcessorTests {
  #if arch(x86_64)
    // 12 FMA, 27 OSXSAVE, 28 AVX; 5 AVX2, 16 F, 17 DQ, 28 CD, 30 BW, 31 VL (Intel's manual, volume 2,
    // CPUID); XCR0: 0 x87, 1 SSE, 2 AVX, 5 to 7 AVX-512, 9 PKRU, 17 and 18 AMX (volume 1, 13.3).
    private let basic: UInt32 = 1 << 12 | 1 << 27 | 1 << 28
    private let more: UInt32 = 1 << 5 | 1 << 16 | 1 << 17 | 1 << 28 | 1 << 30 | 1 << 31

    @Test func wideRegistersAreUsedOnlyWhereTheSystemSavesThem() {
      func features(_ saved: UInt64) -> [String] {
        Processor.features(basic: basic, more: more, saved: saved)
      }
      #expect(features(0b1110_0111) == ["fma", "avx2", "avx512"])
      #expect(features(0b110_0000_0010_1110_0111) == ["fma", "avx2", "avx512"])
      // PKRU and AMX's tiles on, which makes the area of saved registers large, and AVX-512 off.
      #expect(features(0b10_0000_0111) == ["fma", "avx2"])
      #expect(features(0b110_0000_0010_0000_0111) == ["fma", "avx2"])
      for missing in 5...7 { #expect(features(0b1110_0111 & ~(1 << missing)) == ["fma", "avx2"]) }
      #expect(features(0b11) == [] && features(0b101) == [] && features(0) == [])
    }

    @Test func eachInstructionSetNeedsAllOfItsBits() {
      for bit in [12, 27, 28] {
        #expect(
          Processor.features(basic: basic & ~(1 << bit), more: more, saved: 0xE7) == [], "\(bit)")
      }
      for bit in [16, 17, 28, 30, 31] {
        #expect(
          Processor.features(basic: basic, more: more & ~(1 << bit), saved: 0xE7)
            == ["fma", "avx2"], "\(bit)")
      }
      #expect(Processor.features(basic: basic, more: more & ~(1 << 5), saved: 0xE7) == ["fma"])
    }

    #if os(Linux)
      @Test func theKernelOfTheSystemSeesTheSame() throws {
        // Linux leaves out the flags of registers that it does not save.
        let text = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("flags") })
        let flags = Set(line.split(separator: " "))
        let wide = ["avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"]
        #expect(
          Processor.features.contains("avx512") == wide.allSatisfy { flags.contains($0[...]) })
        #expect(Processor.features.contains("avx2") == flags.contains("avx2"))
        #expect(Processor.features.contains("fma") == flags.contains("fma"))
      }
    #endif

    @Test func kernelsAreCalledWhatTheyWereCompiledFor() {
      #expect(LMPTKernelsBaseline.kernelName.description == "baseline")
      #expect(LMPTKernelsFast.kernelName.description == "baseline-fast")
      #expect(LMPTKernelsAVX2.kernelName.description == "avx2")
      #expect(LMPTKernelsAVX512.kernelName.description == "avx512")
      // A name is a width: 4, 8 and 16 numbers.
      #expect(KernelSet.avx2.peakOperations == 2 * KernelSet.baseline.peakOperations)
      #expect(KernelSet.avx512.peakOperations == 4 * KernelSet.baseline.peakOperations)
    }
  #endif

  @Test func everySetHasANameOfItsOwn() {
    let names = KernelSet.available.map(\.name)
    #expect(Set(names).count == names.count && names.contains(KernelSet.baseline.name))
  }
}
