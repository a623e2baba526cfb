// PropertyTests - what must hold for any input, that readings differ, and bad input.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Support
import Tensors
import Testing

@testable import PromptTuning

@Suite struct PropertyTests {
  private let n = Tensor([6, 34, 8, 775])
  private let z = Tensor([1, -2, 0.5, 3, -1, 2, 4, -3], shape: [2, 4])
  private let y = Tensor([1, 0, 0, 1, 0, 0, 1, 0], shape: [2, 4])
  private let d = Tensor([0.3, 0.02, 0.9, 0.6, 0.05, 1.2, 0.4, 0.01], shape: [2, 4])

  @Test("permuting the classes does not change a loss", arguments: Loss.all)
  func permutation(name: Loss) throws {
    let order = [2, 0, 3, 1]
    func permuted(_ x: Tensor) -> Tensor { x.transposed.gather(order).transposed }
    let counts = n.gather(order)
    let before = try name(z, labels: y, data: LossData(counts: n, images: 1142)).item
    let after = try name(
      permuted(z), labels: permuted(y), data: LossData(counts: counts, images: 1142)
    ).item
    // The sums run in another order.
    expectClose([after], [before], rtol: 1e-6)
  }

  @Test("E5 sums to 1, or averages 1; equal counts give equal weights")
  func weightSums() throws {
    for gamma in [0, 0.5, 2, 8] {
      let sum = try classWeight(n, gamma: gamma).values.reduce(0 as Float) { $0 + $1 }
      let mean =
        try classWeight(n, gamma: gamma, normalization: .mean).values.reduce(0 as Float) { $0 + $1 }
        / 4
      expectClose([sum, mean], [1, 1], rtol: 3e-7)
    }
    #expect(try classWeight(.full([5], 9)).values == [0.2, 0.2, 0.2, 0.2, 0.2])
  }

  @Test("E4 falls with the count")
  func marginFalls() throws {
    let mu = try classMargin(Tensor([1, 2, 10, 100, 1e6])).values
    #expect(zip(mu, mu.dropFirst()).allSatisfy { $0 > $1 })
    #expect(mu[0] == 0.2)
  }

  @Test("a perfect prediction costs nothing, with no gradient", arguments: Loss.all)
  func perfect(name: Loss) throws {
    let labels = Tensor([1, 0, 0, 0, 0, 0, 0, 1], shape: [2, 4])
    let perfect = ((labels * 2 - 1) * 1e4).tracked()
    let loss = try name(
      perfect, labels: labels, data: LossData(counts: n, images: 1142))
    #expect(loss.item == 0)
    #expect(gradient(of: loss, in: perfect).values.allSatisfy { $0 == 0 })
  }

  @Test("E6 of satisfied distances is 0, and has no gradient at d = mu")
  func satisfied() throws {
    let mu = try classMargin(n)
    let d = (mu.expanded(to: [2, 4]) * (1 - y)).detached.tracked()
    let loss = try embeddingLoss(d, labels: y, margin: mu, weight: classWeight(n))
    #expect(loss.item == 0)
    let slope = gradient(of: loss, in: d)
    #expect((slope * (1 - y)).values.allSatisfy { $0 == 0 })
    #expect((slope * y).values.reduce(0 as Float) { $0 + $1 } > 0)
  }

  @Test("E8 is linear in lambda")
  func linear() throws {
    let (a, b) = (Tensor(3), Tensor(1))
    let values = try [0, 0.25, 0.5, 0.75, 1].map { try objective(a, b, lambda: $0).item }
    #expect(values == [1, 1.5, 2, 2.5, 3])
    #expect(throws: MethodError.self) { try objective(a, b, lambda: 1.5) }
    #expect(try objective(a, Tensor(.nan), lambda: 1).item == 3)
  }

