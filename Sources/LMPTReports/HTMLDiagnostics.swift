// HTMLDiagnostics - the section that explains a table: counts, movement of prompts, company.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  static func diagnostics(_ report: Report) -> String {
    let runs = report.diagnostics.filter {
      $0.trend != nil || !$0.shift.isEmpty || !$0.partners.isEmpty
    }
    guard !runs.isEmpty else { return "" }
    return summary(runs, report)
      + (runs.count == 1 ? trendChart(runs[0], report) : "") + company(runs)
  }

  /// A row for each run: the line over counts, and how far prompts moved.
  private static func summary(_ runs: [Report.Diagnostics], _ report: Report) -> String {
    let hasTrend = runs.contains { $0.trend != nil }
    let groups = Report.Group.allCases.filter { group in runs.contains { $0.shift[group] != nil } }
    guard hasTrend || !groups.isEmpty else { return "" }
    var remarks: [String] = []
    if hasTrend {
      remarks.append(
        "Slope: how many points of AP a class gains on the line of least squares for ten times as "
          + "many training images; the flatter the line, the less a class suffers for being rare. "
          + "Explained: the share of the variance of AP that the line accounts for.")
    }
    if !groups.isEmpty {
      remarks.append(
        "Moved: 1 - cos between the tuned and the zero-shot feature of a class, a mean over the "
          + "group.")
    }
    let styles = MethodStyles(report)
    var table = HTMLTable(
      "AP over training images, and movement of the prompts",
      header: ["run"] + (hasTrend ? ["slope, points", "AP at 10 images, %", "explained, %"] : [])
        + groups.map { "moved, \($0.rawValue)" })
    for run in runs {
      let line = run.trend.map { trend in
        [
          NumberText.signed(trend.slope * 100, 1),
          NumberText.percent(trend(10)), NumberText.percent(trend.explained, 1),
        ]
      }
      let cells =
        (hasTrend ? line ?? [String](repeating: NumberText.missing, count: 3) : [])
        + groups.map { run.shift[$0].map { NumberText.significant($0) } ?? NumberText.missing }
      table.row(.markup(styles.key(run.run)), cells.map { .number($0) })
    }
    return paragraph(remarks.joined(separator: " ")) + table.html
  }

  /// AP of every class of a run over its count, with the line.
  private static func trendChart(_ run: Report.Diagnostics, _ report: Report) -> String {
    guard let trend = run.trend, let place = report.methods.firstIndex(of: run.run) else {
      return ""
    }
    let title = "Average precision over training images"
    let chart = ScatterChart.byCount(
      title, y: "AP, %", classes: report.classes,
      line: { trend($0) * 100 }
    ) { row in
      place < row.ap.count ? row.ap[place].map { $0 * 100 } : nil
    }
    return chart.isEmpty
      ? "" : groupKey(report.classes.map(\.group)) + figure("\(title), \(run.run)", chart)
  }

  /// AP of the tail classes with and without their partner; of several runs behind a line.
  private static func company(_ runs: [Report.Diagnostics]) -> String {
    let runs = runs.filter { !$0.partners.isEmpty }
    guard !runs.isEmpty else { return "" }
    var table = HTMLTable(
      "Tail classes and their most frequent partners",
      header: [
        "class", "partner", "together, %", "AP, %", "positives", "AP without, %",
        "positives without",
      ])
    for run in runs {
      if runs.count > 1 { table.block(run.run) }
      for row in run.partners {
        table.row(
          .text(row.name),
          [
            .text(row.partner), .number(NumberText.percent(row.together, 0)),
            .number(NumberText.percent(row.ap)), .number(NumberText.count(row.positives)),
            .number(NumberText.percent(row.apWithout)),
            .number(NumberText.count(row.positivesWithout)),
          ])
      }
    }
    let remark = paragraph(
      "The partner of a class is the one that most often stands beside it in training images; "
        + "together is the share of those. Without: the test images that show the partner are left "
        + "out. A dash: too few positives are left for an AP.")
    return remark
      + (runs.count > 1 ? table.folded("Tail classes and their partners") : table.html)
  }
}
