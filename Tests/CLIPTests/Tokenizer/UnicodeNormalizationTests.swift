// UnicodeNormalizationTests - compositions that must and must not happen.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTCLIP

@Suite struct UnicodeNormalizationTests {
  @Test("a mark behind one of its class is not joined, nor is a letter that is none")
  func composition() {
    // Python: unicodedata.normalize("NFC", text).
    for text: [UInt32] in [[0x61, 0x305, 0x301], [0xAC00, 0x11A7], [0xAC01, 0x11A8]] {
      #expect(UnicodeNormalization.composed(text) == text)
    }
    #expect(UnicodeNormalization.composed([0x61, 0x323, 0x302]) == [0x1EAD])
    #expect(UnicodeNormalization.composed([0x61, 0x315, 0x301]) == [0xE1, 0x315])
    #expect(UnicodeNormalization.composed([0xAC00, 0x11A8]) == [0xAC01])
  }
}
