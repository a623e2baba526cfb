// HTMLTraining - the section about how a model was trained.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics

extension HTMLReport {
  /// Loss charts beyond this number stand behind a line that opens them.
  private static let openLosses = 4

  /// A figure of an epoch, with the name of its line.
  typealias EpochFigure = (name: String, value: (Report.Epoch) -> Double?)

  /// The parts of the objective; the dash tells them apart, the colour is the run's.
  private static var losses: [EpochFigure] {
    [
      ("total (E8)", { $0.loss }), ("classification (E7)", { $0.cls }),
      ("class-specific (E6)", { $0.cse }),
    ]
  }

  static func training(_ report: Report) -> String {
    let runs = report.runs.filter { !$0.epochs.isEmpty }
    guard !runs.isEmpty else { return "" }
    let styles = MethodStyles(report)
    let lossCharts = lossCharts(runs, styles)
    var charts = lossCharts.prefix(openLosses).joined()
    charts += scoreCharts(runs, report, styles)
    let (rateChart, rateText) = rates(runs, styles)
    charts += rateChart
    if runs.count == 1 { charts += groupCharts(runs[0]) }
    guard !charts.isEmpty || !rateText.isEmpty else { return "" }
    let tables = runs.map { run in
      epochs(run).folded(
        runs.count > 1 ? "The numbers of \(run.name)" : "The numbers of these charts")
    }
    let remarks = [
      runs.contains { $0.kept != nil } ? "A ring marks the epoch that was kept." : "",
      runs.count > 1 ? "Charts of the same figure share an axis." : "", rateText,
    ].filter { !$0.isEmpty }
    var out = remarks.isEmpty ? "" : paragraph(remarks.joined(separator: " "))
    out += "<div class=\"pair\">\(charts)</div>"
    let more = lossCharts.dropFirst(openLosses).filter { !$0.isEmpty }
    if !more.isEmpty {
      out += "<details><summary>Loss of \(more.count) more runs</summary>"
      out += "<div class=\"pair\">\(more.joined())</div></details>\n"
    }
    return out + groupComparison(runs, styles) + tables.joined()
  }

  /// One chart of losses for each run, all with the same axis.
  private static func lossCharts(_ runs: [Report.Run], _ styles: MethodStyles) -> [String] {
    // A part of the objective that a method leaves out is 0 throughout and needs no line; one that is
    // the total needs no second. Losses fall by powers of ten in the first epochs.
    let lines = runs.map { run in
      distinct(
        losses.enumerated().compactMap { dash, figure in
          line(run, figure, style: styles[run.name], dash: dash)
        }
      ).filter { $0.points.contains { $0.y != 0 } }
    }
    let values = lines.joined().flatMap { $0.points.map(\.y) }
    return zip(runs, lines).map { run, lines in
      let title = runs.count > 1 ? "Loss, \(run.name)" : "Loss"
      return figure(
        title,
        LineChart.svg(
          title, x: "epoch", y: "mean loss", series: lines,
          axis: values.allSatisfy { $0 > 0 } ? .logarithmic : .fitted, holding: values))
    }
  }

  /// mAP by epoch: of one run in one chart, of several in one for validation and one for test images.
  private static func scoreCharts(
    _ runs: [Report.Run], _ report: Report, _ styles: MethodStyles
  ) -> String {
    // Zero-shot CLIP was measured on the test images.
    let level = report.reference.flatMap { row in
      row[.total].map { LineChart.Level("\(row.method), test", $0.mean * 100) }
    }
    let scores: [EpochFigure] = [("validation", { $0.validation }), ("test", { $0.test })]
    let lines = scores.map { figure in
      runs.compactMap { run in
        line(
          run, (runs.count > 1 ? run.name : figure.name, figure.value), style: styles[run.name],
          dash: runs.count > 1 ? nil : figure.name == "test" ? 0 : 1, scale: 100)
      }
    }
    if runs.count == 1 {
      let title = "mAP by epoch"
      return figure(
        title,
        LineChart.svg(
          title, x: "epoch", y: "mAP, %", series: lines.flatMap(\.self), level: level))
    }
    let values = lines.joined().flatMap { $0.points.map(\.y) } + (level.map { [$0.y] } ?? [])
    return zip(scores, lines).map { score, lines in
      let title = "mAP on the \(score.name) images by epoch"
      return figure(
        title,
        LineChart.svg(
          title, x: "epoch", y: "mAP, %", series: lines, level: score.name == "test" ? level : nil,
          holding: values))
    }.joined()
  }

