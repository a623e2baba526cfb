// ObjectiveTests - E8: both losses, weighted by lambda.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct ObjectiveTests {
  @Test("by hand")
  func total() throws {
    #expect(try objective(2, 1, lambda: 0.25).item == 1.25)
  }

  @Test("lambda 0 and 1 leave one loss alone, even when the other is not a number")
  func oneLoss() throws {
    #expect(try objective(3, Tensor(.nan), lambda: 1).item == 3)
    #expect(try objective(Tensor(.nan), 4, lambda: 0).item == 4)
    #expect(try objective(Tensor(.nan), 4, lambda: 0.5).item.isNaN)
  }

  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("total-objective") }

  @Test("central differences of a scalar transcription")
  func gradients() throws {
    try expectGradient("E8", at: Tensor([1.5])) { cls in
      try objective(cls.reshaped([]), 0.5, lambda: 0.3)
    } equals: {
      0.3 * $0[0] + 0.7 * 0.5
    }
  }

  @Test("it is linear in lambda")
  func linear() throws {
    let (a, b) = (Tensor(3), Tensor(1))
    let values = try [0, 0.25, 0.5, 0.75, 1].map { try objective(a, b, lambda: $0).item }
    #expect(values == [1, 1.5, 2, 2.5, 3])
    #expect(throws: MethodError.self) { try objective(a, b, lambda: 1.5) }
    #expect(try objective(a, Tensor(.nan), lambda: 1).item == 3)
  }

  @Test("lambda is a share")
  func refused() {
    expectRange("lambda", allowed: [0, 1], refused: [-1e-9, 1 + 1e-9, .nan]) {
      try objective(1, 2, lambda: $0)
    }
  }
}
