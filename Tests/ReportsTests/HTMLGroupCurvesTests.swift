// HTMLGroupCurvesTests - the curves of head, medium and tail on a page, and their numbers.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite("curves by group")
struct HTMLGroupCurvesTests {
  private func run(_ name: String, hasMargins: Bool) -> Report.Run {
    let epochs = [1, 2].map { number in
      var epoch = Report.Epoch(epoch: number, loss: 1, test: 0.5)
      epoch.testGroups = [.head: 0.61, .tail: 0.1 * Double(number)]
      epoch.activeMargins = hasMargins ? [.tail: 0.7625] : [:]
      return epoch
    }
    return Report.Run(name: name, epochs: epochs)
  }

  private func markup(_ runs: [Report.Run]) throws -> Markup {
    var report = Report(title: "")
    report.runs = runs
    return try Markup(HTMLReport.training(report))
  }

  @Test("one run has a line for each group that has a figure, in the group's colour")
  func one() throws {
    let page = try markup([run("m", hasMargins: true)])
    let captions = page.all("figcaption").map(\.text)
    #expect(captions.contains("mAP on the test images by epoch and group"))
    #expect(captions.contains("Active margins of E6 by epoch and group"))
    #expect(!captions.contains("mAP on the validation images by epoch and group"))
    let lines = page.all("path", "l")
    func count(_ style: String) -> Int {
      lines.count { $0.attributes["class", default: ""].contains(style) }
    }
    // The legend has a sample of each line where there are several.
    #expect(count("k-head") == 2 && count("k-medium") == 0 && count("k-tail") == 3)
    #expect(Set(page.elements.compactMap(\.title)).isSuperset(of: ["tail, epoch 2: 20"]))
  }

  @Test("their numbers stand in the table")
  func table() throws {
    let page = try markup([run("m", hasMargins: true)])
    let header = page.all("th").map(\.text)
    #expect(header.contains("test mAP of tail, %") && header.contains("active margins of tail, %"))
    #expect(!header.contains("test mAP of medium, %"))
    let cells = page.all("td").map(\.text)
    #expect(["61.00", "10.00", "20.00", "76.25"].allSatisfy(cells.contains))
  }

  @Test("several runs have a chart for each group, folded, whose lines are the runs")
  func several() throws {
    let page = try markup([run("a", hasMargins: true), run("b", hasMargins: false)])
    #expect(page.all("summary").map(\.text).contains("Curves by group"))
    let captions = page.all("figcaption").map(\.text).filter { $0.contains("group: ") }
    #expect(
      captions == [
        "mAP on the test images by epoch and group: head",
        "mAP on the test images by epoch and group: tail",
        "Active margins of E6 by epoch and group: tail",
      ])
    let titles = Set(page.elements.compactMap(\.title))
    #expect(titles.isSuperset(of: ["a, epoch 2: 20", "b, epoch 1: 61"]))
  }

  @Test("a run that knows nothing of groups has no such chart")
  func none() throws {
    let epochs = [Report.Epoch(epoch: 1, loss: 1, test: 0.5)]
    for count in [1, 2] {
      let page = try markup((0..<count).map { Report.Run(name: "\($0)", epochs: epochs) })
      #expect(!page.elements.contains { $0.text.contains("group") })
    }
  }
}