  /// A chart of the learning rates that change, and a sentence about those that do not.
  private static func rates(_ runs: [Report.Run], _ styles: MethodStyles) -> (String, String) {
    let lines = runs.compactMap {
      line($0, ($0.name, { $0.learningRate }), style: styles[$0.name])
    }
    let constant = lines.filter { line in line.points.allSatisfy { $0.y == line.points[0].y } }
    guard constant.count == lines.count else {
      let chart = LineChart.svg(
        "Learning rate by epoch", x: "epoch", y: "learning rate", series: distinct(lines),
        axis: .fromZero)
      return (figure("Learning rate", chart), "")
    }
    let values = Set(constant.map { $0.points[0].y }).sorted()
    guard !values.isEmpty else { return ("", "") }
    let text = values.map { NumberText.significant($0) }.joined(separator: " or ")
    return ("", "The learning rate is \(text) in every epoch.")
  }

  /// The line of a figure that a run has, and the epoch that it kept.
  static func line(
    _ run: Report.Run, _ figure: EpochFigure, style: MethodStyle, dash: Int? = nil,
    scale: Double = 1
  ) -> LineChart.Series? {
    let points = run.epochs.compactMap { epoch in
      figure.value(epoch).map { (x: Double(epoch.epoch), y: $0 * scale) }
    }
    guard !points.isEmpty else { return nil }
    return LineChart.Series(
      name: figure.name, points: points, style: style, dash: dash, kept: run.kept.map(Double.init))
  }

  /// Equal lines once, under all their names: runs often share a schedule.
  private static func distinct(_ series: [LineChart.Series]) -> [LineChart.Series] {
    series.reduce(into: []) { kept, line in
      let index = kept.firstIndex {
        $0.points.map(\.x) == line.points.map(\.x) && $0.points.map(\.y) == line.points.map(\.y)
      }
      if let index { kept[index].name += ", " + line.name } else { kept.append(line) }
    }
  }

  private static func epochs(_ run: Report.Run) -> HTMLTable {
    typealias Column = (name: String, text: (Report.Epoch) -> String?)
    let all: [Column] = [
      ("total loss", { $0.loss.map { NumberText.significant($0) } }),
      ("classification", { $0.cls.map { NumberText.significant($0) } }),
      ("class-specific", { $0.cse.map { NumberText.significant($0) } }),
      ("learning rate", { $0.learningRate.map { NumberText.significant($0) } }),
      ("validation mAP, %", { $0.validation.map { NumberText.percent($0) } }),
      ("test mAP, %", { $0.test.map { NumberText.percent($0) } }),
      ("seconds", { $0.seconds.map { NumberText.fixed($0, 1) } }),
    ]
    let groupColumns = groupFigures.map { figure -> Column in
      (figure.name, { figure.value($0).map { NumberText.percent($0) } })
    }
    let columns = (all + groupColumns).filter { column in
      run.epochs.contains { column.text($0) != nil }
    }
    var table = HTMLTable(
      "Epochs of \(run.name)", header: ["epoch"] + columns.map(\.name))
    for epoch in run.epochs {
      table.row(
        .text(String(epoch.epoch) + (epoch.epoch == run.kept ? ", kept" : "")),
        columns.map { .number($0.text(epoch) ?? NumberText.missing) },
        style: epoch.epoch == run.kept ? "own" : "")
    }
    return table
  }
}
