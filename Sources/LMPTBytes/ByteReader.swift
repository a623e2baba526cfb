// ByteReader - a bounds-checked cursor over bytes.
// SPDX-License-Identifier: Apache-2.0

/// What goes wrong when bytes run out.
package enum ByteError: DiagnosticError, Equatable {
  /// Fewer bytes are left than the format needs.
  case endOfData(offset: Int, needed: Int, available: Int)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .endOfData(let offset, let needed, let available):
      Diagnostic(
        "bytes.end-of-data",
        "the data ends early (offset \(offset): \(needed) bytes needed, \(available) left)",
        hint: "the file is truncated; copy or download it again")
    }
  }
}

/// A cursor over a byte buffer that can never read outside it.
///
/// The buffer is borrowed: a reader must not outlive the closure that provided the bytes.
package struct ByteReader {
  /// The bytes being read.
  package let bytes: UnsafeRawBufferPointer
  /// Position of the next byte.
  package private(set) var offset: Int

  /// A reader at the start of `bytes`.
  package init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
    precondition((0...bytes.count).contains(offset), "offset \(offset) of \(bytes.count) bytes")
    self.bytes = bytes
    self.offset = offset
  }

  /// Bytes left after the cursor.
  package var remaining: Int { bytes.count - offset }
  /// Whether the cursor stands at the end.
  package var isAtEnd: Bool { offset >= bytes.count }

  @inline(__always)
  private mutating func advance(_ count: Int) throws(ByteError) -> Int {
    guard count >= 0, count <= remaining else {
      throw .endOfData(offset: offset, needed: count, available: remaining)
    }
    defer { offset += count }
    return offset
  }

  /// Reads one byte.
  package mutating func u8() throws(ByteError) -> UInt8 {
    bytes[try advance(1)]
  }
  /// Reads a big-endian 16-bit integer.
  package mutating func u16BE() throws(ByteError) -> UInt16 {
    UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: try advance(2), as: UInt16.self))
  }
  /// Reads a big-endian 32-bit integer.
  package mutating func u32BE() throws(ByteError) -> UInt32 {
    UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: try advance(4), as: UInt32.self))
  }
  /// Reads a little-endian 16-bit integer.
  package mutating func u16LE() throws(ByteError) -> UInt16 {
    UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: try advance(2), as: UInt16.self))
  }
  /// Reads a little-endian 32-bit integer.
  package mutating func u32LE() throws(ByteError) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: try advance(4), as: UInt32.self))
  }
  /// Reads a little-endian 64-bit integer.
  package mutating func u64LE() throws(ByteError) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: try advance(8), as: UInt64.self))
  }
  /// Takes the next `count` bytes without copying them.
  package mutating func take(_ count: Int) throws(ByteError) -> UnsafeRawBufferPointer {
    let start = try advance(count)
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
  }
  /// Moves the cursor forward.
  package mutating func skip(_ count: Int) throws(ByteError) {
    _ = try advance(count)
  }
  /// Moves the cursor to an absolute offset inside the bytes.
  package mutating func seek(to target: Int) throws(ByteError) {
    guard target >= 0, target <= bytes.count else {
      throw .endOfData(offset: target, needed: 0, available: 0)
    }
    offset = target
  }
}
