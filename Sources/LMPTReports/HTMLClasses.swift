// HTMLClasses - the sections with figures of single classes.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  static func classes(_ report: Report) -> String {
    let rows = ClassBarChart.ordered(report.classes)
    let methods = report.methods
    guard !methods.isEmpty, rows.contains(where: { $0.ap.contains { $0 != nil } }) else {
      return ""
    }
    let styles = MethodStyles(report)
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
      "Classes in the order of their training images, of which the dotted line is the number, on the "
        + "logarithmic axis. The strip along the names has the colours of the groups.")
      + figure {
        ClassBarChart.svg(
          rows, methods: methods, styles: methods.map { styles[$0] }, layout: $0)
      }
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
    func has(_ figure: (Report.ClassResult) -> Double?) -> Bool {
      rows.contains { figure($0) != nil }
    }
    let (hasMargin, hasWeight) = (has(\.margin), has(\.weight))
    var table = HTMLTable(
      "Margins and weights",
      header: ["class", "group", "training images"] + (hasMargin ? ["margin (E4)"] : [])
        + (hasWeight ? ["weight (E5)"] : []))
    for row in rows where row.margin != nil || row.weight != nil {
      func cell(_ value: Double?) -> HTMLTable.Cell {
        .number(value.map { NumberText.significant($0) } ?? NumberText.missing)
      }
      table.row(
        .text(row.name),
        [.markup(HTMLTable.group(row.group)), .number(NumberText.count(row.count))]
          + (hasMargin ? [cell(row.margin)] : []) + (hasWeight ? [cell(row.weight)] : []))
    }
    let remarks =
      (hasMargin ? ["The rarer a class, the wider its margin (E4)."] : [])
      + (hasWeight ? ["The rarer a class, the heavier it is in the loss (E5)."] : [])
    return paragraph(remarks.joined(separator: " ")) + groupKey(rows.map(\.group))
      + "<div class=\"pair\">" + figure("Class-aware soft margin", margin)
      + figure("Class weight", weight) + "</div>" + table.folded("The numbers of these charts")
  }

  /// The colours of the groups that occur.
  static func groupKey(_ groups: [Report.Group]) -> String {
    let items = Report.Group.allCases.filter(groups.contains).map {
      "<li>\(HTMLTable.group($0))</li>"
    }
    return items.isEmpty ? "" : "<ul class=\"key\">\(items.joined())</ul>\n"
  }

  /// Curves beyond this number stand behind a line that opens them.
  private static let openCurves = 24

  static func curves(_ report: Report) -> String {
    let rows = report.curves.filter { $0.curves.contains { !$0.points.isEmpty } }
    guard !rows.isEmpty else { return "" }
    let methods = rows.flatMap { $0.curves.map(\.method) }.reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let styles = MethodStyles(report)
    let charts = rows.map { PrecisionRecallChart.svg($0) { styles[$0] } }
    var out = paragraph(
      "Precision over recall. The numbers below each chart are AP in %; the square beside a name has "
        + "the colour of its group.")
    out += key(methods, styles)
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
  private static func key(_ names: [String], _ styles: MethodStyles) -> String {
    let items = names.map { name in
      var canvas = SVGCanvas(width: 24, height: 12)
      canvas.path([(0, 6), (24, 6)], styles[name].line)
      return "<li>\(canvas.svg("line of \(name)"))\(name.escapedForHTML)</li>"
    }
    return "<ul class=\"key\">\(items.joined())</ul>\n"
  }
}
