// SVGScaleTests - axes and ticks.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct SVGScaleTests {
  @Test func `axes end on a tick and contain their values`() {
    for values in [[0.31, 0.87], [1, 1], [-5, 12.5], [1e-7, 3e-7], [0, 0]] {
      let scale = SVGScale(fitting: values, start: 0, end: 100)
      let ticks = scale.ticks()
      #expect(ticks.count >= 2 && ticks.count <= 12, "\(values)")
      for value in values { #expect((0...100).contains(scale.position(value))) }
      #expect(abs(scale.position(ticks[0].value)) < 1e-6, "\(values)")
      #expect(abs(scale.position(ticks[ticks.count - 1].value) - 100) < 1e-6, "\(values)")
    }
    let log = SVGScale(logarithmic: [4, 775], start: 0, end: 90)
    #expect(log.ticks().map(\.label) == ["1", "10", "100", "1\u{202F}000"])
    #expect(log.position(10) == 30)
    #expect(log.position(0) == 0)
  }

  @Test func `ticks stand at one, two or five`() {
    let scale = SVGScale(fitting: [0, 12], start: 0, end: 100)
    #expect(scale.ticks().map(\.value) == [0, 2, 4, 6, 8, 10, 12])
    #expect(scale.ticks().map(\.label) == ["0", "2", "4", "6", "8", "10", "12"])
    #expect(
      SVGScale(fitting: [0, 5], start: 0, end: 1).ticks().map(\.value) == [0, 1, 2, 3, 4, 5])
  }
}
