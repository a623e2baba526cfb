// Checksums - CRC-32 (PNG, zip, gzip) and Adler-32 (zlib).
// SPDX-License-Identifier: Apache-2.0

/// Eight tables of 256 entries: table k advances a byte that stands k bytes before the end of a word.
private let crcTables: [UInt32] = {
  var tables = [UInt32](repeating: 0, count: 8 * 256)
  for byte in 0..<256 {
    var remainder = UInt32(byte)
    for _ in 0..<8 {
      remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1
    }
    tables[byte] = remainder
  }
  for slice in 1..<8 {
    for byte in 0..<256 {
      let shorter = tables[(slice - 1) * 256 + byte]
      tables[slice * 256 + byte] = shorter >> 8 ^ tables[Int(shorter & 0xFF)]
    }
  }
  return tables
}()

/// CRC-32 of ISO 3309, polynomial 0x04C11DB7 reflected, as PNG, zip and gzip use it.
///
/// - Parameters:
///   - bytes: the bytes to add.
///   - previous: the checksum of the bytes before them, 0 at the start.
/// - Returns: the checksum of everything so far.
package func crc32(_ bytes: UnsafeRawBufferPointer, continuing previous: UInt32 = 0) -> UInt32 {
  var crc = ~previous
  guard let base = bytes.baseAddress else { return previous }
  // safety: every read stays below `bytes.count`; table indices are masked to a byte.
  crcTables.withUnsafeBufferPointer { tables in
    guard let table = tables.baseAddress else { return }
    var offset = 0
    while offset &+ 8 <= bytes.count {
      let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let mixed = word ^ UInt64(crc)
      crc = table[7 &* 256 &+ Int(mixed & 0xFF)]
      crc ^= table[6 &* 256 &+ Int(mixed &>> 8 & 0xFF)]
      crc ^= table[5 &* 256 &+ Int(mixed &>> 16 & 0xFF)]
      crc ^= table[4 &* 256 &+ Int(mixed &>> 24 & 0xFF)]
      crc ^= table[3 &* 256 &+ Int(mixed &>> 32 & 0xFF)]
      crc ^= table[2 &* 256 &+ Int(mixed &>> 40 & 0xFF)]
      crc ^= table[256 &+ Int(mixed &>> 48 & 0xFF)]
      crc ^= table[Int(mixed &>> 56)]
      offset &+= 8
    }
    while offset < bytes.count {
      crc = crc &>> 8 ^ table[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
      offset &+= 1
    }
  }
  return ~crc
}

/// Adler-32 of RFC 1950.
///
/// - Parameters:
///   - bytes: the bytes to add.
///   - previous: the checksum of the bytes before them, 1 at the start.
/// - Returns: the checksum of everything so far.
package func adler32(_ bytes: UnsafeRawBufferPointer, continuing previous: UInt32 = 1) -> UInt32 {
  let modulus: UInt32 = 65521
  var low = previous & 0xFFFF
  var high = previous >> 16
  var offset = 0
  while offset < bytes.count {
    // 5552 is the longest run for which 32 bits cannot overflow before the modulus is taken.
    let end = min(offset + 5552, bytes.count)
    while offset &+ 16 <= end {
      // In a group of 16 the running sum enters `high` sixteen times, byte i another 16 - i times.
      let group = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
      let wide = SIMD16<UInt16>(truncatingIfNeeded: group)
      let weights = SIMD16<UInt16>(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
      high &+= low &* 16 &+ UInt32((wide &* weights).wrappedSum())
      low &+= UInt32(wide.wrappedSum())
      offset &+= 16
    }
    while offset < end {
      low &+= UInt32(bytes[offset])
      high &+= low
      offset &+= 1
    }
    low %= modulus
    high %= modulus
  }
  return high << 16 | low
}
