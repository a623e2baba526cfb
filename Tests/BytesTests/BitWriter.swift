// BitWriter - deflate streams spelled out bit by bit.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

/// Writes bits from the low end, so that tests can spell out a stream.
struct BitWriter {
  var bytes: [UInt8] = []
  private var used = 0

  mutating func bits(_ value: Int, _ count: Int) {
    for bit in 0..<count {
      if used % 8 == 0 { bytes.append(0) }
      if value >> bit & 1 == 1 { bytes[bytes.count - 1] |= 1 << UInt8(used % 8) }
      used += 1
    }
  }

  /// A Huffman code goes first bit first.
  mutating func code(_ value: Int, _ count: Int) {
    for bit in (0..<count).reversed() { bits(value >> bit & 1, 1) }
  }
}

/// Inflates bytes, expecting that they are refused with this code.
func expectRefusedStream(
  _ bytes: [UInt8], _ code: String, _ label: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let error = #expect(throws: InflateError.self, "\(label)", sourceLocation: sourceLocation) {
    try bytes.withUnsafeBytes { try inflate($0, wrapping: .raw, limit: 1 << 20) }
  }
  #expect(error?.code == code, "\(label)", sourceLocation: sourceLocation)
}
