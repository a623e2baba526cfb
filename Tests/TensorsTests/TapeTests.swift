// TapeTests - long tapes, functions of one's own, and what a tensor says of itself.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@Suite struct TapeTests {
  @Test func aLongTapeNeedsNoStack() {
    let x = Tensor(1).tracked()
    var y = x
    for _ in 0..<200_000 { y = y + 1 }
    #expect(y.item == 200_001)
    #expect(gradient(of: y, in: x).item == 1)
  }

  @Test func aTapeThatIsHeldElsewhereStays() {
    let x = Tensor(3).tracked()
    var y = x * x
    let held = y
    for _ in 0..<1000 { y = y + 1 }
    y = Tensor(0)
    #expect(gradient(of: held, in: x).item == 6)
  }

  @Test func aFunctionOfOnesOwnHasItsGradient() {
    func tanh(_ x: Tensor) -> Tensor {
      let value = Tensor(x.values.map(Foundation.tanh), shape: x.shape)
      return primitive(value, (x, { g in g * (1 - value * value) }))
    }
    let x = Tensor([-2, -0.1, 0.3, 1.5]).tracked()
    let slopes = gradient(of: sum(2 * tanh(x)), in: x).values
    expectClose(
      slopes.map(Double.init),
      x.values.map { 2 * (1 - pow(Foundation.tanh(Double($0)), 2)) }, atol: 1e-6, rtol: 1e-6)
  }

  @Test func oneOpenSizeIsWhatIsLeft() {
    let x = Tensor([1, 2, 3, 4, 5, 6])
    #expect(x.reshaped([-1]).shape == [6])
    #expect(x.reshaped([2, -1]).shape == [2, 3])
    #expect(Tensor.zeros([0, 3]).reshaped([-1, 3]).shape == [0, 3])
  }

  @Test func aTensorShowsItsNumbers() {
    #expect("\(Tensor([1, 2.5], shape: [1, 2]))" == "Tensor(shape: [1, 2], values: [1.0, 2.5])")
    #expect("\(Tensor.zeros([9]))".hasSuffix(", ...])"))
  }

  @Test func numbersStandOnEitherSide() {
    let x = Tensor([2, 4]).tracked()
    #expect((1 + x).values == [3, 5] && (8 as Float / x).values == [4, 2])
    #expect(gradient(of: sum(8 as Float / x), in: x).values == [-2, -0.5])
  }

  @Test("frozen inputs get no gradient and cost none")
  func frozen() {
    let x = Tensor([1, 2]).tracked()
    let w = Tensor([3, 4])
    let y = x * w
    #expect(y.isTracked)
    #expect(!(w * w).isTracked)
    #expect(gradients(of: sum(y), in: [x])[0].values == [3, 4])
    #expect(gradients(of: sum(w * w), in: [x])[0].values == [0, 0])
  }

  @Test("a value used twice gets the sum of both gradients")
  func shared() {
    let x = Tensor([2]).tracked()
    #expect(gradient(of: sum(x * x + x), in: x)[0] == 5)
  }
}
