// InflateWindowTests - pieces of a stream against the stream expanded at once.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTShapes
import LMPTSupport
import Testing

@Suite("InflateWindow")
struct InflateWindowTests {
  /// All pieces of a stream together, and what stopped it.
  private func pieces(_ input: [UInt8], total: Int) -> (bytes: [UInt8], failure: InflateError?) {
    input.withUnsafeBytes { input in
      var window = InflateWindow(input, total: total)
      var bytes: [UInt8] = []
      while let piece = window.next() { bytes += piece }
      #expect(window.count == bytes.count)
      return (bytes, window.failure)
    }
  }

  /// The same at once: `inflate` is held to Python's zlib by its own tests.
  private func whole(_ input: [UInt8], total: Int) -> (bytes: [UInt8], failure: InflateError?) {
    var buffer = [UInt8](repeating: 0, count: total)
    let (progress, failure) = input.withUnsafeBytes { input in
      buffer.withUnsafeMutableBytes { inflatePrefix(input, wrapping: .zlib, into: $0) }
    }
    return (Array(buffer.prefix(progress.produced)), failure)
  }

  private func expectSame(_ input: [UInt8], total: Int, _ label: String) {
    let (found, expected) = (pieces(input, total: total), whole(input, total: total))
    #expect(found.bytes == expected.bytes, "\(label), \(total) bytes")
    // Where it stands depends on how near the end of a buffer is.
    #expect(found.failure?.code == expected.failure?.code, "\(label), \(total) bytes")
  }

  static let streams = ((try? Fixtures.files(in: "inflate")) ?? []).filter { $0.hasSuffix(".zlib") }

  @Test("every stream, whole, in part, cut and damaged", arguments: streams)
  func fixtures(name: String) throws {
    let input = try Fixtures.bytes("inflate/\(name)")
    let size = whole(input, total: 1 << 22).bytes.count
    for total in [1, size / 2, size, size + 1, size + 1000] where total > 0 {
      expectSame(input, total: total, name)
    }
    for step in 1..<16 {
      expectSame(Array(input.prefix(input.count * step / 16)), total: size, "\(name) cut")
      var damaged = input
      damaged[input.count * step / 16] ^= 1 << UInt8(step % 8)
      expectSame(damaged, total: size, "\(name) damaged")
    }
  }

  @Test("streams of many pieces: runs, stored blocks, blocks with codes of their own")
  func long() {
    let count = 1_000_003
    let run = zlib(deflatedRun(of: 9, count: count), adler: adlerOfRun(of: 9, count: count))
    #expect(pieces(run, total: count).bytes == [UInt8](repeating: 9, count: count))
    let blocks = zlib(deflatedBlocks(20_000), adler: adlerOfRun(of: 0, count: 20_000))
    var stored: [UInt8] = []
    for part in 0..<20 {
      stored += [part == 19 ? 1 : 0, 0xFF, 0xFF, 0, 0]
      stored += (0..<65_535).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3 &+ part) }
    }
    for (label, input, size) in [
      ("run", run, count), ("blocks", blocks, 20_000),
      ("stored", zlib(stored, adler: 0), 20 * 65_535),
    ] {
      for total in [size - 1, size, size + 1, 131_072, 131_073, 163_840, 32_768] {
        expectSame(input, total: total, label)
      }
    }
  }
}
