// HTMLResults - the sections with the figures of whole methods.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics

extension HTMLReport {
  /// The columns of a table of mAP: all classes, and the groups of which somebody has a figure.
  private static func columns(_ rows: [Report.Row]) -> [ResultColumn] {
    ResultColumn.all.filter { column in column == .total || rows.contains { $0[column] != nil } }
  }

  /// Whether the parts that the arms use can stand in the table of results: every arm is a row there.
  private static func isMerged(_ report: Report) -> Bool {
    guard let ablation = report.ablation, !ablation.arms.isEmpty else { return false }
    let measured = Set(report.results.filter { $0.evidence == .measured }.map(\.method))
    return ablation.arms.allSatisfy { measured.contains($0.result.method) }
  }

  static func results(_ report: Report) -> String {
    guard !report.results.isEmpty else { return "" }
    let sources = sources(report.results)
    let ablation = isMerged(report) ? report.ablation : nil
    return "<div class=\"results\">"
      + table(report.results, "mAP by method", report, ablation: ablation, sources: sources)
      + "</div>\n" + notes(report, sources, hasParts: ablation != nil)
  }

  /// Rows of methods with their differences from what they are compared with.
  private static func table(
    _ rows: [Report.Row], _ caption: String, _ report: Report, ablation: Report.Ablation?,
    sources: [Report.Evidence]
  ) -> String {
    let (columns, parts) = (columns(rows), ablation?.components ?? [])
    let styles = MethodStyles(report)
    var table = HTMLTable(
      caption,
      header: ["mAP, %"] + columns.map(\.name) + parts
        + (sources.isEmpty ? [] : ["source"]))
    var block: String?
    let best = best(rows.filter { $0.evidence == .measured })
    for row in rows {
      if row.block != block, let name = row.block, rows.first?.block != rows.last?.block {
        table.block(name)
      }
      block = row.block
      let isOwn = row.evidence == .measured
      let uses = ablation?.arms.first { isOwn && $0.result.method == row.method }?.uses ?? []
      var cells = self.cells(row, columns, best: isOwn ? best : [:], report.reference(of: row))
      // After the figures, which a phone shows first.
      cells += parts.indices.map { part -> HTMLTable.Cell in
        let isUsed = part < uses.count && uses[part]
        return .figure(isUsed ? "\u{2713}" : "")
      }
      if !sources.isEmpty {
        let source = sources.firstIndex(of: row.evidence).map { "[\($0 + 1)]" }
        cells.append(.number(source ?? "here"))
      }
      table.row(
        isOwn ? .markup(styles.key(row.method)) : .text(row.method), cells,
        style: (isOwn && !sources.isEmpty ? "own" : "") + (row.note == nil ? "" : " noted"))
      if let note = row.note { table.note(note) }
    }
    return table.html
  }

  /// What a reader of the table must know, one line each.
  private static func notes(
    _ report: Report, _ sources: [Report.Evidence], hasParts: Bool
  ) -> String {
    let own = report.results.filter { $0.evidence == .measured }
    var lines: [String] = []
    let compared = own.filter { !Report.isReference($0.method) }
      .compactMap { report.reference(of: $0)?.method }
    if let reference = compared.first {
      lines.append("With a sign: difference from \(reference), in points.")
    }
    if hasParts { lines.append("\u{2713}: the row uses this part of the method.") }
    if !best(own).isEmpty { lines.append("Underlined: the best of the rows measured here.") }
    if own.contains(where: { $0.measures.contains { $0?.deviation != nil } }) {
      lines.append("\u{00B1}: standard deviation over the repetitions.")
    }
    if let selection = report.selection {
      lines.append("\(selection.prefix(1).uppercased())\(selection.dropFirst()).")
    }
    for (index, evidence) in sources.enumerated() {
      guard case .read(let source) = evidence else { continue }
      lines.append("[\(index + 1)] read in \(source).")
    }
    if !sources.isEmpty, !own.isEmpty { lines.append("here: measured by this program.") }
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

  private static func best(_ rows: [Report.Row]) -> [ResultColumn: Double] {
    guard rows.count > 1, Set(rows.map(\.block)).count == 1 else { return [:] }
    let best = ResultColumn.all.map { column in
      (column, rows.compactMap { $0[column]?.mean }.filter(\.isFinite).max())
    }
    return Dictionary(uniqueKeysWithValues: best).compactMapValues(\.self)
  }

  /// Mean, deviation, and the difference from the row that others are compared with.
  static func cells(
    _ row: Report.Row, _ columns: [ResultColumn], best: [ResultColumn: Double],
    _ reference: Report.Row?
  ) -> [HTMLTable.Cell] {
    columns.map { column in
      guard let measure = row[column] else { return .number(NumberText.missing) }
      let mean = NumberText.percent(measure.mean)
      let isBest = best[column] == measure.mean
      var small = measure.deviation.map { ["\u{00B1} \(NumberText.percent($0))"] } ?? []
      if row.evidence == .measured, !Report.isReference(row.method),
        let zero = reference?[column]?.mean
      {
        small.append(NumberText.signed((measure.mean - zero) * 100, 1))
      }
      return .figure(
        (isBest ? "<span class=\"best\">\(mean)</span>" : mean)
          + (small.isEmpty ? "" : "<small>\(small.joined(separator: " \u{00B7} "))</small>"))
    }
  }

  /// Bars of the rows measured here; the table above has the numbers.
  static func groups(_ report: Report) -> String {
    let rows = report.results.filter {
      $0.evidence == .measured && $0.measures.contains { $0 != nil }
    }
    let columns = columns(rows)
    guard !rows.isEmpty, columns.count > 1 else { return "" }
    let styles = MethodStyles(report)
    let series = rows.map { row in
      GroupBarChart.Series(
        name: row.method, bars: columns.map { row[$0] }, style: styles[row.method])
    }
    let hasDeviation = rows.contains { $0.measures.contains { $0?.deviation != nil } }
    let text =
      "mAP of all classes (total) and of the classes of each group"
      + (hasDeviation ? "; whiskers are one standard deviation." : ".")
    return paragraph(text)
      + figure { layout in
        GroupBarChart.svg(
          "mAP by group of \(rows.count) methods", categories: columns.map(\.name),
          series: series, layout: layout)
      }
      + figuresTable(rows, columns).folded("The numbers of this chart")
  }

  private static func figuresTable(_ rows: [Report.Row], _ columns: [ResultColumn]) -> HTMLTable {
    var table = HTMLTable("mAP by group", header: ["mAP, %"] + columns.map(\.name))
    for row in rows {
      table.row(
        .text(row.method),
        columns.map { .number(row[$0]?.text ?? NumberText.missing) })
    }
    return table
  }

  /// The parts that arms use, where they are no rows of the results.
  static func ablation(_ report: Report) -> String {
    guard let ablation = report.ablation, !ablation.arms.isEmpty, !isMerged(report) else {
      return ""
    }
    let rows = ablation.arms.map { arm in
      var row = arm.result
      (row.block, row.evidence) = (report.reference?.block, .measured)
      return row
    }
    return paragraph("Arms with the parts that they use, and their mAP in %.")
      + "<div class=\"figures\">"
      + table(rows, "Ablation", report, ablation: ablation, sources: []) + "</div>\n"
  }
}
