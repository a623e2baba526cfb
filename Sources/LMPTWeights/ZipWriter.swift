// ZipWriter - zip archives of stored entries.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Writes a zip archive front to back: entries as they come, the directory at the end.
///
/// Entries are stored, dated 1980-01-01 so that equal contents give equal files, and aligned to 64
/// bytes with an extra field, as torch aligns them, so that readers can use the bytes in place.
/// Source: APPNOTE.TXT 6.3.10, section 4.3.
struct ZipWriter {
  private var directory: [UInt8] = []
  private var count = 0
  private var offset = 0

  /// A whole archive may not exceed what 32-bit offsets can address.
  static let sizeLimit = 0xFFFF_FFFE

  /// Appends one entry whose bytes are at hand.
  mutating func add(
    _ name: String, _ bytes: UnsafeRawBufferPointer, to sink: inout AtomicFile.Sink
  ) throws {
    let path = Array(name.utf8)
    let unpadded = offset + 30 + path.count + 4
    let padding = (64 - unpadded % 64) % 64
    guard unpadded + padding + bytes.count <= ZipWriter.sizeLimit, count < 0xFFFF else {
      throw ZipError.tooLarge(
        name, declared: unpadded + padding + bytes.count, limit: ZipWriter.sizeLimit)
    }
    // Version needed 2.0; bit 11: the name is UTF-8; method 0; 1980-01-01.
    let common =
      ZipWriter.u16(20) + ZipWriter.u16(0x0800) + ZipWriter.u16(0) + ZipWriter.u16(0)
      + ZipWriter.u16(0x0021) + ZipWriter.u32(Int(crc32(bytes))) + ZipWriter.u32(bytes.count)
      + ZipWriter.u32(bytes.count) + ZipWriter.u16(path.count)
    let extra = Array("FB".utf8) + ZipWriter.u16(padding) + [UInt8](repeating: 0, count: padding)
    try sink.write(
      ZipWriter.u32(0x0403_4B50) + common + ZipWriter.u16(extra.count) + path + extra)
    try sink.write(bytes)
    // No extra field, comment, disk or attributes.
    directory +=
      ZipWriter.u32(0x0201_4B50) + ZipWriter.u16(20) + common
      + [UInt8](repeating: 0, count: 12) + ZipWriter.u32(offset) + path
    count += 1
    offset = unpadded + padding + bytes.count
  }

  /// Appends the directory and the end record.
  func finish(to sink: inout AtomicFile.Sink) throws {
    guard offset + directory.count <= ZipWriter.sizeLimit else {
      throw ZipError.tooLarge(
        "directory", declared: offset + directory.count, limit: ZipWriter.sizeLimit)
    }
    try sink.write(
      directory + ZipWriter.u32(0x0605_4B50) + ZipWriter.u32(0) + ZipWriter.u16(count)
        + ZipWriter.u16(count) + ZipWriter.u32(directory.count) + ZipWriter.u32(offset)
        + ZipWriter.u16(0))
  }

  private static func u16(_ value: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
  }

  private static func u32(_ value: Int) -> [UInt8] { u16(value) + u16(value >> 16) }
}
