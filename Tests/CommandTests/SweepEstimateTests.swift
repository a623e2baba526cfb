// SweepEstimateTests - what `lmpt sweep --dry-run` counts: features once, and only the runs left.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTTuning
import Testing

@testable import lmpt

@Suite struct SweepEstimateTests {
  @Test("missing features count once for all rows of the same weights and recipe")
  func views() throws {
    let data = try TinyData()
    let plan = try data.plan(
      #"""
      {"name":"x","arms":[{"name":"a","zeroshot":true},
       {"name":"b","zeroshot":true,"options":{"scores":"logit"}},
       {"name":"c","options":{"epochs":1,"n-ctx":4,"batch-size":32,"cseloss":"none"}},
       {"name":"cropped a","zeroshot":true,"options":{"preprocess":"clip"}},
       {"name":"cropped b","zeroshot":true,"options":{"preprocess":"clip","scores":"logit"}}]}
      """#)
    var runner = SweepRunner(
      plan.runs, out: data.path("out"), observer: SweepRunner.Observer(open: RunData.init))
    let json = try SweepEstimate(&runner).json
    #expect(json["runs_left"]?.int == 5)
    // Two recipes; a training picture is seen mirrored too.
    #expect(json["views_to_encode"]?.int == 2 * (2 * data.train.count + data.test.count))
  }

  @Test("of 64 equal runs the one that is left takes far less time than all of them")
  func left() throws {
    let data = try TinyData()
    let plan = try data.plan(
      #"""
      {"name":"x","options":{"epochs":1,"n-ctx":4,"batch-size":32,"cseloss":"none"},
       "seeds":\#(Array(0..<64)),"arms":[{"name":"late"},{"name":"early","options":{"lr":0.5}}]}
      """#)
    var runner = SweepRunner(
      plan.runs, out: data.path("out"), observer: SweepRunner.Observer(open: RunData.init))
    let source = try runner.data(of: plan.runs[0])
    for run in plan.runs where run.arm == "late" && run.seed != 63 {
      let folder = runner.folder(of: run, source)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try AtomicFile.write("{}\n", to: "\(folder)/metrics.json")
      try RunMark.write(["metrics.json"], in: folder)
    }
    // About 1/64. Times are measured, and other work may disturb one measurement.
    var share = Double.infinity
    for _ in 0..<3 where share > 1.0 / 8 {
      let arms = try #require(try SweepEstimate(&runner).json["arms"]?.array)
      #expect(arms.map { $0["runs_left"]?.int } == [1, 64])
      let seconds = arms.compactMap { $0["seconds"]?.double }
      try #require(seconds.count == 2 && seconds.allSatisfy { $0 > 0 })
      share = seconds[0] / seconds[1]
    }
    #expect(share <= 1.0 / 8)
  }
}
