// WorkedExampleTests - what the page prints adds up to the loss that training takes.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTPaper

@Suite struct WorkedExampleTests {
  /// Built once: it runs both towers.
  static let example = Result {
    try WorkedExample(checkout: Fixtures.root.deletingLastPathComponent().path)
  }

  let example: WorkedExample
  init() throws { example = try Self.example.get() }

  /// The printed numbers of a value, read back as a person would.
  private func read(_ tag: String, _ name: String) throws -> [Double] {
    let value = try #require(try example.step(tag)?.value(name), "\(tag) prints no \(name)")
    #expect(value.isComplete)
    return try value.printed.map { text in
      try #require(Double(text.replacingOccurrences(of: "\u{2212}", with: "-")), "\(text)")
    }
  }

  @Test func theClassesAreOneOfEachGroup() {
    #expect(example.classes.counts == [775, 48, 6])
    #expect(example.classes.images == 1142)
    #expect(example.labels.values == [1, 0, 1, 0, 1, 0])
  }

  @Test func everyTensorOfClassesIsComplete() throws {
    for tag in WorkedExample.tags {
      let step = try #require(try example.step(tag))
      for value in step.values where [[2, 3], [3], []].contains(value.shape) {
        #expect(value.isComplete && value.values.count == value.shape.reduce(1, *))
        #expect(value.values.allSatisfy { $0.isFinite }, "\(tag) \(value.identifier)")
      }
    }
  }

  /// Five digits of each factor: a relative error of some 1e-5 at each.
  @Test func theLossAddsUpFromWhatIsPrinted() throws {
    let (y, d) = (try read("E6", "y"), try read("E3", "distance"))
    let (mu, omega) = (try read("E4", "margin"), try read("E5", "weight"))
    var cse = 0.0
    for cell in 0..<6 {
      let part = y[cell] == 1 ? d[cell] : max(0, mu[cell % 3] - d[cell])
      cse += omega[cell % 3] * part / 6
    }
    #expect(abs(cse - Double(example.paper.cse)) < 1e-4 * cse)

    let (w, focal) = (try read("E7", "weight"), try read("E7", "focal"))
    let (entropy, c) = (try read("E7", "entropy"), try read("E7", "divisor"))
    var cls = 0.0
    for cell in 0..<6 { cls += w[cell] * focal[cell] * entropy[cell] / c[cell] / 6 }
    #expect(abs(cls - Double(example.paper.cls)) < 1e-4 * cls)

    let lambda = try read("E8", "lambda")[0]
    let total = lambda * cls + (1 - lambda) * cse
    #expect(abs(total - Double(example.paper.total)) < 1e-4 * total)
  }

  /// Each cell by the formula alone, in Double: the sums above hardly feel a small cell.
  @Test func everyCellFollowsFromWhatIsPrinted() throws {
    let omega = try read("E6", "omega")
    let (attract, repel, cost) = (
      try read("E6", "attract"), try read("E6", "repel"), try read("E6", "cost")
    )
    for cell in 0..<6 {
      let expected = omega[cell % 3] * (attract[cell] + repel[cell])
      #expect(abs(cost[cell] - expected) <= 1e-4 * expected, "E6, cell \(cell)")
    }
    let (t, w) = (try read("E7", "signed"), try read("E7", "weight"))
    let focal = try read("E7", "focal")
    let (entropy, c, whole) = (
      try read("E7", "entropy"), try read("E7", "divisor"), try read("E7", "cost")
    )
    for cell in 0..<6 {
      let miss = 1 / (1 + exp(t[cell]))
      // Half of t's last digit, 5e-5 below 10 and 5e-4 from there on, twice and relative.
      #expect(abs(focal[cell] - miss * miss) <= 2e-3 * focal[cell], "E7, cell \(cell)")
      let expected = w[cell] * focal[cell] * entropy[cell] / c[cell]
      #expect(abs(whole[cell] - expected) <= 1e-4 * expected, "E7, cell \(cell)")
    }
  }

  /// By the formulas alone, in Double, from what is printed before. Five digits: 1e-5 of each number.
  @Test func scoresMarginsAndWeightsFollowFromWhatIsPrinted() throws {
    func near(_ found: [Double], _ expected: [Double], _ name: String) {
      #expect(found.count == expected.count, "\(name)")
      for (a, b) in zip(found, expected) {
        #expect(abs(a - b) <= 1e-4 * abs(b), "\(name): \(a), \(b)")
      }
    }
    let (cosine, scale) = (try read("E2", "cosine"), try read("E2", "scale")[0])
    let z = try read("E2", "logits")
    near(z, cosine.map { $0 * scale }, "z")
    // An error of 5e-5 in a logit, half of its last digit, is 5e-4 of a probability.
    let p = try read("E2", "probabilities")
    for k in 0..<2 {
      let powers = z[(k * 3)..<(k * 3 + 3)].map(exp)
      for i in 0..<3 {
        let expected = powers[i] / powers.reduce(0, +)
        #expect(abs(p[k * 3 + i] - expected) <= 2e-3 * expected, "p")
      }
    }
    let n = try read("E4", "n")
    near(try read("E4", "margin"), n.map { 0.2 / pow($0, 0.25) }, "mu")
    let total = n.reduce(0) { $0 + 1 / ($1 * $1) }
    near(try read("E5", "weight"), n.map { 1 / ($0 * $0) / total }, "omega")
  }

  /// From the printed logits on, in Double and by the formula alone.
  @Test func theClassificationLossFollowsFromTheLogits() throws {
    let (y, z) = (try read("E7", "y"), try read("E2", "logits"))
    let n = try read("E7", "n")
    let images = try read("E7", "images")[0]
    var loss = 0.0
    for k in 0..<2 {
      let expected = (0..<3).reduce(0.0) { $0 + (y[k * 3 + $1] == 1 ? 1 / n[$1] : 0) }
      for i in 0..<3 {
        let isPositive = y[k * 3 + i] == 1
        let weight = 0.1 + 1 / (1 + exp(-10 * (1 / n[i] / expected - 0.3)))
        let shifted = z[k * 3 + i] - 0.05 * log(images / n[i] - 1)
        let t = isPositive ? shifted : -5 * shifted
        let entropy = t > 0 ? log1p(exp(-t)) : -t + log1p(exp(t))
        let miss = 1 / (1 + exp(t))
        loss += weight * miss * miss * entropy / (isPositive ? 1 : 5) / 6
      }
    }
    #expect(abs(loss - Double(example.paper.cls)) < 2e-4 * loss)
  }

  @Test func theStepLowersTheLoss() {
    #expect(example.paper.step.losses.total < example.paper.total)
  }

  @Test func theReadingsDiffer() throws {
    for reading in try example.readings() {
      #expect(reading.paper.count == reading.released.count)
      #expect(reading.paper != reading.released, "\(reading.what)")
      #expect(reading.labels.map { $0.count == reading.paper.count } ?? true)
    }
  }
}
