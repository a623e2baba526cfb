// TunePlanTests - which trials there are, on which images, and that none of them is a test image.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@testable import LMPTTuning

@Suite("tuning plans")
struct TunePlanTests {
  private func plan(
    _ methods: [Method], _ change: (inout TunePlan.Budget) -> Void = { _ in },
    fixed: [(String, JSON)] = [], ranges: [SearchSpace.Dimension] = []
  ) throws -> TunePlan {
    var budget = TunePlan.Budget()
    change(&budget)
    return try TunePlan(
      methods, budget,
      fixed: fixed.map { try SweepFile.setting($0, $1, "--set", shown: $0) },
      ranges: ranges)
  }

  @Test("trial 0 is what the authors published, but for the epoch, which nothing chooses")
  func published() throws {
    for (method, trials) in try plan(Method.all).trials {
      var options = TrainingOptions(dataset: "mini", method: method)
      (options.selection, options.validationFraction) = (.last, 0)
      #expect(trials[0].options == options, "\(method)")
      #expect(trials[0].text == "as published")
      #expect(trials.count == method.search.trials(of: 12))
      #expect(trials.allSatisfy { $0.options.selection == .last })
    }
  }

  @Test("twelve trials, three splits of a quarter, five seeds: what is not said")
  func budget() {
    let budget = TunePlan.Budget()
    #expect(budget.trials == 12 && budget.splits == 3 && budget.seeds == 5)
    #expect(budget.fraction == 0.25 && budget.seed == 0)
  }

  @Test("no trial chooses its epoch, whatever is fixed")
  func epoch() throws {
    let plan = try plan([.coop], fixed: [("select", "test"), ("validation", 0.5)])
    for trial in plan.trials[0].trials {
      #expect(trial.options.selection == .last && trial.options.validationFraction == 0)
    }
    #expect(plan.trialRuns.allSatisfy { $0.options.selection == .last })
  }

  @Test("methods of one space and one published rate draw different rates")
  func ownDraws() throws {
    let trials = try plan([.taskRes, .clipAdapter]).trials.map(\.trials)
    let rates = trials.map { $0.map(\.options.learningRate) }
    #expect(rates[0][0] == 2e-3 && rates[1][0] == 2e-3)
    #expect(rates[0][1...] != rates[1][1...])
  }

  @Test("a method's trials depend on the protocol's seed and on nothing of the other methods")
  func independent() throws {
    func texts(_ plan: TunePlan, _ method: Method) -> [String] {
      plan.trials.first { $0.method == method }?.trials.map(\.text) ?? []
    }
    let alone = texts(try plan([.coop]), .coop)
    #expect(alone == texts(try plan([.linearProbe, .coop]), .coop))
    #expect(alone == texts(try plan([.coop]), .coop))
    #expect(alone != texts(try plan([.coop]) { $0.seed = 1 }, .coop))
    #expect(alone.prefix(4) == texts(try plan([.coop]) { $0.trials = 4 }, .coop)[...])
    #expect(Set(alone).count == alone.count)
    // As the stored tables print them: numbers short, switches by their names.
    for text in alone.dropFirst() {
      let parts = text.split(separator: ", ")
      #expect(["weight-decay 0", "weight-decay 1e-4", "weight-decay 0.01"].contains(parts[1]))
      #expect(["epochs 25", "epochs 50", "epochs 100"].contains(parts[2]))
      #expect(["csc", "shared"].contains(parts[3]))
    }
  }

  @Test("trials are judged on training images, with other images and another seed on each split")
  func trialRuns() throws {
    let plan = try plan([.coop, .linearProbe]) { ($0.trials, $0.splits, $0.seed) = (3, 2, 4) }
    let runs = plan.trialRuns
    #expect(runs.count == 2 * 3 * 2)
    #expect(runs.allSatisfy { $0.data.heldOut?.fraction == 0.25 })
    #expect(
      runs.map(\.seed) == [4000, 4000, 4000, 4001, 4001, 4001, 4000, 4000, 4000, 4001, 4001, 4001])
    #expect(runs.allSatisfy { $0.data.heldOut?.seed == $0.seed && $0.options.seed == $0.seed })
    #expect(runs[1].options.learningRate == runs[4].options.learningRate)
    #expect(runs[1].label == "coop, trial 1" && runs[6].label == "linear-probe, trial 0")
  }

  @Test("the best are trained on all images with seeds that no trial of any splits had")
  func finalRuns() throws {
    let plan = try plan([.coop]) { ($0.trials, $0.splits, $0.seeds) = (3, 2, 4) }
    let runs = plan.finalRuns([plan.trials[0].trials[2]])
    #expect(runs.map(\.seed) == [2, 3, 4, 5])
    #expect(runs.allSatisfy { $0.data.heldOut == nil })
    #expect(
      runs.allSatisfy { $0.options.learningRate == plan.trials[0].trials[2].options.learningRate })
    #expect(Set(runs.map(\.options.seed)).isDisjoint(with: plan.trialRuns.map(\.options.seed)))
  }

  @Test("what is fixed is not varied, and is left out where a method does not understand it")
  func fixed() throws {
    let plan = try plan(
      [.coop, .linearProbe], fixed: [("epochs", 3), ("ctx-init", "a photo of a")])
    for (method, trials) in plan.trials {
      #expect(trials.allSatisfy { $0.options.epochs == 3 && !$0.text.contains("epochs") })
      #expect(Set(trials.map(\.options.learningRate)).count > 1)
      if method == .coop {
        #expect(trials.allSatisfy { $0.options.contextInit == "a photo of a" })
      }
    }
    #expect(throws: SweepError.self) {
      _ = try self.plan([.coop], fixed: [("n-ctx", 1), ("m-ctx", 2)])
    }
  }

  @Test("a range holds for every method that varies the option, and changes nothing else")
  func ranges() throws {
    let own = try plan(Method.all)
    let alike = try plan(Method.all, ranges: [.logarithmic(.learningRate, 0.2...0.3)])
    for ((method, before), (_, after)) in zip(own.trials, alike.trials) {
      #expect(after.count == before.count)
      #expect(after[0].options == before[0].options)
      for (old, new) in zip(before, after).dropFirst() {
        if method.search.dimensions.contains(where: { $0.option.name == "lr" }) {
          #expect((0.2...0.3).contains(new.options.learningRate))
        }
        var same = new.options
        same.learningRate = old.options.learningRate
        #expect(same == old.options)
      }
    }
  }
}
