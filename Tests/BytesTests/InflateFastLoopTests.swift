// InflateFastLoopTests - matches at the border of what was written.
// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct InflateFastLoopTests {
  @Test("a match that begins one byte before the output is refused, far from both ends, too")
  func oneByteTooFar() {
    for padding in [64, 4000] {
      var bits = BitWriter()
      bits.bits(3, 3)  // the last block, fixed codes
      bits.code(0x30 + 0x61, 8)
      bits.code(1, 7)  // length 3
      bits.code(1, 5)  // distance 2, of one byte
      bits.bits(0, padding)
      expectRefusedStream(bits.bytes, "inflate.distance", "\(padding) bits behind it")
    }
  }
}
