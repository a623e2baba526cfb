// InflateTableTests - codes that do not add up.
// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct InflateTableTests {
  @Test("a code in which bit patterns are left over is refused, as zlib does")
  func incompleteCode() {
    // The last block, dynamic; 257 literals, 1 distance, 16 lengths in the order of RFC 1951: of
    // the code length code, 18 (a run of zeros) and 2 have one bit, so 2 is "0" and 18 is "1".
    var bits = BitWriter()
    bits.bits(5, 3)
    bits.bits(0, 5)
    bits.bits(0, 5)
    bits.bits(12, 4)
    for length in [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] { bits.bits(length, 3) }
    for run in [138, 118] {
      bits.code(1, 1)
      bits.bits(run - 11, 7)
    }
    // The end of the block has two bits, and three of four patterns mean nothing.
    bits.code(0, 1)
    bits.code(0, 1)
    bits.code(0, 2)
    expectRefusedStream(bits.bytes + [0, 0], "inflate.code-lengths")
  }
}
