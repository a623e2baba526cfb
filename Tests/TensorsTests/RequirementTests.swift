// RequirementTests - mistakes of a program end it with a message, in optimised code too.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@Suite struct RequirementTests {
  private func ends(
    _ message: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ result: ExitTest.Result?
  ) {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains(message), "\(text)", sourceLocation: sourceLocation)
  }

  @Test func valuesThatDoNotFillAShape() async {
    ends(
      "3 values do not fill shape [2, 2]",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1, 2, 3], shape: [2, 2])
      })
  }

  @Test func anAxisThatIsNotThere() async {
    ends(
      "axis -1 of a tensor of shape []",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = softmax(Tensor(1))
      })
  }

  @Test func aLeafThatIsNone() async {
    ends(
      "not tracked()",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tensor([1, 2])
        _ = gradient(of: sum(x * x), in: x)
      })
  }

  @Test func aNegativeSize() async {
    ends(
      "a tensor of shape [-2, -3]",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([-2, -3])
      })
  }
}
