// EquationTests - every equation that can be run by name has fixtures.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning
import LMPTSupport
import LMPTTensors
import Testing

@Suite struct EquationTests {
  @Test("every equation that can be run alone has fixtures")
  func everyEquationIsCovered() throws {
    let covered = Set(try StoredCases.files.get().map(\.equation.name))
    #expect(covered == Set(Equation.all.map(\.name)))
  }

  @Test(
    "--set factor multiplies E7, whose own factor is 1 in the paper's reading and 2 in the code's")
  func factor() throws {
    let inputs = [
      "logits": Tensor([0.5, -1], shape: [1, 2]), "labels": Tensor([1, 0], shape: [1, 2]),
      "counts": Tensor([3, 5]),
    ]
    func loss(_ settings: [String: String]) throws -> Float {
      let found = try Equation.named("distribution-balanced-loss")(
        inputs, settings: settings.merging(["total": "9"]) { $1 })
      return try #require(found.first { $0.name == "loss" }).value.item
    }
    let paper = try loss([:])
    // Powers of two: nothing is rounded.
    #expect(try loss(["factor": "4"]) == 4 * paper && paper > 0)
    let upstream = try loss(["variant": "upstream"])
    #expect(try loss(["variant": "upstream", "factor": "4"]) == 2 * upstream)
  }
}
