// RunComparison - several runs on one page: repetitions averaged, arms side by side.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import Foundation
import LMPTTuning
import LMPTReports

enum RunComparison {
  /// One report of several runs; those that differ in nothing but their seed become one row.
  static func report(_ runs: [FinishedRun], title: String) -> Report {
    var groups: [(key: String, runs: [FinishedRun])] = []
    for run in runs {
      let key = run.isRun ? run.settings(without: ["seed"]) : "\(groups.count)"
      if run.isRun, let index = groups.firstIndex(where: { $0.key == key }) {
        groups[index].runs.append(run)
      } else {
        groups.append((key, [run]))
      }
    }
    let sets = Set(runs.map(\.dataset))
    let averages = groups.map { group in
      var report = averaged(group.runs)
      if sets.count > 1 { report.setBlock(group.runs[0].dataset) }
      return report
    }
    guard averages.count > 1 else {
      var report = averages.first ?? Report(title: title)
      if runs.count > 1 {
        (report.title, report.comparison) = (title, comparison(runs))
      }
      return report
    }
    // A map and a context's words are about one run, and the last arm is the whole method.
    let chosen = averages.lastIndex { $0.map != nil }
    var reports = averages
    for index in reports.indices where index != chosen {
      (reports[index].map, reports[index].words) = (nil, [])
    }
    var report = Report.merged(reports, title: title)
    report.comparison = comparison(runs)
    let differing = Set(report.comparison?.settings ?? [])
    report.environment = combined(report.environment).filter { !differing.contains($0.name) }
    if sets.count > 1, Set(averages.compactMap { $0.dataset?.name }).count == 1 {
      let warning =
        "These runs are about different lists of one name: "
        + sets.sorted().joined(separator: ", ") + "."
      report.notice = [report.notice, warning].compactMap(\.self).joined(separator: " ")
    }
    report.ablation = ablation(groups.map(\.runs), averages) ?? report.ablation
    if let chosen, let name = averages[chosen].methods.last, !averages[chosen].words.isEmpty {
      let remark = "The map of the features and the nearest words belong to one of them, \(name)."
      report.summary = [report.summary, remark].compactMap(\.self).joined(separator: " ")
    }
    return report
  }

  /// Repetitions with different seeds: rows and AP become means, the rest is the first run's.
  private static func averaged(_ runs: [FinishedRun]) -> Report {
    var report = runs[0].report
    guard runs.count > 1, let name = report.methods.last else { return report }
    let all = runs.map(\.report)
    func mean(_ column: ResultColumn) -> Report.Measure? {
      Report.Measure(
        of: all.compactMap { report in
          report.results.last { $0.evidence == .measured }?[column]?.mean
        })
    }
    func present() -> Report.Measure? {
      Report.Measure(
        of: all.compactMap { report in
          report.results.last { $0.evidence == .measured }?.present?.mean
        })
    }
    // A run is called by its folder, the rest of them by their number.
    let several =
      Set(all.compactMap(\.methods.last)).count > 1 && name.hasSuffix(")")
      ? "\(name.dropLast()) and \(runs.count - 1) more)" : name
    report.rename(name, several)
    if let index = report.results.lastIndex(where: { $0.method == several }) {
      for column in ResultColumn.all { report.results[index].figures[column] = mean(column) }
      report.results[index].present = present()
    }
    for index in report.classes.indices {
      let values = all.compactMap { report in
        index < report.classes.count ? report.classes[index].ap.last.flatMap(\.self) : nil
      }
      guard !report.classes[index].ap.isEmpty, let over = MeanAndDeviation(values) else { continue }
      report.classes[index].ap[report.classes[index].ap.count - 1] = over.mean
    }
    report.environment = combined(all.flatMap(\.environment))
    report.commands = all.flatMap(\.commands).reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
    report.summary =
      "Figures are means over \(runs.count) seeds. Diagnostics, curves, example decisions, map and "
      + "words are those of the first seed."
    return report
  }

