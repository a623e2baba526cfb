// ByteReaderTests - every read inside the bytes, none outside.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@Suite("ByteReader")
struct ByteReaderTests {
  static let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

  @Test("numbers are read in both byte orders and advance the cursor")
  func numbers() throws {
    try ByteReaderTests.bytes.withUnsafeBytes { bytes in
      func read<T>(_ body: (inout ByteReader) throws -> T) rethrows -> (T, Int) {
        var reader = ByteReader(bytes)
        return (try body(&reader), reader.offset)
      }
      #expect(try read { try $0.u8() } == (1, 1))
      #expect(try read { try $0.u16LE() } == (0x0201, 2))
      #expect(try read { try $0.u16BE() } == (0x0102, 2))
      #expect(try read { try $0.u32LE() } == (0x0403_0201, 4))
      #expect(try read { try $0.u32BE() } == (0x0102_0304, 4))
      #expect(try read { try $0.u64LE() } == (0x0807_0605_0403_0201, 8))
      #expect(try read { Array(try $0.take(3)) }.0 == [1, 2, 3])
      #expect(try read { try $0.take(0).count } == (0, 0))
    }
  }

  @Test("a read past the end throws, says where, and does not move")
  func bounds() {
    ByteReaderTests.bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes, offset: 6)
      let expected = ByteError.endOfData(offset: 6, needed: 4, available: 2)
      #expect(throws: expected) { try reader.u32LE() }
      #expect(throws: ByteError.endOfData(offset: 6, needed: 3, available: 2)) { try reader.take(3) }
      #expect(throws: ByteError.endOfData(offset: 6, needed: -1, available: 2)) {
        try reader.skip(-1)
      }
      #expect(throws: ByteError.endOfData(offset: 6, needed: .max, available: 2)) {
        try reader.take(.max)
      }
      #expect(throws: ByteError.self) { try reader.seek(to: 9) }
      #expect(throws: ByteError.self) { try reader.seek(to: -1) }
      #expect(reader.offset == 6 && reader.remaining == 2 && !reader.isAtEnd)
    }
  }

  @Test("seeking to the end is allowed, reading there is not")
  func end() throws {
    try ByteReaderTests.bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      try reader.seek(to: 8)
      #expect(reader.isAtEnd)
      #expect(throws: ByteError.self) { try reader.u8() }
    }
  }
}
