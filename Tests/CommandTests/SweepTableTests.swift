// SweepTableTests - the table of a sweep, from outcomes of which the cells are known.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@testable import LMPTTuning
@testable import lmpt

@Suite struct SweepTableTests {
  /// A sweep of four arms; `failing` fails with its second seed, the other runs have half of all.
  private func table(seeds: [Int]) throws -> SweepTable {
    let file = try SweepFile(
      json: JSON.parse(
        #"""
        {"name":"x","arms":[{"name":"zero","zeroshot":true},{"name":"failing"},
         {"name":"released","options":{"select":"test"}},
         {"name":"whole","options":{"validation":0}}]}
        """#))
    var changes = SweepPlan.Changes()
    changes.seeds = seeds
    let plan = try SweepPlan(file, changes)
    let outcomes = plan.runs.map { run in
      let fails = run.arm == "failing" && run.seed == 1
      return SweepOutcome(
        run: run, metrics: fails ? nil : ["map": 0.5, "epoch": 3], folder: "out/\(run.arm)",
        failure: fails ? RunError.noCaptions : nil)
    }
    return SweepTable(plan: plan, outcomes: outcomes, activationIsAssumed: false, command: .sweep)
  }

  @Test("results.csv says which run failed, and why")
  func status() throws {
    let rows = try table(seeds: [0, 1]).csv.split(separator: "\n")
    #expect(
      rows[0] == "arm,seed,status,total,head,medium,tail,epoch,selection,folder,error")
    #expect(rows[1] == "zero,,ok,0.5,,,,3,none,out/zero,")
    #expect(rows[2] == "failing,0,ok,0.5,,,,3,validation,out/failing,")
    #expect(rows[3].hasPrefix("failing,1,failed,,,,,,validation,out/failing,"))
    #expect(rows[3].contains("captions"))
    #expect(rows[4] == "released,0,ok,0.5,,,,3,test,out/released,")
    #expect(rows[7] == "whole,1,ok,0.5,,,,3,last,out/whole," && rows.count == 8)
  }

  @Test("what was chosen on the test images is marked, nothing else is")
  func marks() throws {
    let table = try table(seeds: [0])
    let text = table.text.split(separator: "\n")
    #expect(
      text.dropFirst().prefix(4).map { $0.split(separator: " ").dropLast(4).joined(separator: " ") }
        == ["zero", "failing", "released [test-chosen]", "whole"])
    let rules = table.markdown.split(separator: "\n").dropFirst(2).prefix(4).map {
      $0.split(separator: "|").last?.trimmingPrefix(" ")
    }
    #expect(
      rules == [
        "- ", "validation split ", "**test images** (released rule, overstates) ",
        "nothing, the last ",
      ])
  }

  @Test("a mean is spoken of where there are several seeds")
  func seeds() throws {
    #expect(try table(seeds: [7]).note.hasSuffix("; seed 7"))
    #expect(!(try table(seeds: [7]).note.contains("mean")))
    #expect(
      try table(seeds: [0, 1]).note.hasSuffix("; mean +- sample deviation over seeds 0, 1"))
  }
}
