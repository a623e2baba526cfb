// SearchSpaceTests - what trials are drawn from.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("search spaces")
struct SearchSpaceTests {
  private func draws(_ space: SearchSpace, _ count: Int, fixed: Set<String> = []) -> [[String]] {
    var generator = Generator(seed: 1)
    let start = TrainingOptions(dataset: "voc-lt", method: .coop)
    return (0..<count).map { _ in
      space.draw(from: start, fixed: fixed, generator: &generator).map {
        "\($0.option.flag) \(shown($0.value))"
      }
    }
  }

  @Test("a factor is uniform in its logarithm: a half of the draws is below the published value")
  func around() throws {
    let space = SearchSpace([.around(.learningRate, factor: 10)])
    let rates = try draws(space, 4000).map { try #require(Double($0[0].dropFirst(3))) }
    // CoOp's rate is 2e-3; two digits move an end by less than 5 %.
    #expect(rates.allSatisfy { 1.9e-4...2.1e-2 ~= $0 })
    // The standard deviation of a share of 4,000 draws is 0.8 %; five of them.
    for (limit, share) in [(2e-3, 0.5), (2e-3 / 3.1623, 0.25), (2e-3 * 3.1623, 0.75)] {
      let below = Double(rates.count { $0 < limit }) / 4000
      #expect(abs(below - share) < 0.04, "\(below) below \(limit)")
    }
    let range = SearchSpace([.logarithmic(.lambda, 0.01...1)])
    let values = try draws(range, 4000).map { try #require(Double($0[0].dropFirst(4))) }
    #expect(values.allSatisfy { 0.01...1 ~= $0 })
    #expect(abs(Double(values.count { $0 < 0.1 }) / 4000 - 0.5) < 0.04)
  }

  @Test("words are as they are used: two digits, and every choice comes up")
  func words() {
    let drawn = draws(.usual, 300)
    let rates = Set(drawn.map { $0[0].filter(\.isNumber) })
    #expect(rates.allSatisfy { $0.drop { $0 == "0" }.count <= 3 }, "two digits, and an exponent's")
    for word in drawn.map({ String($0[0].dropFirst(3)) }) {
      // Rounded to two digits it is what it was.
      let rate = Double(word) ?? .nan
      #expect(Double(String(format: "%.1e", rate)) == rate, "\(word)")
    }
    #expect(
      Set(drawn.map { $0[1] }) == ["weight-decay 0", "weight-decay 1e-4", "weight-decay 0.01"])
    #expect(Set(drawn.map { $0[2] }) == ["epochs 25", "epochs 50", "epochs 100"])
  }

  @Test("fixing an option leaves the draws of the others as they were")
  func fixed() {
    let (all, some) = (draws(.usual, 20), draws(.usual, 20, fixed: ["lr"]))
    #expect(some == all.map { Array($0.dropFirst()) })
  }

  @Test("the two methods whose runs are long get a sixth and a quarter, all others the same")
  func dear() {
    for method in Method.all where !method.search.dimensions.isEmpty {
      let shares: [Method: Int] = [.finetune: 2, .cocoop: 3]
      #expect(method.search.trials(of: 12) == shares[method] ?? 12, "\(method)")
    }
  }

  @Test("every method varies one or two choices of its own beside rate, weight decay and epochs")
  func own() {
    for method in Method.all {
      let own = method.search.dimensions.map(\.option.flag)
        .filter { !["lr", "weight-decay", "epochs"].contains($0) }
      #expect((1...2).contains(own.count), "\(method): \(own)")
    }
  }

  @Test("a dear method gets a share of the trials, and never fewer than two")
  func budget() {
    #expect(SearchSpace.usual.trials(of: 12) == 12)
    #expect(SearchSpace.usual.and(costs: 4).trials(of: 12) == 3)
    #expect(SearchSpace.usual.and(costs: 4).trials(of: 5) == 2)
    #expect(SearchSpace.usual.and(costs: 4).trials(of: 13) == 4, "a quarter of 13, rounded up")
    #expect(SearchSpace.usual.and(costs: 4).trials(of: 3) == 2)
    #expect(SearchSpace.usual.and(costs: 4).trials(of: 1) == 1)
    #expect(SearchSpace([]).trials(of: 12) == 1, "nothing to vary is the published settings alone")
  }
}