  @Test("the open decisions are different numbers")
  func readingsDiffer() throws {
    let mu = try classMargin(n)
    func cse(_ normalization: WeightNormalization, _ reading: Reading) throws -> Float {
      let omega = try classWeight(n, normalization: normalization)
      return try embeddingLoss(d, labels: y, margin: mu, weight: omega, reading: reading).item
    }
    expectClose(
      [try cse(.mean, .paper)], [4 * (try cse(.sum, .paper))], rtol: 1e-6)  // C = 4
    #expect(try cse(.sum, .paper) != cse(.sum, .released))

    let readings = try [Reading.Focal.cell, .batch].flatMap { focal in
      try [Reading.Bias.kappa, .kappaOverLambda].map { bias in
        try distributionBalancedLoss(
          z, labels: y, counts: n, images: 1142,
          reading: .paper.with(focal: focal, bias: bias, factor: 1)
        ).item
      }
    }
    #expect(Set(readings).count == 4)
    #expect(
      try asymmetricLoss(z, labels: y, reduction: .sum).item
        != asymmetricLoss(z, labels: y).item)
  }

  @Test("softmax scores rank images in another order than logits")
  func scores() throws {
    let z = Tensor([2, 1, 3, 4], shape: [2, 2])  // of the second image both classes are greater
    let p = probabilities(z)
    #expect(z.values[2] > z.values[0] && p.values[2] < p.values[0])
  }

  @Test("the asymmetric loss keeps its precision when it clips little")
  func smallClip() throws {
    for clip in [1e-3, 1e-5, 1e-7] {
      for logit in [-3, 0.5, 10, 14] {
        let z = Tensor(Float(logit)).reshaped([1, 1]).tracked()
        let loss = try asymmetricLoss(z, labels: .zeros([1, 1]), clip: clip)
        // Both sides in Double: 1 - m is sigmoid(-z) + clip.
        let m = max(1 / (1 + exp(-logit)) - clip, 0)
        let rest = min(1 / (1 + exp(logit)) + clip, 1)
        let expected = -pow(m, 4) * (m < 0.5 ? log1p(-m) : log(rest))
        expectClose([Double(loss.item)], [expected], rtol: 2e-6, "\(clip) \(logit)")
        let slope = pow(m, 4) / (1 + exp(logit)) / (1 + exp(-logit)) / rest
        let found = Double(gradient(of: loss, in: z).item)
        expectClose([found], [slope], rtol: 2e-6, "gradient \(clip) \(logit)")
      }
    }
  }

  @Test("a bias that nothing scales is no factor", arguments: Loss.all)
  func unscaledBias(name: Loss) throws {
    var data = LossData(counts: Tensor([10, 10, 4]), images: 10)
    data.options.kappa = 0
    let z = Tensor([1, -2, 0.5], shape: [1, 3]).tracked()
    let value = try name(z, labels: Tensor([1, 1, 0], shape: [1, 3]), data: data)
    #expect(value.isFinite && gradient(of: value, in: z).isFinite)
  }

  @Test("weights that fit no axis are refused, not trapped on")
  func weightShapes() {
    let weight = Tensor.ones([3])
    #expect(throws: ShapeError.self) { try binaryCrossEntropy(z, labels: y, weight: weight) }
    #expect(throws: ShapeError.self) { try resampleLoss(z, labels: y, weight: weight) }
    #expect(throws: ShapeError.self) { try resampleLoss(z, labels: y, bias: weight) }
  }

  @Test("the released sign pushes a matching caption away, the paper's pulls it in")
  func signs() throws {
    let d = Tensor([0.01], shape: [1, 1]).tracked()
    let one = Tensor([1], shape: [1, 1])
    for (reading, sign) in [(Reading.paper, 1 as Float), (.released, -1)] {
      let loss = try embeddingLoss(d, labels: one, margin: 0.2, weight: 1, reading: reading)
      #expect(gradient(of: loss, in: d).values == [sign])
    }
  }

  @Test("softmax of counts, as released: margins are infinite and weights are not numbers")
  func softmaxCounts() throws {
    let mu = try classMargin(OracleTests.counts, counts: .softmax).values
    let omega = try classWeight(OracleTests.counts, counts: .softmax).values
    #expect(mu.filter { $0 == .infinity }.count == 19)
    #expect(mu[14] == 0.2)
    #expect(omega.filter(\.isNaN).count == 19)
  }

  @Test("the released number of batches in place of images has no bias for 12 classes")
  func batchesAsTotal() throws {
    // 1142 images in batches of 64 are 18 batches.
    let n = OracleTests.counts
    #expect(n.values.filter { $0 > 18 }.count == 12)
    #expect(throws: MethodError.countAboveTotal(class: 1, found: 34, total: 18)) {
      try classBias(n, images: 18)
    }
  }

  @Test("a class without images is an error that names it")
  func emptyClass() throws {
    let n = Tensor([3, 0, 5, 1])
    #expect(throws: MethodError.count(class: 1, found: 0)) { try classMargin(n) }
    #expect(throws: MethodError.count(class: 1, found: 0)) { try classWeight(n) }
    #expect(throws: MethodError.count(class: 1, found: 0)) {
      try distributionBalancedLoss(z, labels: y, counts: n, images: 10)
    }
    #expect("\(MethodError.count(class: 1, found: 0))".contains("class 1 has a count of 0"))
  }

  @Test("bad labels and shapes are errors")
  func badInput() throws {
    let half = Tensor([1, 0, 0.5, 1, 0, 0, 1, 0], shape: [2, 4])
    #expect(throws: MethodError.label(row: 0, class: 2, found: 0.5)) {
      try binaryCrossEntropy(z, labels: half)
    }
    #expect(throws: ShapeError.self) { try binaryCrossEntropy(z, labels: y.transposed) }
    #expect(throws: ShapeError.self) {
      try distributionBalancedLoss(z, labels: y, counts: Tensor([1, 2]), images: 10)
    }
    #expect(throws: ShapeError.self) { try logits(z, .ones([3, 5]), scale: 1) }
    #expect(throws: MethodError.self) {
      try captionDistance(tokens: .ones([2, 3, 4]), prompts: .ones([5, 3, 4]), split: 3)
    }
  }

  @Test("not-a-number in a logit gives not-a-number, never a trap", arguments: Loss.all)
  func nonFinite(name: Loss) throws {
    let bad = Tensor([1, .nan, 0.5, 3, -1, 2, 4, -3], shape: [2, 4]).tracked()
    let loss = try name(bad, labels: y, data: LossData(counts: n, images: 1142))
    #expect(loss.item.isNaN)
    #expect(gradient(of: loss, in: bad).values[1].isNaN)
  }

  @Test("an image without positives is weighted alpha + 1")
  func noPositives() throws {
    var constants = BalancedConstants()
    constants.alpha = 0.25
    let r = try rebalanceWeight(.zeros([1, 4]), counts: n, constants: constants)
    #expect(r.values == [1.25, 1.25, 1.25, 1.25])
  }

  @Test("a class that every image has: its positives cost nothing")
  func classOfEveryImage() throws {
    for reading in [Reading.paper, .upstream, .released] {
      for gamma in [0.0, 2] {
        var constants = BalancedConstants()
        constants.gamma = gamma
        let leaf = Tensor([0.5], shape: [1, 1]).tracked()
        let loss = try distributionBalancedLoss(
          leaf, labels: .ones([1, 1]), counts: Tensor([10]), images: 10,
          constants: constants, reading: reading)
        #expect(loss.item == 0)
        #expect(gradient(of: loss, in: leaf).values == [0])
      }
    }
    // Without a bias to scale, an infinite one is no factor either: a negative of such a class.
    var constants = BalancedConstants()
    constants.kappa = 0
    let plain = try distributionBalancedLoss(
      Tensor([0.5], shape: [1, 1]), labels: .zeros([1, 1]), counts: Tensor([10]), images: 10,
      constants: constants)
    #expect(plain.item.isFinite)
  }
}
