// HTMLComparison - the runs of a comparison and the settings in which they differ.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics

extension HTMLReport {
  /// Runs as rows in the order in which they were given, settings that differ as columns.
  static func runs(_ report: Report) -> String {
    guard let comparison = report.comparison, comparison.runs.count > 1 else { return "" }
    let hasEpochs = comparison.runs.contains { $0.kept != nil }
    let hasTimes = comparison.runs.contains { $0.seconds != nil }
    var table = HTMLTable(
      "Runs and settings",
      header: ["run", "mAP, %"] + comparison.settings + (hasEpochs ? ["kept epoch"] : [])
        + (hasTimes ? ["duration"] : []))
    for run in comparison.runs {
      var cells: [HTMLTable.Cell] = [.number(NumberText.percent(run.result[.total]?.mean))]
      cells += comparison.settings.indices.map { index -> HTMLTable.Cell in
        let value = index < run.values.count ? run.values[index] : nil
        return .number(value ?? NumberText.missing)
      }
      if hasEpochs { cells.append(.number(run.kept.map(String.init) ?? NumberText.missing)) }
      if hasTimes {
        cells.append(.number(run.seconds.map(NumberText.duration) ?? NumberText.missing))
      }
      table.row(.text(run.result.method), cells)
    }
    let text =
      comparison.settings.isEmpty
      ? "The runs have the same settings."
      : "One row for each run, in the order in which they were given. Settings that are the same in "
        + "all runs stand at the end of the page."
    return paragraph(text) + "<div class=\"figures\">\(table.html)</div>\n"
  }
}
