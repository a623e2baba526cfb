// InflateWindow - zlib data expanded piece by piece, in memory that does not grow with them.
// SPDX-License-Identifier: Apache-2.0

/// Expands zlib data (RFC 1950) in pieces, for whoever needs each byte once.
///
/// Gives the bytes and the error that `inflatePrefix` gives for an output of `total` bytes.
package struct InflateWindow: ~Copyable {
  private var stream: InflateStream
  private let buffer: UnsafeMutableRawBufferPointer
  private let total: Int
  private var checksum: UInt32 = 1
  private var hasBegun = false
  private var isDone = false

  /// Bytes given so far.
  package private(set) var count = 0
  /// What stopped the expansion, if it was not the end or the last wanted byte.
  package private(set) var failure: InflateError?

  /// How far back a match may reach.
  private static let history = 32_768
  /// Room for new bytes: small enough for the second cache, much more than a match.
  private static let room = 1 << 17

  /// Expands `input`, which is borrowed, up to `total` bytes.
  package init(_ input: UnsafeRawBufferPointer, total: Int) {
    buffer = .allocate(byteCount: Self.history + Self.room, alignment: 64)
    stream = InflateStream(input, buffer)
    self.total = total
  }

  deinit { buffer.deallocate() }

  /// The next bytes, valid until the next call; nil after the last ones.
  package mutating func next() -> UnsafeRawBufferPointer? {
    guard !isDone else { return nil }
    slide()
    let start = stream.produced
    let (free, left) = (buffer.count - start, total - count)
    stream.pauses = free < left
    stream.output = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(start + min(free, left))])
    var isEnd = false
    do throws(InflateError) {
      if !hasBegun { try stream.zlibHeader() }
      hasBegun = true
      isEnd = try stream.blocks()
    } catch {
      failure = error
    }
    let piece = UnsafeRawBufferPointer(rebasing: buffer[start..<stream.produced])
    checksum = adler32(piece, continuing: checksum)
    count += piece.count
    if isEnd {
      do throws(InflateError) {
        _ = try stream.adlerTrailer(checksum)
      } catch {
        failure = error
      }
    }
    isDone = isEnd || failure != nil || !stream.pauses
    return piece.isEmpty ? nil : piece
  }

  /// Moves what matches may reach to the start, so that there is room behind it.
  private mutating func slide() {
    let kept = Self.history
    guard stream.produced > kept, let base = buffer.baseAddress else { return }
    base.copyMemory(from: base + (stream.produced - kept), byteCount: kept)
    stream.produced = kept
  }
}
