// JPEGInverseDCTTests - the inverse transform alone.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LMPTImaging

@Suite("Inverse DCT")
struct JPEGInverseDCTTests {
  private func transform(_ coefficients: [Int16], steps: [Int16]? = nil) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 64)
    inverseDCT(coefficients, steps ?? [Int16](repeating: 1, count: 64), &output, 8)
    return output
  }

  @Test("A DC of 80 lifts the middle grey by 10")
  func workedExample() {
    // The DC coefficient is 8 times the mean.
    var block = [Int16](repeating: 0, count: 64)
    block[0] = 80
    #expect(transform(block) == [UInt8](repeating: 138, count: 64))
    block[0] = 5
    #expect(transform(block, steps: [Int16](repeating: 16, count: 64)).allSatisfy { $0 == 138 })
  }

  @Test("Within one of the exact transform (T.81, A.3.3) on random blocks")
  func closeToExact() {
    var state: UInt64 = 9
    for _ in 0..<200 {
      var block = [Int16](repeating: 0, count: 64)
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        block[Int(state >> 40) % 64] = Int16(Int(state >> 50) % 200 - 100)
      }
      let found = transform(block)
      for y in 0..<8 {
        for x in 0..<8 {
          var sum = 0.0
          for v in 0..<8 {
            for u in 0..<8 {
              let scale = (u == 0 ? 0.5.squareRoot() : 1) * (v == 0 ? 0.5.squareRoot() : 1)
              sum +=
                scale * Double(block[v * 8 + u]) / 4
                * cos(Double((2 * x + 1) * u) * .pi / 16) * cos(Double((2 * y + 1) * v) * .pi / 16)
            }
          }
          let exact = min(255, max(0, sum + 128))
          // 0.5 from rounding the result, the rest from 13-bit constants.
          #expect(abs(Double(found[y * 8 + x]) - exact) <= 0.6)
        }
      }
    }
  }

  @Test("Values beyond the range saturate")
  func saturation() {
    var block = [Int16](repeating: 0, count: 64)
    block[0] = 8000
    #expect(transform(block).allSatisfy { $0 == 255 })
    block[0] = -8000
    #expect(transform(block).allSatisfy { $0 == 0 })
  }

  @Test("Zigzag order visits every position once, along the diagonals")
  func zigzag() {
    #expect(naturalOrder.prefix(10) == [0, 1, 8, 16, 9, 2, 3, 10, 17, 24])
    #expect(Set(naturalOrder.prefix(64)).count == 64)
    #expect(naturalOrder.dropFirst(63).allSatisfy { $0 == 63 })
  }
}
