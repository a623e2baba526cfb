// JPEGLanesTests - the processor's instructions against what they stand for.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTImaging

@Suite("JPEG's vector operations")
struct JPEGLanesTests {
  @Test("equal their portable forms on every kind of value")
  func equalPortable() {
    var generator = SystemRandomNumberGenerator()
    let edges: [Int16] = [.min, -1, 0, 1, 127, 128, 255, 256, .max]
    for _ in 0..<2000 {
      func lane() -> Lane16 {
        var lane = Lane16.random(in: .min ... .max, using: &generator)
        let place = Int.random(in: 0..<8, using: &generator)
        lane[place] = edges.randomElement(using: &generator) ?? 0
        return lane
      }
      let (x, y) = (lane(), lane())
      let samples = Lane8.random(in: 0...255, using: &generator)
      #expect(Lanes.interleavedLow(x, y) == PortableLanes.interleavedLow(x, y))
      #expect(Lanes.interleavedHigh(x, y) == PortableLanes.interleavedHigh(x, y))
      #expect(Lanes.interleavedHalves(samples) == PortableLanes.interleavedHalves(samples))
      #expect(Lanes.clipped(x, y) == PortableLanes.clipped(x, y))
      #expect(Lanes.dot(x, y[0], y[1]) == PortableLanes.dot(x, y[0], y[1]))
      let range = Int32.min...Int32.max
      let low = Lane32.random(in: range, using: &generator)
      let high = Lane32.random(in: -40000...40000, using: &generator)
      #expect(Lanes.saturated(low, high) == PortableLanes.saturated(low, high))
    }
  }

  @Test("worked examples of the portable forms")
  func workedExamples() {
    let x = Lane16(0, 1, 2, 3, 4, 5, 6, 7)
    #expect(PortableLanes.interleavedLow(x, x &+ 10) == Lane16(0, 10, 1, 11, 2, 12, 3, 13))
    #expect(PortableLanes.interleavedHigh(x, x &+ 10) == Lane16(4, 14, 5, 15, 6, 16, 7, 17))
    #expect(PortableLanes.dot(x, 10, 1) == Lane32(1, 23, 45, 67))
    #expect(
      PortableLanes.saturated(Lane32(-40000, -1, 0, 40000), Lane32(repeating: 5))
        == Lane16(-32768, -1, 0, 32767, 5, 5, 5, 5))
    #expect(PortableLanes.clipped(x &- 1, x &+ 252)[0] == 0)
    #expect(PortableLanes.clipped(x &- 1, x &+ 252)[15] == 255)
  }
}
