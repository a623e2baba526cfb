// HTMLResults - the sections with the figures of whole methods.
// SPDX-License-Identifier: Apache-2.0

import EvaluationMetrics

extension HTMLReport {
  private static let columnNames = ResultColumn.all.map(\.name)

  static func results(_ report: Report) -> String {
    let rows = report.results
    guard !rows.isEmpty else { return "" }
    var table = HTMLTable("mAP by method", header: ["mAP, %"] + columnNames + ["source"])
    var block: String?
    let sources = sources(rows)
    let best = best(rows.filter { $0.evidence == .measured })
    for row in rows {
      if row.block != block, let name = row.block { table.block(name) }
      block = row.block
      let isOwn = row.evidence == .measured
      let source = sources.firstIndex(of: row.evidence).map { "[\($0 + 1)]" } ?? "here"
      let style = (isOwn ? "own" : "") + (row.note == nil ? "" : " noted")
      table.row(
        .text(row.method), cells(row, best: isOwn ? best : []) + [.text(source)], style: style)
      if let note = row.note { table.note(note) }
    }
    return "<div class=\"results\">\(table.html)</div>\n" + notes(report, sources)
  }

  /// What a reader of the table must know, one line each.
  private static func notes(_ report: Report, _ sources: [Report.Evidence]) -> String {
    let own = report.results.filter { $0.evidence == .measured }
    var lines: [String] = []
    if !own.isEmpty {
      lines.append(
        "here: measured by this program"
          + (own.count > 1 ? "; underlined: the best of these rows." : "."))
    }
    if own.contains(where: { $0.measures.contains { $0?.deviation != nil } }) {
      lines.append("\u{00B1}: standard deviation over the repetitions.")
    }
    if let selection = report.selection {
      lines.append("Which epoch the measured figures belong to: \(selection).")
    }
    for (index, evidence) in sources.enumerated() {
      guard case .read(let source) = evidence else { continue }
      lines.append("[\(index + 1)] read in \(source).")
    }
    if report.results.contains(where: { $0.evidence != .measured && $0.measures.contains(nil) }) {
      lines.append("\(NumberText.missing): no source could be read; nothing is quoted from memory.")
    }
    let items = lines.map { "<li>\($0.escapedForHTML)</li>" }
    return items.isEmpty ? "" : "<ul class=\"notes\">\(items.joined())</ul>\n"
  }

  /// The distinct sources of quoted rows, in the order of their first use.
  private static func sources(_ rows: [Report.Row]) -> [Report.Evidence] {
    rows.map(\.evidence).reduce(into: []) { list, evidence in
      if evidence != .measured, !list.contains(evidence) { list.append(evidence) }
    }
  }

  private static func best(_ rows: [Report.Row]) -> [Double?] {
    guard rows.count > 1 else { return [] }
    return ResultColumn.all.map { column in rows.compactMap { $0[column]?.mean }.max() }
  }

  private static func cells(_ row: Report.Row, best: [Double?]) -> [HTMLTable.Cell] {
    row.measures.enumerated().map { column, measure in
      guard let measure else { return .number(NumberText.missing) }
      let mean = NumberText.percent(measure.mean)
      let isBest = column < best.count && best[column] == measure.mean
      let deviation = measure.deviation.map {
        "<small>\u{00B1} \(NumberText.percent($0))</small>"
      }
      return .markup(
        "<div class=\"v\">" + (isBest ? "<span class=\"best\">\(mean)</span>" : mean)
          + (deviation ?? "") + "</div>")
    }
  }

  /// Bars of the rows measured here; the table above has the numbers.
  static func groups(_ report: Report) -> String {
    let rows = report.results.filter {
      $0.evidence == .measured && $0.measures.contains { $0 != nil }
    }
    guard !rows.isEmpty else { return "" }
    let series = rows.map { GroupBarChart.Series(name: $0.method, bars: $0.measures) }
    let hasDeviation = rows.contains { $0.measures.contains { $0?.deviation != nil } }
    let text =
      "mAP over all classes and over the classes of each group, methods measured here"
      + (hasDeviation ? "; whiskers are one standard deviation." : ".")
    return paragraph(text)
      + figure { layout in
        GroupBarChart.svg(
          "mAP by group of \(rows.count) methods", categories: columnNames, series: series,
          layout: layout)
      }
      + figuresTable(rows).folded("The numbers of this chart")
  }

  private static func figuresTable(_ rows: [Report.Row]) -> HTMLTable {
    var table = HTMLTable("mAP by group", header: ["mAP, %"] + columnNames)
    for row in rows {
      table.row(
        .text(row.method), row.measures.map { .number($0?.text ?? NumberText.missing) })
    }
    return table
  }

  static func ablation(_ report: Report) -> String {
    guard let ablation = report.ablation, !ablation.arms.isEmpty else { return "" }
    var table = HTMLTable(
      "Ablation", header: ["arm"] + ablation.components + columnNames)
    for arm in ablation.arms {
      let uses = ablation.components.indices.map { index -> HTMLTable.Cell in
        let isUsed = index < arm.uses.count && arm.uses[index]
        return .markup("<div class=\"v\">\(isUsed ? "\u{2713}" : "")</div>")
      }
      table.row(
        .text(arm.result.method), uses + cells(arm.result, best: []),
        style: arm.result.note == nil ? "" : "noted")
      if let note = arm.result.note { table.note(note) }
    }
    return paragraph("Arms with the parts that they use, and their mAP in %.")
      + "<div class=\"figures\">\(table.html)</div>\n"
  }
}
