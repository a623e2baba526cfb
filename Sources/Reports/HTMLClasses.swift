// HTMLClasses - the sections with figures of single classes.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  static func classes(_ report: Report) -> String {
    let rows = ClassBarChart.ordered(report.classes)
    let methods = report.methods
    guard !methods.isEmpty, rows.contains(where: { $0.ap.contains { $0 != nil } }) else {
      return ""
    }
    let others =
      methods.count > 1
      ? "; marks: \(methods.dropLast().joined(separator: ", "))" : ""
    var table = HTMLTable(
      "Average precision by class",
      header: ["class", "group", "training images"] + methods.map { "\($0), AP %" })
    for row in rows {
      let figures = methods.indices.map { index in
        HTMLTable.Cell.number(NumberText.percent(index < row.ap.count ? row.ap[index] : nil))
      }
      table.row(
        .text(row.name),
        [.markup(HTMLTable.group(row.group)), .number(NumberText.count(row.count))] + figures)
    }
    return paragraph(
      "Classes in the order of their training images. Bars: \(methods[methods.count - 1])\(others). "
        + "The line is the number of training images, on the logarithmic axis.")
      + figure { ClassBarChart.svg(rows, methods: methods, layout: $0) }
      + table.folded("The numbers of this chart")
  }

  static func margins(_ report: Report) -> String {
    let rows = ClassBarChart.ordered(report.classes)
    let margin = ScatterChart.byCount(
      "Class-aware soft margin over training images", y: "margin (E4)", classes: rows
    ) { $0.margin }
    let weight = ScatterChart.byCount(
      "Class weight over training images", y: "class weight (E5)", classes: rows,
      axis: .logarithmic
    ) { $0.weight }
    guard !margin.isEmpty || !weight.isEmpty else { return "" }
    var table = HTMLTable(
      "Margins and weights",
      header: ["class", "group", "training images", "margin (E4)", "weight (E5)"])
    for row in rows where row.margin != nil || row.weight != nil {
      table.row(
        .text(row.name),
        [
          .markup(HTMLTable.group(row.group)), .number(NumberText.count(row.count)),
          .number(row.margin.map { NumberText.significant($0) } ?? NumberText.missing),
          .number(row.weight.map { NumberText.significant($0) } ?? NumberText.missing),
        ])
    }
    return paragraph(
      "The rarer a class, the wider its margin and the heavier its share in the loss.")
      + "<div class=\"pair\">" + figure("Class-aware soft margin", margin)
      + figure("Class weight", weight) + "</div>" + table.folded("The numbers of these charts")
  }

  /// Curves beyond this number stand behind a line that opens them.
  private static let openCurves = 24

  static func curves(_ report: Report) -> String {
    let rows = report.curves.filter { $0.curves.contains { !$0.points.isEmpty } }
    guard !rows.isEmpty else { return "" }
    let methods = rows.flatMap { $0.curves.map(\.method) }.reduce(into: report.methods) {
      if !$0.contains($1) { $0.append($1) }
    }
    let charts = rows.map { PrecisionRecallChart.svg($0, methods: methods) }
    var out = paragraph("Precision over recall; the numbers below the charts are AP in %.")
    out += key(
      methods.filter { name in rows.contains { $0.curves.contains { $0.method == name } } },
      all: methods)
    out += "<div class=\"small\">\(charts.prefix(openCurves).joined())</div>\n"
    if charts.count > openCurves {
      out += "<details><summary>\(charts.count - openCurves) more classes</summary>"
      out += "<div class=\"small\">\(charts.dropFirst(openCurves).joined())</div></details>\n"
    }
    var table = HTMLTable(
      "Points of the curves",
      header: ["class", "method", "AP, %", "recall and precision of each point"])
    for row in rows {
      for curve in row.curves {
        let points = curve.points.map {
          NumberText.fixed($0.recall, 3) + "\u{00A0}" + NumberText.fixed($0.precision, 3)
        }
        table.row(
          .text(row.name),
          [
            .text(curve.method), .number(NumberText.percent(curve.ap)),
            .text(points.joined(separator: ", ")),
          ])
      }
    }
    return out + table.folded("The numbers of these charts")
  }

  /// A legend in the page, for many charts that share it.
  private static func key(_ shown: [String], all: [String]) -> String {
    let items = shown.map { name in
      var canvas = SVGCanvas(width: 24, height: 12)
      canvas.path([(0, 6), (24, 6)], ChartStyle.line(all.firstIndex(of: name) ?? 0))
      return "<li>\(canvas.svg("line of \(name)"))\(name.escapedForHTML)</li>"
    }
    return "<ul class=\"key\">\(items.joined())</ul>\n"
  }
}
