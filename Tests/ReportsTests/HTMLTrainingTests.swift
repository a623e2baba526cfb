// HTMLTrainingTests - the curves of a run's mAP and the table of its epochs.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct HTMLTrainingTests {
  /// A run with mAP in percent; its first epoch has the number `first`.
  private func run(
    _ name: String, first: Int = 1, validation: [Double], test: [Double], kept: Int? = nil
  ) -> Report.Run {
    let epochs = zip(validation, test).enumerated().map { place, figures in
      Report.Epoch(
        epoch: first + place, validation: figures.0 / 100, test: figures.1 / 100)
    }
    return Report.Run(name: name, epochs: epochs, kept: kept)
  }

  private func section(_ runs: [Report.Run]) -> String {
    var report = Report(title: "")
    report.runs = runs
    return HTMLReport.training(report)
  }

  /// The chart below a caption.
  private func chart(_ caption: String, _ section: String) throws -> Markup {
    let start = try #require(section.firstRange(of: "<figcaption>\(caption)</figcaption>"))
    let rest = section[start.upperBound...]
    let end = try #require(rest.firstRange(of: "</figure>"))
    return try Markup(String(rest[..<end.lowerBound]))
  }

  /// The marks of a line, in the order of its epochs.
  private func marks(_ name: String, _ chart: Markup) -> [Element] {
    chart.all("circle").filter { $0.title?.hasPrefix("\(name), epoch ") == true }
  }

  /// The name of each row of the tables.
  private func names(_ page: Markup) -> [String] {
    page.all("th").filter { $0.attributes["scope"] == "row" }.map(\.text)
  }

  @Test func `one run has a curve of its validation and one of its test figures`() throws {
    let run = run("m", validation: [10, 20, 30], test: [40, 50, 60])
    let chart = try chart("mAP by epoch", section([run]))
    let lines = [marks("validation", chart), marks("test", chart)]
    try #require(lines.map(\.count) == [3, 3])
    // From 10 to 60 by tens: six heights, each as far above the one before.
    let heights = try lines.joined().map { try number($0, "cy") }
    let step = (heights[0] - heights[5]) / 5
    #expect(step > 1)
    for (low, high) in zip(heights, heights.dropFirst()) {
      #expect(abs(low - high - step) < 2 * decimal)
    }
    // A line goes from mark to mark, and the marks of an epoch stand above each other.
    let paths = chart.all("path", "l").compactMap { $0.attributes["d"] }
    for line in lines {
      let points = line.map { "\($0.attributes["cx"] ?? "") \($0.attributes["cy"] ?? "")" }
      #expect(paths.contains("M" + points.joined(separator: "L")))
    }
    #expect(lines[0].map { $0.attributes["cx"] } == lines[1].map { $0.attributes["cx"] })
    // Their lines differ, and the legend has both.
    #expect(Set(chart.all("path", "l").compactMap { $0.attributes["class"] }).count == 2)
    let texts = chart.all("text").map(\.text)
    #expect(["validation", "test"].allSatisfy(texts.contains))
  }

  @Test func `several runs have a chart of validation and a chart of test figures`() throws {
    let section = section([
      run("a", validation: [10, 20], test: [40, 50]),
      run("b", validation: [15, 25], test: [70, 60]),
    ])
    let validation = try chart("mAP on the validation images by epoch", section)
    #expect(
      validation.all("circle").compactMap(\.title) == [
        "a, epoch 1: 10", "a, epoch 2: 20", "b, epoch 1: 15", "b, epoch 2: 25",
      ])
    let test = try chart("mAP on the test images by epoch", section)
    #expect(
      test.all("circle").compactMap(\.title) == [
        "a, epoch 1: 40", "a, epoch 2: 50", "b, epoch 1: 70", "b, epoch 2: 60",
      ])
    // 70 is highest, and on the common axis every test figure is above every validation figure.
    let low = try validation.all("circle").filter { $0.title != nil }.map { try number($0, "cy") }
    let high = try test.all("circle").filter { $0.title != nil }.map { try number($0, "cy") }
    #expect(high.min() == high[2])
    #expect(try #require(high.max()) < #require(low.min()))
  }

  @Test func `the row of the kept epoch says so, and a ring marks it`() throws {
    let run = run("m", validation: [10, 40, 30, 20], test: [15, 45, 35, 25], kept: 2)
    let page = try Markup(section([run]))
    #expect(
      page.cells == [
        ["epoch", "validation mAP, %", "test mAP, %"],
        ["1", "10.00", "15.00"], ["2, kept", "40.00", "45.00"],
        ["3", "30.00", "35.00"], ["4", "20.00", "25.00"],
      ])
    #expect(
      page.all("circle", "open").map(\.title) == [
        "validation, epoch 2: 40, kept", "test, epoch 2: 45, kept",
      ])
  }

  @Test(
    "epochs may be counted from 0, and any or none of them is kept",
    arguments: [
      (0, ["0, kept", "1", "2"]), (1, ["0", "1, kept", "2"]), (2, ["0", "1", "2, kept"]),
      (nil, ["0", "1", "2"]),
    ] as [(Int?, [String])])
  func kept(kept: Int?, expected: [String]) throws {
    let run = run("m", first: 0, validation: [10, 20, 30], test: [1, 2, 3], kept: kept)
    #expect(try names(Markup(section([run]))) == expected)
  }

  @Test func `each of several runs has its own kept epoch`() throws {
    let page = try Markup(
      section([
        run("a", validation: [10, 20, 30], test: [1, 2, 3], kept: 1),
        run("b", validation: [10, 20, 30], test: [1, 2, 3], kept: 2),
      ]))
    #expect(names(page) == ["1, kept", "2", "3", "1", "2, kept", "3"])
  }
}
