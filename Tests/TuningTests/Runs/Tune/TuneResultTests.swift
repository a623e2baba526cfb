// TuneResultTests - which trial is chosen, from outcomes whose means can be seen.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite("tuning results")
struct TuneResultTests {
  /// Three trials of CoOp on two splits with the given scores; nil for a run that failed.
  private func tuning(_ scores: [[Double?]]) throws -> MethodTuning {
    var budget = TunePlan.Budget()
    (budget.trials, budget.splits) = (3, 2)
    let plan = try TunePlan([.coop], budget)
    let outcomes = plan.trialRuns.map { run -> SweepOutcome in
      let trial = Int(run.label.suffix(1)) ?? -1
      let split = run.options.seed
      guard let score = scores[trial][split] else {
        return SweepOutcome(
          run: run, metrics: nil, folder: nil, failure: RunError.notARun(missing: "a number"))
      }
      // The total counts the absent class as 0 and is not what is judged.
      let metrics: JSON = .object([
        ("map", .number(score / 2)), ("map_of_present", .number(score)),
        ("classes_without_test_images", .array([.string(split == 0 ? "cow" : "cat")])),
      ])
      return SweepOutcome(run: run, metrics: metrics, folder: nil, failure: nil)
    }
    return try #require(try plan.results(outcomes).first)
  }

  @Test("the highest mean over the splits is chosen, though another trial wins a split")
  func highest() throws {
    let tuning = try tuning([[0.5, 0.5], [0.9, 0.2], [0.7, 0.5]])
    let scores = try tuning.trials.map { try #require($0.score) }
    for (score, mean) in zip(scores, [0.5, 0.55, 0.6]) { #expect(abs(score.mean - mean) < 1e-15) }
    #expect(tuning.best?.trial.number == 2)
    // By hand: (0.7 - 0.6)^2 + (0.5 - 0.6)^2 over 1.
    #expect(abs(try #require(scores[2].deviation) - 0.02.squareRoot()) < 1e-15)
    #expect(tuning.trials[0].unjudged == ["cat", "cow"])
  }

  @Test("of equal trials the earlier one is chosen, so that tuning leaves what it cannot better")
  func equal() throws {
    #expect(try tuning([[0.5, 0.25], [0.25, 0.5], [0.375, 0.375]]).best?.trial.number == 0)
  }

  @Test("a trial that failed on a split has no score, however good the others are")
  func failed() throws {
    let tuning = try tuning([[0.1, 0.1], [0.9, nil], [0.2, 0.1]])
    #expect(tuning.trials[1].score == nil && tuning.trials[1].failures == 1)
    #expect(tuning.best?.trial.number == 2)
    #expect(try self.tuning([[nil, 0.1], [nil, nil], [0.1, nil]]).best == nil)
  }

  @Test("what explains a run: margins of the first and the last epoch, a partner's mean drop")
  func diagnostics() throws {
    let folder = try TemporaryFolder()
    let epochs = [(1, 0.5, 0.004), (2, 0.4, 0.002), (3, 0.3, 0.001)].map { epoch, loss, active in
      #"{"epoch":\#(epoch),"loss":\#(loss),"cls":1,"cse":1,"lr":1,"test_map":0.5,"seconds":1,"#
        + #""active_tail":\#(active)}"# + "\n"
    }
    _ = try folder.write("events.jsonl", epochs.joined())
    // The second class has no AP without its partner, so the mean is over two drops: 0.2, -0.1.
    let metrics = #"""
      {"diagnostics": {"count_trend": {"slope": 0.07, "intercept": 0.5, "explained": 0.1},
        "prompt_shift": {"head": 0.1, "medium": null, "tail": 0.3, "classes": []},
        "partners": [{"ap": 0.8, "ap_without": 0.6}, {"ap": 0.9, "ap_without": null},
          {"ap": 0.4, "ap_without": 0.5}]}}
      """#
    let run = try #require(try TunePlan([.coop], TunePlan.Budget()).trialRuns.first)
    let outcome = SweepOutcome(
      run: run, metrics: try JSON.parse(metrics), folder: folder.path, failure: nil)
    let found = try #require(try TunedDiagnostics(outcome))
    #expect(found.slope == 0.07 && found.explained == 0.1)
    #expect(found.moved == [ClassGroup.head: 0.1, .tail: 0.3])
    #expect(found.active.first == [ClassGroup.tail: 0.004])
    #expect(found.active.last == [ClassGroup.tail: 0.001])
    #expect(abs(try #require(found.partnerDrop) - 0.05) < 1e-15)
  }
}
