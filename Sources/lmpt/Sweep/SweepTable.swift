// SweepTable - the results of a sweep as text, CSV, JSON and Markdown.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTTuning
import LMPTReports
import LMPTTensors

/// Rows by run and, with mean and deviation over seeds, by arm and grid point.
struct SweepTable {
  let plan: SweepPlan
  let outcomes: [SweepOutcome]
  /// Whether nothing says which activation the weights of some run were trained with.
  let activationIsAssumed: Bool
  /// The command whose words an error is told in.
  let command: Command

  /// Runs that differ in nothing but their seed.
  struct Group {
    let label: String
    let selection: String
    let outcomes: [SweepOutcome]

    func values(_ column: ResultColumn) -> [Double] { outcomes.compactMap { $0.value(column) } }
    var failed: Int { outcomes.count { $0.failure != nil } }
  }

  var groups: [Group] {
    var groups: [(label: String, outcomes: [SweepOutcome])] = []
    for outcome in outcomes {
      if groups.last?.label == outcome.run.label {
        groups[groups.count - 1].outcomes.append(outcome)
      } else {
        groups.append((outcome.run.label, [outcome]))
      }
    }
    return groups.map {
      Group(label: $0.label, selection: $0.outcomes[0].selection, outcomes: $0.outcomes)
    }
  }

  /// How the numbers came about, for the line under a table.
  var note: String {
    let rules = Set(groups.map(\.selection)).subtracting(["none"])
    let labels = EpochSelection.allCases.filter { rules.contains($0.rawValue) }.map(\.label)
    let scores = Set(outcomes.map(\.run.options.scores.rawValue)).sorted()
    let seeds = plan.seeds.map(String.init).joined(separator: ", ")
    return "\(scores.joined(separator: ", ")) scores; "
      + (labels.isEmpty ? "" : labels.joined(separator: ", or ") + "; ")
      + (plan.seeds.count > 1 ? "mean +- sample deviation over seeds \(seeds)" : "seed \(seeds)")
  }

  /// The marker of a row whose epoch was chosen on the test images.
  private func marked(_ group: Group) -> String {
    group.selection == EpochSelection.test.rawValue ? "\(group.label) [test-chosen]" : group.label
  }

  /// The table for a terminal.
  var text: String {
    let rows = groups.map { group in
      ResultTable.Row(
        marked(group), values: ResultColumn.all.map(group.values),
        remark: group.failed == 0 ? "" : "  \(group.failed) of \(group.outcomes.count) failed")
    }
    let lines = TextWidth.lines("(\(note))", width: TextWidth.columns())
    return ResultTable.text(rows) + lines.map { "\($0)\n" }.joined()
  }

  /// The table and its settings for a page of documentation.
  var markdown: String {
    var text =
      "| mAP, % | \(ResultColumn.all.map(\.name).joined(separator: " | ")) | epoch chosen on |\n"
    text += "|---|" + String(repeating: "---:|", count: ResultColumn.all.count) + "---|\n"
    for group in groups {
      let cells = ResultColumn.all.map {
        ResultTable.summary(group.values($0)).replacing("+-", with: "± ")
      }
      let rule = [
        "validation": "validation split", "test": "**test images** (released rule, overstates)",
        "last": "nothing, the last",
      ][group.selection]
      text += "| \(group.label) | \(cells.joined(separator: " | ")) | \(rule ?? "-") |\n"
    }
    let failed = outcomes.count { $0.failure != nil }
    if failed > 0 { text += "\n\(failed) of \(outcomes.count) runs failed and are not counted.\n" }
    // A setting stays on one line.
    let settings = plan.settings.map {
      "`\($0.key) \($0.value)`".replacing(" ", with: "\u{A0}")
    }
    let options = settings.isEmpty ? "none" : settings.joined(separator: ", ")
    let lines = TextWidth.lines(
      "Data set \(plan.dataset), \(note). Options beside the defaults of the method: \(options).",
      width: 100)
    return text + "\n" + lines.map { $0.replacing("\u{A0}", with: " ") + "\n" }.joined()
  }

