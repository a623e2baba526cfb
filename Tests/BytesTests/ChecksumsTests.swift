// ChecksumsTests - CRC-32 and Adler-32.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@Suite("Checksums")
struct ChecksumsTests {
  private let digits = Array("123456789".utf8)
  /// 100,003 bytes that are not periodic in 8, 16 or 5552.
  private let long = (0..<100_003).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3 &+ $0) }

  @Test("The check values of the two definitions")
  func checkValues() {
    #expect(digits.withUnsafeBytes { crc32($0) } == 0xCBF4_3926)
    #expect(digits.withUnsafeBytes { adler32($0) } == 0x091E_01DE)
    #expect([UInt8]().withUnsafeBytes { crc32($0) } == 0)
    #expect([UInt8]().withUnsafeBytes { adler32($0) } == 1)
  }

  @Test("Equal to the bit-by-bit definitions on long input")
  func definitions() {
    var crc: UInt32 = 0xFFFF_FFFF
    var low: UInt32 = 1
    var high: UInt32 = 0
    for byte in long {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    #expect(long.withUnsafeBytes { crc32($0) } == ~crc)
    #expect(long.withUnsafeBytes { adler32($0) } == high << 16 | low)
    let full = [UInt8](repeating: 255, count: 70_000)
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in full {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    #expect(full.withUnsafeBytes { adler32($0) } == b << 16 | a)
  }

  @Test("Pieces give the same as the whole, wherever it is cut")
  func pieces() {
    let part = Array(long.prefix(200))
    let whole = part.withUnsafeBytes { (crc32($0), adler32($0)) }
    for cut in 0...part.count {
      let head = Array(part[..<cut])
      let tail = Array(part[cut...])
      let (crc, adler) = head.withUnsafeBytes { (crc32($0), adler32($0)) }
      #expect(tail.withUnsafeBytes { crc32($0, continuing: crc) } == whole.0)
      #expect(tail.withUnsafeBytes { adler32($0, continuing: adler) } == whole.1)
    }
  }
}
