// HTMLTraining - the sections about how a model was trained and how to repeat it.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  /// Loss charts beyond this number stand behind a line that opens them.
  private static let openLosses = 4

  static func training(_ report: Report) -> String {
    let runs = report.runs.filter { !$0.epochs.isEmpty }
    guard !runs.isEmpty else { return "" }
    let losses: [(String, KeyPath<Report.Epoch, Double?>)] = [
      ("total (E8)", \.loss), ("classification (E7)", \.cls), ("class-specific (E6)", \.cse),
    ]
    let scores: [(String, KeyPath<Report.Epoch, Double?>)] = [
      ("validation", \.validation), ("test", \.test),
    ]
    let lossCharts = runs.map { run in
      let title = runs.count > 1 ? "Loss, \(run.name)" : "Loss"
      // A part of the objective that a method leaves out is 0 throughout and needs no line. Losses
      // fall by powers of ten in the first epochs.
      let lines = distinct(series(run, losses)).filter { $0.points.contains { $0.y != 0 } }
      let isPositive = lines.allSatisfy { $0.points.allSatisfy { $0.y > 0 } }
      return figure(
        title,
        LineChart.svg(
          title, x: "epoch", y: "mean loss", series: lines,
          axis: isPositive ? .logarithmic : .fitted))
    }
    var charts = lossCharts.prefix(openLosses).joined()
    if runs.count == 1 {
      charts += figure(
        "mAP by epoch",
        LineChart.svg(
          "mAP by epoch", x: "epoch", y: "mAP, %", series: series(runs[0], scores, scale: 100)))
    } else {
      for (name, path) in scores {
        let lines = runs.flatMap { run in
          series(run, [(run.name, path)], scale: 100)
        }
        let title = "mAP on the \(name) images by epoch"
        charts += figure(title, LineChart.svg(title, x: "epoch", y: "mAP, %", series: lines))
      }
    }
    let rates = distinct(runs.flatMap { series($0, [($0.name, \.learningRate)]) })
    charts += figure(
      "Learning rate",
      LineChart.svg(
        "Learning rate by epoch", x: "epoch", y: "learning rate", series: rates, axis: .fromZero))
    guard !charts.isEmpty else { return "" }
    let tables = runs.map { run in
      epochs(run).folded(
        runs.count > 1 ? "The numbers of \(run.name)" : "The numbers of these charts")
    }
    var out = "<div class=\"pair\">\(charts)</div>"
    let more = lossCharts.dropFirst(openLosses).filter { !$0.isEmpty }
    if !more.isEmpty {
      out += "<details><summary>Loss of \(more.count) more runs</summary>"
      out += "<div class=\"pair\">\(more.joined())</div></details>\n"
    }
    return out + tables.joined()
  }

  /// Lines of the figures that a run has.
  private static func series(
    _ run: Report.Run, _ figures: [(String, KeyPath<Report.Epoch, Double?>)], scale: Double = 1
  ) -> [LineChart.Series] {
    figures.compactMap { name, path in
      let points = run.epochs.compactMap { epoch in
        epoch[keyPath: path].map { (x: Double(epoch.epoch), y: $0 * scale) }
      }
      return points.isEmpty ? nil : LineChart.Series(name: name, points: points)
    }
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
    let columns = all.filter { column in run.epochs.contains { column.text($0) != nil } }
    var table = HTMLTable(
      "Epochs of \(run.name)", header: ["epoch"] + columns.map(\.name))
    for epoch in run.epochs {
      table.row(
        .number(String(epoch.epoch)),
        columns.map { .number($0.text(epoch) ?? NumberText.missing) })
    }
    return table
  }

  static func words(_ report: Report) -> String {
    let rows = report.words.filter { !$0.words.isEmpty }
    guard !rows.isEmpty else { return "" }
    let count = rows.map(\.words.count).max() ?? 0
    var table = HTMLTable(
      "Nearest words", header: ["context of"] + (1...count).map(String.init))
    for row in rows {
      table.row(
        .text(row.owner),
        row.words.map {
          .markup("\($0.text.escapedForHTML)<small>\(NumberText.fixed($0.distance, 2))</small>")
        })
    }
    return paragraph(
      "The vocabulary word nearest to each learned token, in the order of the prompt, with its "
        + "distance.") + table.html
  }

  static func environment(_ report: Report) -> String {
    var out = ""
    if !report.commands.isEmpty {
      out += "<pre>\(report.commands.joined(separator: "\n").escapedForHTML)</pre>\n"
    }
    if !report.environment.isEmpty {
      var table = HTMLTable("Environment", header: ["", ""])
      for fact in report.environment { table.row(.text(fact.name), [.text(fact.value)]) }
      out += "<div class=\"environment\">\(table.html)</div>\n"
    }
    return out
  }
}
