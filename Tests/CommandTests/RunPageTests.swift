// RunPageTests - the page of a run, against its lists and metrics.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTReports
import LMPTSupport
import Testing

@Suite struct RunPageTests {
  @Test("a page's columns are those of the metrics, and its points have the rarest label's group")
  func page() throws {
    let folder = try TemporaryFolder()
    let run = "\(folder.path)/run"
    let trained = try Program.run([
      "train", "--dataset", "mini", "--out", run, "--epochs", "0", "--cseloss", "none", "--quiet",
      "--variant", "released",
    ])
    #expect(trained.code == 0, "\(trained.errors)")
    let configuration = try JSON.read("\(run)/config.json")
    #expect(configuration["captions"]?.string == "released")
    #expect(configuration["alignment"]?.string == "tokens-all")
    let metrics = try JSON.read("\(run)/metrics.json")
    let report = try Report.parse(JSON.read("\(run)/report.json"))
    let row = try #require(report.results.last)
    #expect(row[.total]?.mean == metrics["map"]?.double)
    #expect(row[.group(.head)]?.mean == metrics["head"]?.double)
    #expect(row[.group(.medium)]?.mean == metrics["medium"]?.double)
    #expect(row[.group(.tail)]?.mean == metrics["tail"]?.double)
    let counts = report.classes.map(\.count)
    let lists = String(decoding: try Fixtures.bytes("mini/mini_lt_test.txt"), as: UTF8.self)
      .split(separator: "\n").map { $0.split(separator: " ").dropFirst().compactMap { Int($0) } }
    let images = try #require(report.map?.panels[0].images)
    // Every third of 1,500 test images, up to 400.
    for (index, image) in images.enumerated() {
      let rarest = try #require(lists[3 * index].map { counts[$0] }.min())
      #expect(image.group == (rarest >= 100 ? .head : rarest >= 20 ? .medium : .tail))
    }
    #expect(images.count == 400)
  }
}
