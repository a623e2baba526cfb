// PNGChunk - the chunks of a PNG file and their checksums (PNG, third edition, 5.3).
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// One chunk of the file.
struct PNGChunk {
  let name: String
  let payload: UnsafeRawBufferPointer
  let offset: Int
  /// Whether a reader that does not know the chunk may skip it.
  var isAncillary: Bool { name.utf8.first.map { $0 & 0x20 != 0 } ?? false }
}

/// Walks over the chunks.
struct PNGChunkReader {
  private var reader: ByteReader
  private let truncated: Truncation

  /// Whether pictures of an animation follow the first, which are never looked at.
  var isAnimation = false

  /// A reader behind the file's signature.
  init(_ bytes: UnsafeRawBufferPointer, _ truncated: Truncation) {
    reader = ByteReader(bytes, offset: 8)
    self.truncated = truncated
  }

  /// Reads a chunk and verifies its checksum.
  ///
  /// Image data that end with the file are returned as far as they go: whether they suffice shows
  /// when they are expanded. In a file that may be truncated, checksums of ancillary chunks and of
  /// image data are not verified.
  mutating func next() throws -> PNGChunk {
    let offset = reader.offset
    do {
      let length = Int(try reader.u32BE())
      let type = try reader.take(4)
      guard type.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
        throw PNGError.chunkType(bytes: Array(type), offset: offset)
      }
      let name = String(decoding: type, as: UTF8.self)
      guard length <= Int(Int32.max) else {
        throw PNGError.chunkLength(
          chunk: name, declared: length, expected: "at most 2147483647", offset: offset)
      }
      let isData = name == "IDAT"
      let payload = try reader.take(isData ? min(length, reader.remaining) : length)
      let chunk = PNGChunk(name: name, payload: payload, offset: offset)
      let isLenient = truncated == .accept && (isData || chunk.isAncillary)
      if isLenient || isData && reader.remaining < 4 {
        try reader.skip(min(4, reader.remaining))
        return chunk
      }
      let declared = try reader.u32BE()
      let computed = crc32(payload, continuing: crc32(type))
      guard declared == computed else {
        throw PNGError.checksum(
          chunk: name, declared: declared, computed: computed, offset: offset)
      }
      return chunk
    } catch is ByteError {
      throw PNGError.truncated(offset: reader.bytes.count)
    }
  }

  /// The type of the chunk that follows, if there is one.
  func nextName() -> String? {
    var ahead = reader
    guard (try? ahead.skip(4)) != nil, let type = try? ahead.take(4) else { return nil }
    return String(decoding: type, as: UTF8.self)
  }

  /// Passes what follows the picture.
  ///
  /// Like Pillow this forgives a missing end, but not a chunk that is cut off; and of an animation
  /// the pictures behind the first are never looked at.
  mutating func skipTail() throws(PNGError) {
    while let length = try? reader.u32BE(), let type = try? reader.take(4) {
      let isName = type.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) }
      if !isName || String(decoding: type, as: UTF8.self) == "IEND" { return }
      if isAnimation, String(decoding: type, as: UTF8.self) == "fcTL" { return }
      guard (try? reader.skip(Int(length))) != nil else {
        throw .truncated(offset: reader.bytes.count)
      }
      guard (try? reader.skip(4)) != nil else { return }
    }
  }
}
