// Inflate - expands deflate data (RFC 1951) in zlib (RFC 1950) or gzip (RFC 1952) wrapping.
// SPDX-License-Identifier: Apache-2.0

/// What surrounds the deflate data.
package enum InflateWrapping: Sendable {
  /// Nothing: a zip entry.
  case raw
  /// A two-byte header and an Adler-32: PNG.
  case zlib
  /// Magic, names, a CRC-32 and a length; further members are expanded one after another.
  case gzip
}

/// How far `inflate(_:wrapping:into:)` came.
package struct InflateProgress: Sendable, Equatable {
  /// Bytes of compressed data read, the wrapping included.
  package var consumed: Int
  /// Bytes of output written.
  package var produced: Int
  /// Whether the last block and the checksum were reached (and the checksum was right).
  package var isFinished: Bool
}

/// Expands compressed data of unknown size.
///
/// - Parameters:
///   - input: the compressed data.
///   - wrapping: what surrounds them.
///   - limit: the most bytes of output; the buffer grows towards it only as output appears.
/// - Returns: the expanded bytes.
/// - Throws: `InflateError`; `.outputLimit` as soon as the output would pass `limit`.
package func inflate(
  _ input: UnsafeRawBufferPointer, wrapping: InflateWrapping, limit: Int
) throws(InflateError) -> [UInt8] {
  // Deflate cannot expand more than 1032 times, so a small input never causes a large buffer.
  let ceiling = min(limit, input.count.multipliedReportingOverflow(by: 1032).partialValue + 65536)
  var capacity = min(max(ceiling, 0), max(4096, input.count &* 4))
  while true {
    var failure: InflateError?
    var isComplete = false
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      do throws(InflateError) {
        let progress = try inflate(
          input, wrapping: wrapping, into: UnsafeMutableRawBufferPointer(buffer))
        count = progress.produced
        isComplete = progress.isFinished
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    if isComplete { return bytes }
    guard capacity < ceiling else {
      throw ceiling < limit ? .truncated(offset: input.count) : .outputLimit(limit: limit)
    }
    capacity = min(ceiling, capacity * 4)
  }
}

/// Expands compressed data into a buffer of known size.
///
/// Stops without an error when the buffer is full, whatever follows; if the stream ends exactly
/// there, its checksum is verified too.
///
/// - Parameters:
///   - input: the compressed data.
///   - wrapping: what surrounds them.
///   - output: where the bytes go.
/// - Returns: how much was read and written, and whether the end of the stream was reached.
/// - Throws: `InflateError`; `.truncated` when the input ends before the buffer is full.
package func inflate(
  _ input: UnsafeRawBufferPointer, wrapping: InflateWrapping,
  into output: UnsafeMutableRawBufferPointer
) throws(InflateError) -> InflateProgress {
  let result = inflatePrefix(input, wrapping: wrapping, into: output)
  if let failure = result.failure { throw failure }
  return result.progress
}

/// Expands as much of damaged or truncated data as is readable.
///
/// - Parameters:
///   - input: the compressed data.
///   - wrapping: what surrounds them.
///   - output: where the bytes go.
/// - Returns: how far the expansion came, and the error that stopped it, if any.
package func inflatePrefix(
  _ input: UnsafeRawBufferPointer, wrapping: InflateWrapping,
  into output: UnsafeMutableRawBufferPointer
) -> (progress: InflateProgress, failure: InflateError?) {
  var stream = InflateStream(input, output)
  var isFinished = false
  var failure: InflateError?
  do throws(InflateError) {
    isFinished = try stream.run(wrapping)
  } catch {
    failure = error
  }
  let progress = InflateProgress(
    consumed: stream.consumed, produced: stream.produced, isFinished: isFinished)
  return (progress, failure)
}

extension InflateStream {
  /// Expands everything inside a wrapping; true when its end was reached.
  mutating func run(_ wrapping: InflateWrapping) throws(InflateError) -> Bool {
    switch wrapping {
    case .raw:
      return try blocks()
    case .zlib:
      try zlibHeader()
      guard try blocks() else { return false }
      return try adlerTrailer()
    case .gzip:
      repeat {
        try gzipHeader()
        let start = produced
        guard try blocks() else { return false }
        try gzipTrailer(memberStart: start)
      } while !isAtEnd
      return true
    }
  }

  /// RFC 1950, 2.2.
  mutating func zlibHeader() throws(InflateError) {
    let header = try UInt16(bits(8)) << 8 | UInt16(bits(8))
    guard header >> 8 & 15 == 8, header >> 12 <= 7, header % 31 == 0 else {
      throw .badHeader(found: header)
    }
    if header & 0x20 != 0 { throw .presetDictionary }
  }

  /// Verifies the Adler-32; false when the data end inside it.
  mutating func adlerTrailer() throws(InflateError) -> Bool {
    try adlerTrailer(adler32(UnsafeRawBufferPointer(rebasing: output[0..<produced])))
  }

  /// The same with the checksum of what was expanded.
  mutating func adlerTrailer(_ computed: UInt32) throws(InflateError) -> Bool {
    alignToByte()
    guard remainingBytes >= 4 else { return false }
    var declared: UInt32 = 0
    for _ in 0..<4 { declared = declared << 8 | UInt32(try bits(8)) }
    guard declared == computed else { throw .checksum(declared: declared, computed: computed) }
    return true
  }

  /// RFC 1952, 2.3; the optional fields are skipped.
  mutating func gzipHeader() throws(InflateError) {
    let magic = try UInt16(bits(8)) << 8 | UInt16(bits(8))
    guard magic == 0x1F8B else { throw .badHeader(found: magic) }
    let method = try bits(8)
    let flags = try bits(8)
    guard method == 8, flags & 0xE0 == 0 else { throw .badHeader(found: UInt16(method)) }
    for _ in 0..<6 { _ = try bits(8) }
    if flags & 4 != 0 {
      for _ in 0..<(try bits(16)) { _ = try bits(8) }
    }
    if flags & 8 != 0 { while try bits(8) != 0 {} }
    if flags & 16 != 0 { while try bits(8) != 0 {} }
    if flags & 2 != 0 { _ = try bits(16) }
  }

  /// Verifies a member's CRC-32 and length (modulo 2^32).
  mutating func gzipTrailer(memberStart: Int) throws(InflateError) {
    alignToByte()
    let declared = UInt32(try bits(16)) | UInt32(try bits(16)) << 16
    let length = UInt32(try bits(16)) | UInt32(try bits(16)) << 16
    let computed = crc32(UnsafeRawBufferPointer(rebasing: output[memberStart..<produced]))
    guard declared == computed else { throw .checksum(declared: declared, computed: computed) }
    let found = produced - memberStart
    guard length == UInt32(truncatingIfNeeded: found) else {
      throw .length(declared: Int(length), found: found)
    }
  }
}
