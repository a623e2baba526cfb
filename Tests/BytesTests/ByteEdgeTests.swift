// ByteEdgeTests - codes that do not add up, matches one byte too far, links and leftovers.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Support
import Testing

@testable import Bytes

@Suite struct ByteEdgeTests {
  /// Bits in the order of deflate: values least significant first, codes most significant first.
  private struct Bits {
    var bytes: [UInt8] = []
    private var used = 0

    mutating func value(_ value: Int, _ count: Int) {
      for bit in 0..<count {
        if used % 8 == 0 { bytes.append(0) }
        bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << UInt8(used % 8)
        used += 1
      }
    }

    mutating func code(_ value: Int, _ count: Int) {
      for bit in (0..<count).reversed() { self.value(value >> bit & 1, 1) }
    }
  }

  private func failure(_ bytes: [UInt8]) -> String? {
    errorCode { _ = try bytes.withUnsafeBytes { try inflate($0, wrapping: .raw, limit: 1 << 20) } }
  }

  @Test("a code in which bit patterns are left over is refused, as zlib does")
  func incompleteCode() {
    // The last block, dynamic; 257 literals, 1 distance, 16 lengths in the order of RFC 1951: of
    // the code length code, 18 (a run of zeros) and 2 have one bit, so 2 is "0" and 18 is "1".
    var bits = Bits()
    bits.value(5, 3)
    bits.value(0, 5)
    bits.value(0, 5)
    bits.value(12, 4)
    for length in [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] { bits.value(length, 3) }
    for run in [138, 118] {
      bits.code(1, 1)
      bits.value(run - 11, 7)
    }
    // The end of the block has two bits, and three of four patterns mean nothing.
    bits.code(0, 1)
    bits.code(0, 1)
    bits.code(0, 2)
    #expect(failure(bits.bytes + [0, 0]) == "inflate.code-lengths")
  }

  @Test("a match that begins one byte before the output is refused, far from both ends, too")
  func oneByteTooFar() {
    for padding in [64, 4000] {
      var bits = Bits()
      bits.value(3, 3)  // the last block, fixed codes
      bits.code(0x30 + 0x61, 8)
      bits.code(1, 7)  // length 3
      bits.code(1, 5)  // distance 2, of one byte
      bits.value(0, padding)
      #expect(failure(bits.bytes) == "inflate.distance", "\(padding) bits behind it")
    }
  }

  @Test("a link to a name beside it is followed from where it lies")
  func relativeLink() throws {
    let folder = try TemporaryFolder()
    let inside = "\(folder.path)/inside"
    try FileManager.default.createDirectory(
      atPath: inside, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(inside)/link", withDestinationPath: "target")
    try AtomicFile.write("x", to: "\(inside)/link")
    #expect(try String(contentsOfFile: "\(inside)/target", encoding: .utf8) == "x")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: inside).sorted() == ["link", "target"])
  }

  @Test("only what an interrupted write leaves is removed, not other hidden files")
  func leftovers() throws {
    let folder = try TemporaryFolder()
    let kept = [".a.tmp-1", ".a.tmp-1-2-3", ".a.tmp-x-2", ".hidden", ".notes.old-1-2", "a.tmp-1-2"]
    for name in kept + [".a.tmp-1-2", ".x.y.tmp-34-5"] { _ = try folder.write(name, "") }
    AtomicFile.removeLeftovers(in: folder.path)
    #expect(try folder.files == kept.sorted())
  }
}
