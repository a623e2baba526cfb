// LabelPlacerTests - names that cover nothing.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct LabelPlacerTests {
  @Test func `labels never cover each other and leave out what has no room`() {
    var placer = LabelPlacer(bounds: .init(x: 0, y: 0, width: 200, height: 30))
    let places = (0..<9).map { _ in placer.place("label", x: 100, y: 15) }
    let placed = places.compactMap(\.self)
    #expect(!placed.isEmpty && placed.count < 9)
    for (index, a) in placed.enumerated() {
      for b in placed[..<index] {
        #expect(abs(a.x - b.x) >= SVGCanvas.textWidth("label", size: 11) || abs(a.y - b.y) >= 11)
      }
    }
  }
}
