// PromptShiftTests - how far class features moved, by hand and against numpy.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("movement of the prompts")
struct PromptShiftTests {
  @Test("by hand: the same direction, a right angle, the opposite, and no direction")
  func byHand() throws {
    let start = Tensor([3, 0, 1, 0, 0, 2, 1, 1], shape: [4, 2])
    let tuned = Tensor([0.5, 0, 0, 7, 0, -1, 0, 0], shape: [4, 2])
    let shift = try PromptShift(
      tuned: tuned, zeroShot: start, groups: [.head, .tail, .tail, .tail])
    #expect(shift.perClass == [0, 1, 2, 1])
    #expect(shift.groups == [.head: 0, .tail: 4.0 / 3])
  }

  @Test("numpy, each class and the means of the groups")
  func numpy() throws {
    let fixture = try FixtureTensors("metrics/diagnostics.safetensors")
    func matrix(_ name: String) throws -> Tensor {
      Tensor(try fixture.doubles(name).map { Float($0) }, shape: [20, 16])
    }
    let groups = try fixture.doubles("trend/counts").map { ClassGroup(count: $0) }
    let shift = try PromptShift(
      tuned: matrix("shift/tuned"), zeroShot: matrix("shift/start"), groups: groups)
    // Sums of 16 products of Float inputs, in Double on both sides.
    expectClose(shift.perClass, try fixture.doubles("shift/moved"), atol: 1e-12, rtol: 0, "moved")
    let means = ClassGroup.allCases.compactMap { shift.groups[$0] }
    expectClose(means, try fixture.doubles("shift/groups"), atol: 1e-12, rtol: 0, "groups")
  }

  @Test("features of other classes are an error, not a trap")
  func shapes() {
    let features = Tensor.ones([2, 3])
    #expect(throws: ShapeError.self) {
      try PromptShift(tuned: .ones([3, 3]), zeroShot: features, groups: [.head, .tail])
    }
    #expect(throws: ShapeError.self) {
      try PromptShift(tuned: features, zeroShot: features, groups: [.head])
    }
    #expect(throws: ShapeError.self) {
      try PromptShift(tuned: .ones([2]), zeroShot: .ones([2]), groups: [.head, .tail])
    }
  }
}