  /// One row per run.
  var csv: String {
    func text(_ value: String) -> CSV.Cell { value.isEmpty ? .empty : .text(value) }
    let header =
      ["arm"] + plan.gridKeys + ["seed", "status"] + ResultColumn.all.map(\.name)
      + ["epoch", "selection", "folder", "error"]
    let rows = outcomes.map { outcome -> [CSV.Cell] in
      let run = outcome.run
      let grid = run.values.isEmpty ? plan.gridKeys.map { _ in "" } : run.values
      let values = ResultColumn.all.map { column in
        outcome.value(column).map(CSV.Cell.number) ?? .empty
      }
      return ([run.arm] + grid).map(text)
        + [
          run.seed.map(CSV.Cell.integer) ?? .empty, .text(outcome.failure == nil ? "ok" : "failed"),
        ]
        + values
        + [
          outcome.metrics?["epoch"]?.int.map(CSV.Cell.integer) ?? .empty, .text(outcome.selection),
          text(outcome.folder ?? ""),
          text(outcome.failure.map { ToldError($0, of: command).line } ?? ""),
        ]
    }
    return CSV.table(header: header, rows: rows)
  }

  /// The kernels that computed the runs, which may be another process's.
  private var kernels: String {
    Set(outcomes.compactMap { $0.metrics?["kernel"]?.string }).sorted().joined(separator: ", ")
  }

  /// Settings, rows and summary (docs/schemas/sweep-results.schema.json).
  var json: JSON {
    .object([
      ("schema", 1), ("name", .string(plan.file.name)), ("title", .string(plan.file.title)),
      ("dataset", .string(plan.dataset)), ("program", .string("lmpt \(programVersion)")),
      ("kernel", .string(kernels.isEmpty ? KernelSet.current.name : kernels)),
      ("activation_assumed", .bool(activationIsAssumed)),
      ("seeds", .array(plan.seeds.map { .integer($0) })),
      ("settings", .object(plan.settings.map { ($0.key, .string($0.value)) })),
      ("note", .string(note)), ("runs", .array(outcomes.map(row))),
      ("summary", .array(groups.map(summary))),
    ])
  }

  private func row(_ outcome: SweepOutcome) -> JSON {
    var fields: [(key: String, value: JSON)] = [
      ("label", .string(outcome.run.label)), ("arm", .string(outcome.run.arm)),
      (
        "grid",
        .object(zip(plan.gridKeys, outcome.run.values).map { ($0, .string($1)) })
      ),
      ("seed", outcome.run.seed.map { .integer($0) } ?? .null),
      ("status", outcome.failure == nil ? "ok" : "failed"),
    ]
    fields += ResultColumn.all.map { ($0.name, outcome.value($0).map { .number($0) } ?? .null) }
    fields += [
      ("epoch", outcome.metrics?["epoch"] ?? .null), ("select", .string(outcome.selection)),
      ("selection", outcome.metrics?["selection"] ?? .null),
      ("kernel", outcome.metrics?["kernel"] ?? .null),
      ("folder", outcome.folder.map { .string($0) } ?? .null),
      ("error", outcome.failure.map { .string(ToldError($0, of: command).line) } ?? .null),
    ]
    return .object(fields)
  }

  private func summary(_ group: Group) -> JSON {
    .object(
      [
        ("label", .string(group.label)), ("select", .string(group.selection)),
        ("runs", .integer(group.outcomes.count)), ("failed", .integer(group.failed)),
      ]
        + ResultColumn.all.map { column in
          let over = MeanAndDeviation(group.values(column))
          let cell: JSON = .object([
            ("mean", over.map { .number($0.mean) } ?? .null),
            ("deviation", over?.deviation.map { .number($0) } ?? .null),
          ])
          return (column.name, over == nil ? .null : cell)
        })
  }
}
