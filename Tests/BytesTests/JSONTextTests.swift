// JSONTextTests - writing JSON.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@Suite("JSONText")
struct JSONTextTests {
  @Test("compact text has no white space and keeps the order")
  func compact() {
    let value: JSON = ["b": [1, -2, 0.1, nil], "a": ["x": true], "e": [:], "f": []]
    #expect(value.text() == #"{"b":[1,-2,0.1,null],"a":{"x":true},"e":{},"f":[]}"#)
  }

  @Test("pretty text indents members and keeps plain arrays on one line")
  func pretty() {
    let value: JSON = ["a": [1, 2], "b": [["c": "d"]], "e": [:]]
    let expected = """
      {
        "a": [1, 2],
        "b": [
          {
            "c": "d"
          }
        ],
        "e": {}
      }
      """
    #expect(value.text(pretty: true) == expected)
  }

  @Test("strings escape what RFC 8259 demands and nothing else")
  func strings() {
    #expect(
      JSON.string("\"\\\n\r\t\u{1}\u{1F}/é\u{1F600}").text() == #""\"\\\n\r\t\u0001\u001f/é😀""#)
  }

  @Test("non-finite numbers become null")
  func nonFinite() {
    let value: JSON = [.number(.nan), .number(.infinity), .number(-.infinity)]
    #expect(value.text() == "[null,null,null]")
  }

  @Test("every double reads back to itself")
  func roundTrip() throws {
    var state: UInt64 = 1  // Knuth's MMIX generator
    var values: [Double] = [
      0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e16, 1e-5, 0.1, 1 / 3,
    ]
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state)
      if value.isFinite { values.append(value) }
    }
    let read = try JSON.parse(JSON.array(values.map(JSON.number)).text())
    for (value, element) in zip(values, read.array ?? []) {
      #expect(element.double?.bitPattern == value.bitPattern)
    }
  }
}