  /// The ablation table, where runs differ in nothing but the parts of E6 that they use.
  private static func ablation(
    _ groups: [[FinishedRun]], _ averages: [Report]
  ) -> Report.Ablation? {
    var found: [(term: EmbeddingTerm, row: Report.Row)] = []
    var settings: Set<String> = []
    for (runs, report) in zip(groups, averages) {
      guard let run = runs.first, run.isRun,
        let term = run.configuration?["cseloss"]?.string.flatMap(EmbeddingTerm.init(rawValue:)),
        let row = report.results.last(where: { $0.evidence == .measured })
      else { continue }
      settings.insert(run.settings(without: ["seed", "cseloss"]))
      found.append((term, row))
    }
    guard found.count > 1, settings.count == 1 else { return nil }
    let order = EmbeddingTerm.allCases
    found.sort { (order.firstIndex(of: $0.term) ?? 0) < (order.firstIndex(of: $1.term) ?? 0) }
    var arms = found.map { Report.Ablation.Arm(uses: $0.term.uses, result: $0.row) }
    if let zeroShot = averages[0].results.first(where: { $0.evidence == .measured }),
      zeroShot.method == Method.zeroShotTitle
    {
      arms.insert(
        Report.Ablation.Arm(uses: [false, false, false, false], result: zeroShot), at: 0)
    }
    for index in arms.indices { arms[index].result.block = nil }
    return Report.Ablation(
      components: ["tuning (E7)", "captions (E6)", "margins (E4)", "weights (E5)"], arms: arms)
  }

  /// The runs in the order in which they were given, with the settings that differ.
  private static func comparison(_ all: [FinishedRun]) -> Report.Comparison? {
    let runs = all.filter(\.isRun)
    guard runs.count > 1, case .object(let first)? = runs[0].configuration else { return nil }
    // The keys of the first run in its order, and what only others have.
    var keys = first.members.map(\.key)
    for run in runs.dropFirst() {
      for member in run.configuration?.object?.members ?? [] where !keys.contains(member.key) {
        keys.append(member.key)
      }
    }
    let settings = keys.filter { key in
      !["access", "classes", "command"].contains(key)
        && Set(runs.map { $0.configuration?[key]?.text() ?? "" }).count > 1
    }
    let names = ShortNames(runs.map(\.name))
    return Report.Comparison(
      settings: settings,
      runs: runs.map { run in
        let own = run.report.results.last { $0.evidence == .measured }
        let log = run.report.runs.last
        return Report.Comparison.Entry(
          result: Report.Row(
            method: names[run.name], figures: own?.figures ?? [:]),
          values: settings.map { run.value($0) }, kept: log?.kept,
          seconds: log?.epochs.last?.seconds)
      })
  }

  /// Facts of the same name in one line.
  private static func combined(_ facts: [Report.Fact]) -> [Report.Fact] {
    facts.reduce(into: []) { list, fact in
      guard let index = list.firstIndex(where: { $0.name == fact.name }) else {
        list.append(fact)
        return
      }
      if !list[index].value.components(separatedBy: ", ").contains(fact.value) {
        list[index].value += ", " + fact.value
      }
    }
  }
}

extension Report {
  /// Puts the measured rows under the name of their data set.
  fileprivate mutating func setBlock(_ name: String) {
    for index in results.indices where results[index].evidence == .measured {
      results[index].block = name
    }
  }

  /// Calls a method by another name wherever it occurs.
  fileprivate mutating func rename(_ old: String, _ new: String) {
    guard old != new else { return }
    methods = methods.map { $0 == old ? new : $0 }
    if let slot = palette.removeValue(forKey: old) { palette[new] = slot }
    for index in runs.indices where runs[index].name == old { runs[index].name = new }
    for index in results.indices where results[index].method == old { results[index].method = new }
    for index in diagnostics.indices where diagnostics[index].run == old {
      diagnostics[index].run = new
    }
    for row in curves.indices {
      for index in curves[row].curves.indices where curves[row].curves[index].method == old {
        curves[row].curves[index].method = new
      }
    }
    for row in examples.indices {
      for index in examples[row].decisions.indices
      where examples[row].decisions[index].method == old {
        examples[row].decisions[index].method = new
      }
    }
  }
}

extension EmbeddingTerm {
  /// Which parts of the method an arm uses: E7, E6, E4, E5.
  fileprivate var uses: [Bool] {
    [true, self != .none, usesMargins, usesWeights]
  }
}
