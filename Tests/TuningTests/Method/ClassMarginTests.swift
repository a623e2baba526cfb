// ClassMarginTests - E4: margins that fall with the class count.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct ClassMarginTests {
  @Test("VOC-LT: the margin of cow (4 images) and person (775)")
  func margins() throws {
    let mu = try classMargin(VOCExample.counts)
    expectClose(mu[9], 0.14142, 5e-5)
    expectClose(mu[14], 0.03791, 1.4e-4)  // four digits are written down
  }

  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("class-margin") }

  @Test("it falls with the count")
  func marginFalls() throws {
    let mu = try classMargin(Tensor([1, 2, 10, 100, 1e6])).values
    #expect(zip(mu, mu.dropFirst()).allSatisfy { $0 > $1 })
    #expect(mu[0] == 0.2)
  }

  @Test("softmax of counts, as released: margins are infinite")
  func softmaxCounts() throws {
    let mu = try classMargin(VOCExample.counts, counts: .softmax).values
    #expect(mu.filter { $0 == .infinity }.count == 19)
    #expect(mu[14] == 0.2)
  }

  @Test("a class without images is an error that names it")
  func emptyClass() throws {
    let n = Tensor([3, 0, 5, 1])
    #expect(throws: MethodError.count(class: 1, found: 0)) { try classMargin(n) }
    #expect("\(MethodError.count(class: 1, found: 0))".contains("class 1 has a count of 0"))
  }

  @Test("what it refuses: a scale of 0, counts that are no positive numbers, other shapes")
  func refused() {
    expectRange("scale", allowed: [1e-6, 5], refused: ConstantRange.positive) {
      try classMargin(ConstantRange.n, scale: $0)
    }
    expectBadCounts { try classMargin($0) }
    #expect(throws: ShapeError.self) { try classMargin(.ones([1, 3])) }
  }
}
