// ByteReaderTests - every read inside the bytes, none outside.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@Suite("ByteReader")
struct ByteReaderTests {
  static let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

  @Test("numbers are read in both byte orders and advance the cursor")
  func numbers() throws {
    let bytes = ByteReaderTests.bytes
    try bytes.withUnsafeBytes { buffer in
      var little = ByteReader(buffer)
      let values = [
        UInt64(try little.u8()), UInt64(try little.u16LE()), UInt64(try little.u32LE()),
      ]
      #expect(values == [0x01, 0x0302, 0x0706_0504])
      #expect(little.offset == 7)
      var big = ByteReader(buffer)
      let others = [UInt64(try big.u16BE()), UInt64(try big.u32BE())]
      #expect(others == [0x0102, 0x0304_0506])
      try big.seek(to: 0)
      let wide = try big.u64LE()
      #expect(wide == 0x0807_0605_0403_0201)
      #expect(big.isAtEnd)
      try big.seek(to: 2)
      let taken = Array(try big.take(3))
      #expect(taken == [3, 4, 5])
      #expect(big.remaining == 3)
    }
  }

  @Test("a read past the end throws, says where, and does not move")
  func bounds() {
    let bytes = ByteReaderTests.bytes
    bytes.withUnsafeBytes { buffer in
      var reader = ByteReader(buffer, offset: 6)
      for needed in [3, 9, .max, -1] {
        do throws(ByteError) {
          _ = try reader.take(needed)
          Issue.record("\(needed) bytes were taken")
        } catch {
          #expect(error == .endOfData(offset: 6, needed: needed, available: 2))
        }
      }
      #expect((try? reader.u32LE()) == nil)
      #expect((try? reader.u64LE()) == nil)
      for target in [9, -1, .max] {
        let moved: Void? = try? reader.seek(to: target)
        #expect(moved == nil)
      }
      #expect(reader.offset == 6)
    }
  }
}
