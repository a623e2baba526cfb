// HalfFloatTests - the 16-bit formats: by hand, and every value against numpy and torch.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@testable import LMPTWeights

@Suite("HalfFloat")
struct HalfFloatTests {
  @Test(
    "worked examples",
    arguments: [
      (0x0000, 0.0), (0x3C00, 1.0), (0xC000, -2.0), (0x7BFF, 65_504.0), (0x0400, 0x1p-14),
      (0x0001, 0x1p-24), (0x03FF, 0x3FFp-24), (0x7C00, .infinity), (0xFC00, -.infinity),
      (0x3555, 0x1.554p-2),
    ] as [(UInt16, Float)])
  func examples(bits: UInt16, value: Float) {
    #expect(HalfFloat.widen(half: bits) == value)
    #expect(HalfFloat.narrowToHalf(value) == bits)
  }

  @Test(
    "ties go to the even neighbour and overflow to infinity",
    arguments: [
      (1 + 0x1p-11, 0x3C00), (1 + 0x3p-11, 0x3C02), (1 + 0x1.8p-11, 0x3C01),
      (65_519.99, 0x7BFF), (65_520, 0x7C00), (-65_520, 0xFC00), (1e38, 0x7C00),
      (0x1p-25, 0x0000), (0x1.8p-25, 0x0001), (0x3p-25, 0x0002), (0x1p-26, 0),
      (0x1.FFEp-15, 0x0400),
      (-0.0, 0x8000),
    ] as [(Float, UInt16)])
  func ties(value: Float, bits: UInt16) {
    #expect(HalfFloat.narrowToHalf(value) == bits)
  }

  @Test("not-a-number stays so in every direction")
  func notANumber() {
    #expect(HalfFloat.widen(half: 0x7E00).isNaN)
    #expect(HalfFloat.widen(half: 0xFC01).isNaN)
    for bits: UInt32 in [0x7F80_0001, 0x7FC0_0000, 0xFFFF_FFFF] {
      let half = HalfFloat.narrowToHalf(Float(bitPattern: bits))
      #expect(half & 0x7C00 == 0x7C00 && half & 0x03FF != 0)
      let bfloat = HalfFloat.narrowToBFloat(Float(bitPattern: bits))
      #expect(bfloat & 0x7F80 == 0x7F80 && bfloat & 0x7F != 0)
    }
  }

  private func expected(_ key: String) -> String? {
    ExpectedFiles.document["halves"]?[key]?.string
  }

  @Test("all 65,536 half and bfloat values equal numpy's and torch's")
  func allValues() {
    let all = (0...65_535).map(UInt16.init)
    let halves = all.map { HalfFloat.widen(half: $0) }
    let bfloats = all.map { HalfFloat.widen(bfloat: $0) }
    #expect(digest(halves.map { $0.isNaN ? 0 : $0 }) == expected("widenHalf"))
    #expect(digest(bfloats.map { $0.isNaN ? 0 : $0 }) == expected("widenBFloat"))
  }

  @Test("a million floats of every exponent round as numpy and torch round them")
  func rounding() {
    let floats = (0..<(1 << 20)).map { (index: UInt64) -> Float in
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: index &* 2_654_435_761))
      return value.isNaN ? 0 : value
    }
    let halves = floats.map(HalfFloat.narrowToHalf)
    let bfloats = floats.map(HalfFloat.narrowToBFloat)
    #expect(halves.withUnsafeBytes { SHA256.hexDigest($0) } == expected("narrowHalf"))
    #expect(bfloats.withUnsafeBytes { SHA256.hexDigest($0) } == expected("narrowBFloat"))
  }
}
