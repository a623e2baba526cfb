// TuneTableTests - the tables of `lmpt tune`, from outcomes whose means can be seen.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import LMPTWeights
import Testing

@testable import LMPTTuning
@testable import lmpt

@Suite("tables of tuned methods")
struct TuneTableTests {
  private let folder: TemporaryFolder
  private let table: TuneTable

  /// Two trials of two methods on two splits, two runs of the best. The drawn trial of CoOp is better
  /// than its published one; on the test images the linear probe is better than CoOp.
  init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    var budget = TunePlan.Budget()
    (budget.trials, budget.splits, budget.seeds) = (2, 2, 2)
    let plan = try TunePlan([.coop, .linearProbe], budget)
    let scores = [
      "coop": [[0.25, 0.375], [0.5, 0.625]], "linear-probe": [[0.75, 0.75], [0, 0.5]],
    ]
    let trials = plan.trialRuns.map { run -> SweepOutcome in
      let score = scores[run.arm]?[Int(run.label.suffix(1)) ?? -1][run.options.seed] ?? .nan
      return SweepOutcome(
        run: run, metrics: ["map_of_present": .number(score)], folder: nil, failure: nil)
    }
    let tunings = try plan.results(trials)
    var table = TuneTable(plan: plan, tunings: tunings, activationIsAssumed: false)
    let maps = ["coop": [0.5, 0.625], "linear-probe": [0.875, 0.75]]
    for tuning in tunings {
      let best = try #require(tuning.best?.trial)
      let outcomes = try plan.finalRuns([best]).enumerated().map { index, run in
        let path = "\(folder.path)/\(run.arm)-\(index)"
        try makeFolder(path)
        let epoch = EpochRecord(epoch: 1, seconds: 3)
        try AtomicFile.write(EpochLog.jsonLine(epoch), to: "\(path)/events.jsonl")
        // The probe ranks its images the right way round, CoOp does not.
        let right: [Float] = [1, 0, 0, 1]
        try Safetensors.write(
          [
            NamedArray("labels", floats: right, shape: [2, 2]),
            NamedArray(
              "scores", floats: run.arm == "coop" ? right.map { 1 - $0 } : right, shape: [2, 2]),
          ], metadata: [:], to: "\(path)/test_scores.safetensors")
        let map = try #require(maps[run.arm])[index]
        return SweepOutcome(run: run, metrics: ["map": .number(map)], folder: path, failure: nil)
      }
      table.tuned.append(
        try TunedMethod(tuning.method, outcomes, counts: [1, 1], limits: .published))
    }
    self.table = table
  }

  @Test("methods stand in the order of their test mAP, each with its own trials and runs")
  func json() throws {
    let methods = try #require(table.json["methods"]?.array)
    #expect(methods.map { $0["name"]?.string } == ["linear-probe", "coop"])
    #expect(methods.map { $0["chosen"]?.int } == [0, 1])
    #expect(methods.map { $0["validation"]?["mean"]?.double } == [0.75, 0.5625])
    #expect(methods.map { $0["published_validation"]?["mean"]?.double } == [0.75, 0.3125])
    #expect(methods.map { $0["test"]?["total"]?["mean"]?.double } == [0.8125, 0.5625])
    let maps = methods.map { $0["runs"]?.array?.map { $0["map"]?.double } }
    #expect(maps == [[0.875, 0.75], [0.5, 0.625]])
    #expect(methods[0]["runs"]?[0]?["seed"]?.int == 2 && methods[0]["runs"]?[1]?["seed"]?.int == 3)
    // Four runs of three seconds; the trials left no folder to read.
    #expect(table.json["seconds"]?.double == 12)
  }

  @Test("the difference is the better method's mAP less the other's, in the middle of its interval")
  func differences() throws {
    let difference = try #require(table.json["differences"]?[0])
    #expect(difference["a"]?.string == "linear-probe" && difference["b"]?.string == "coop")
    #expect(difference["mean"]?.double == 0.25)
    // A resample takes two of the two images. Where it has both, AP of either class is 1 for the
    // probe and 1/2 for CoOp, which has the one right image second: the difference of mAP is 1/2.
    // Where it has one twice, AP of this image's class is 1 for both methods, and that of the other
    // class, which no image shows, is 0: the difference is 0. Half of 1000 resamples are of either
    // kind, so the 2.5th percentile is 0 and the 97.5th is 1/2.
    #expect(difference["low"]?.double == 0)
    #expect(difference["high"]?.double == 0.5)
    // The table says it from the other side, of CoOp to the first row.
    #expect(table.markdown.contains("| -25.0 (-50.0 to +0.0) |"))
  }

  @Test("trials.csv marks the chosen trial of each method")
  func csv() {
    let rows = table.csv.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows[0][2] == "validation" && rows[0][4] == "split0" && rows[0][7] == "chosen")
    #expect(rows.dropFirst().map { $0[7] } == ["\"\"", "yes", "yes", "\"\""])
    #expect(rows.dropFirst().map { $0[2] } == ["0.3125", "0.5625", "0.75", "0.25"])
    #expect(rows[2][4] == "0.5" && rows[2][5] == "0.625")
  }
}
