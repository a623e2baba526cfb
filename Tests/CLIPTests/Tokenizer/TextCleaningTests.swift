// TextCleaningTests - single steps of the cleaning, expectations written down from Python.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTCLIP

@Suite struct TextCleaningTests {
  static func clean(_ text: String) -> String {
    String(decoding: TextCleaning.clean(text), as: UTF8.self)
  }

  @Test(
    "each repair of ftfy",
    arguments: [
      ("  A\t b\r\nC ", "a b c"),
      ("sch\u{C3}\u{B6}n", "sch\u{F6}n"),  // UTF-8 read as Latin-1
      ("\u{E2}\u{20AC}\u{153}x", "\"x"),  // as Windows-1252, then uncurled
      ("voil\u{C3} le travail", "voil\u{E0} le travail"),  // A0 lost to a space
      ("\u{2018}it\u{2019}s\u{201D}", "'it's\""),
      ("\u{FB01}ne \u{132}", "fine ij"),
      ("\u{FF21}\u{3000}\u{FF76}\u{FF9E}", "a \u{30AC}"),  // width, then composition
      ("\u{1B}[36;44mblue\u{1B}[0m", "blue"),
      ("a\u{0}b\u{FEFF}c", "abc"),
      ("e\u{301}", "\u{E9}"),
      ("P&EACUTE;REZ &lt;b&gt;", "p\u{E9}rez <b>"),
      ("<b> &notit; &ampx", "<b> \u{AC}it; &x"),  // HTML: html.unescape without a semicolon
      ("<b> &amp;amp;lt;", "<b> &lt;"),  // unescaped twice, not three times
      ("&amp;amp;lt;", "<"),  // mistakes are repaired until nothing changes
      ("\u{3A3}\u{399}\u{3A3}", "\u{3C3}\u{3B9}\u{3C2}"),
      ("\u{130}", "i\u{307}"),
    ])
  func repairs(text: String, cleaned: String) {
    #expect(Self.clean(text) == cleaned)
  }

  @Test("plain text takes a short way with the same result")
  func shortWay() {
    for text in ["A photo  of\ta dog.\n", "", " \n", "x<y", "it's 5 o'clock!"] {
      let long = TextCleaning.clean(Array(text.unicodeScalars.map(\.value)))
      #expect(TextCleaning.clean(text) == UTF8Scalars.encode(long))
    }
  }

  @Test("limit: beside other characters than ASCII, references nested beyond 64 passes stay")
  func nestedReferences() {
    func nested(_ depth: Int) -> String { "&" + String(repeating: "amp;", count: depth) }
    // ftfy repairs until nothing changes, whatever the depth.
    #expect(Self.clean(nested(1 << 10)) == "&")
    #expect(Self.clean(nested(200_000) + nested(3) + "eacute;") == "&\u{E9}")
    #expect(Self.clean("\u{E9}" + nested(60)) == "\u{E9}&")
    let deep = Self.clean("\u{E9}" + nested(1 << 10))
    #expect(deep.hasPrefix("\u{E9}&amp;") && deep.utf8.count < 4 << 10)
  }

  @Test("limit: a number of more than 4,300 digits is U+FFFD, where Python raises")
  func longNumbers() {
    #expect(Self.clean("<&#" + String(repeating: "9", count: 5000) + ";") == "<\u{FFFD}")
  }
}
