// ConstantRangeTests - which constants and shapes an equation refuses, at the very border.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Support
import Tensors
import Testing

@testable import PromptTuning

@Suite struct ConstantRangeTests {
  private let n = Tensor([6, 34, 8])
  private let z = Tensor([1, -2, 0.5], shape: [1, 3])
  private let y = Tensor([1, 0, 0], shape: [1, 3])

  private func expectRange(
    _ name: String, allowed: [Double], refused: [Double], _ body: (Double) throws -> Tensor
  ) {
    for value in allowed {
      #expect(throws: Never.self, "\(name) \(value)") { try body(value) }
    }
    for value in refused {
      let error = #expect(throws: MethodError.self, "\(name) \(value)") { try body(value) }
      guard case .parameter(_, let found, _) = error else {
        Issue.record("\(name) \(value): \(String(describing: error))")
        continue
      }
      #expect(found == value || (found.isNaN && value.isNaN))
    }
  }

  @Test("E4, E5, E7 and E8")
  func equations() {
    let positive: [Double] = [0, -0.1, .infinity, .nan]
    expectRange("E4 scale", allowed: [1e-6, 5], refused: positive) { try classMargin(n, scale: $0) }
    expectRange("E5 gamma", allowed: [-3, 0, 3], refused: [.infinity, -.infinity, .nan]) {
      try classWeight(n, gamma: $0)
    }
    expectRange("E7 lambda", allowed: [1e-3], refused: positive) {
      var constants = BalancedConstants()
      constants.lambda = $0
      return try distributionBalancedLoss(
        z, labels: y, counts: n, images: 50, constants: constants)
    }
    expectRange("E7 focal", allowed: [0, 0.5], refused: [-0.1, .infinity, .nan]) {
      var constants = BalancedConstants()
      constants.gamma = $0
      return try distributionBalancedLoss(
        z, labels: y, counts: n, images: 50, constants: constants)
    }
    expectRange("E7 total", allowed: [34, 35], refused: positive) { try classBias(n, images: $0) }
    expectRange("E8 lambda", allowed: [0, 1], refused: [-1e-9, 1 + 1e-9, .nan]) {
      try objective(1, 2, lambda: $0)
    }
    #expect(throws: MethodError.countAboveTotal(class: 1, found: 34, total: 33)) {
      try classBias(n, images: 33)
    }
  }

  @Test("the other losses")
  func losses() {
    let positive: [Double] = [0, -0.1, .infinity, .nan]
    let exponent: [Double] = [-0.1, .infinity, .nan]
    expectRange("asl clip", allowed: [0, 0.99], refused: [-0.01, 1, .nan]) {
      try asymmetricLoss(z, labels: y, clip: $0)
    }
    expectRange("asl eps", allowed: [1e-30], refused: positive) {
      try asymmetricLoss(z, labels: y, eps: $0)
    }
    expectRange("asl gamma_neg", allowed: [0], refused: exponent) {
      try asymmetricLoss(z, labels: y, gammaNegative: $0)
    }
    expectRange("asl gamma_pos", allowed: [0], refused: exponent) {
      try asymmetricLoss(z, labels: y, gammaPositive: $0)
    }
    expectRange("focal gamma", allowed: [0], refused: exponent) {
      try focalLoss(z, labels: y, gamma: $0)
    }
    expectRange("focal alpha", allowed: [0, 1], refused: [-0.01, 1.01, .nan]) {
      try focalLoss(z, labels: y, alpha: $0)
    }
    expectRange("cb beta", allowed: [0, 0.999], refused: [-0.01, 1, .nan]) {
      try classBalancedWeight(y, counts: n, beta: $0)
    }
    expectRange("inverse total", allowed: [1], refused: positive) {
      try inverseFrequencyWeight(n, images: $0)
    }
    expectRange("inverse power", allowed: [0], refused: exponent) {
      try inverseFrequencyWeight(n, images: 50, power: $0)
    }
    expectRange("ldam margin", allowed: [0], refused: exponent) {
      try ldamLoss(z, labels: y, counts: n, margin: $0)
    }
    expectRange("ldam scale", allowed: [1e-3], refused: positive) {
      try ldamLoss(z, labels: y, counts: n, scale: $0)
    }
    expectRange("resample lambda", allowed: [1e-3], refused: positive) {
      try resampleLoss(z, labels: y, lambda: $0)
    }
    expectRange("resample focal", allowed: [0], refused: exponent) {
      try resampleLoss(z, labels: y, gamma: $0)
    }
  }

  @Test("counts that are not positive numbers, and labels between 0 and 1, name their place")
  func values() throws {
    for bad in [0, -1, Float.infinity, .nan] {
      for (index, counts) in [Tensor([bad, 2, 3]), Tensor([1, 2, bad])].enumerated() {
        let calls: [() throws -> Tensor] = [
          { try classMargin(counts) }, { try classWeight(counts) },
          { try rebalanceWeight(y, counts: counts) }, { try classBias(counts, images: 9) },
          { try classBalancedWeight(y, counts: counts) },
          { try inverseFrequencyWeight(counts, images: 9) },
          { try ldamLoss(z, labels: y, counts: counts) },
        ]
        for call in calls {
          let error = #expect(throws: MethodError.self) { try call() }
          guard case .count(let place, _) = error else {
            Issue.record("\(bad): \(String(describing: error))")
            continue
          }
          #expect(place == index * 2)
        }
      }
    }
    let half = Tensor([1, 0, 0, 0, 1, 0.5], shape: [2, 3])
    let two = Tensor([1, -2, 0.5, 1, 2, 3], shape: [2, 3])
    let calls: [() throws -> Tensor] = [
      { try embeddingLoss(two, labels: half, margin: 0.2, weight: 1) },
      { try rebalanceWeight(half, counts: n) }, { try softmaxCrossEntropy(two, labels: half) },
      { try rankingLoss(two, labels: half) }, { try multiLabelSoftMargin(two, labels: half) },
      { try classBalancedWeight(half, counts: n) }, { try focalLoss(two, labels: half) },
    ]
    for call in calls {
      #expect(throws: MethodError.label(row: 1, class: 2, found: 0.5)) { try call() }
    }
  }

  @Test("shapes that do not fit are errors, not traps")
  func shapes() {
    let (pair, token) = (Tensor.ones([2, 4]), Tensor.ones([2, 3, 4]))
    let calls: [(String, () throws -> Tensor)] = [
      ("E2 rank", { try logits(token, pair, scale: 1) }),
      ("E2 texts", { try logits(pair, token, scale: 1) }),
      ("E3 width", { try captionDistance(sentences: pair, prompts: .ones([5, 3])) }),
      ("E3 rank", { try captionDistance(sentences: token, prompts: token) }),
      ("E3 prompts' rank", { try captionDistance(sentences: pair, prompts: token) }),
      ("E3 length", { try captionDistance(tokens: token, prompts: .ones([5, 4, 4]), split: 1) }),
      (
        "E3 instance width",
        { try captionDistance(tokens: token, lengths: [3, 3], instance: .ones([5, 2, 3])) }
      ),
      (
        "E3 lengths",
        { try captionDistance(tokens: token, lengths: [3], instance: .ones([5, 2, 4])) }
      ),
      (
        "E3 nothing left",
        {
          try captionDistance(
            tokens: .ones([2, 1, 4]), lengths: [2, 2], instance: .ones([5, 2, 4]))
        }
      ),
      ("E6 margin", { try embeddingLoss(z, labels: y, margin: .ones([2]), weight: 1) }),
      ("E6 weight", { try embeddingLoss(z, labels: y, margin: 0.2, weight: .ones([4])) }),
      ("E6 labels", { try embeddingLoss(z, labels: .ones([3, 1]), margin: 0.2, weight: 1) }),
      ("E7 counts", { try rebalanceWeight(y, counts: .ones([2])) }),
      ("E4 counts", { try classMargin(.ones([1, 3])) }),
      ("loss rank", { try binaryCrossEntropy(Tensor([1, 2]), labels: Tensor([1, 0])) }),
    ]
    for (name, call) in calls {
      #expect(throws: ShapeError.self, "\(name)") { try call() }
    }
    for split in [-1, 3] {
      #expect(throws: MethodError.self, "\(split)") {
        try captionDistance(tokens: token, prompts: .ones([5, 3, 4]), split: split)
      }
    }
    #expect(throws: Never.self) {
      try captionDistance(tokens: token, lengths: [2, 3], instance: .ones([5, 2, 4]))
    }
    #expect(throws: MethodError.self) {
      try captionDistance(tokens: token, lengths: [1, 3], instance: .ones([5, 2, 4]))
    }
  }
}
