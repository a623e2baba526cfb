// TuneTable - what tuning came to, as text, Markdown, CSV, JSON and a picture.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTReports
import LMPTTensors
import LMPTTuning

/// The tuned methods by falling mAP, and the trials behind them.
struct TuneTable {
  let plan: TunePlan
  let tunings: [MethodTuning]
  /// The best trial of each method on the test images; empty before the last stage.
  var tuned: [TunedMethod] = []
  /// Whether nothing says which activation the weights were trained with.
  let activationIsAssumed: Bool

  /// Methods by falling mean; those without a result come last.
  private var ranked: [TunedMethod] { tuned.sorted { ($0.mean ?? -1) > ($1.mean ?? -1) } }

  private func tuning(of method: Method) -> MethodTuning? {
    tunings.first { $0.method == method }
  }

  /// How the numbers came about, for the lines under a table.
  private var note: String {
    let budget = plan.budget
    let fewer = tunings.filter { $0.trials.count < budget.trials }
      .map { "\($0.method.name) \($0.trials.count)" }
    let unjudged = Set(tunings.flatMap(\.trials).flatMap(\.unjudged)).sorted()
    let fixed = plan.fixed.map { $0.value.isEmpty ? $0.key : "\($0.key) \($0.value)" }
    let ranges = plan.ranges.map { "\($0.option.flag) from \($0.range)" }
    let lines = [
      "\(budget.trials) trials a method"
        + (fewer.isEmpty ? "" : " (\(fewer.joined(separator: ", ")))")
        + ", each judged by the mAP on held-out training images, mean and deviation over "
        + "\(budget.splits) splits of \(percent(budget.fraction)) % of every class, at least one "
        + "image of it.",
      unjudged.isEmpty
        ? "" : "No held-out image shows \(unjudged.joined(separator: ", ")), seen once.",
      "The best trial, trained on all training images: mean and sample deviation over "
        + "\(budget.seeds) fresh seeds. No epoch is chosen; the last is kept.",
      "Difference: to the first row, with a 95 % interval of paired resamples of the test images.",
      fixed.isEmpty ? "" : "For every method: \(fixed.joined(separator: ", ")).",
      ranges.isEmpty ? "" : "Drawn alike for all: \(ranges.joined(separator: ", ")).",
      "Seed \(budget.seed) of the protocol; \(duration(seconds)) of training.",
    ]
    return lines.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private func percent(_ share: Double) -> String {
    let value = (share * 1000).rounded() / 10
    return fixed(value, value == value.rounded() ? 0 : 1)
  }

  private var seconds: Double {
    tunings.flatMap(\.trials).reduce(0) { $0 + $1.seconds }
      + tuned.reduce(0) { $0 + $1.seconds }
  }

  private func validation(_ result: TrialResult?) -> String {
    guard let score = result?.score else { return "-" }
    return fixed(score.mean * 100, 1) + (score.deviation.map { " +-" + fixed($0 * 100, 1) } ?? "")
  }

  private func difference(_ row: TunedMethod) -> String {
    guard let first = ranked.first, first.method != row.method,
      let difference = row.difference(from: first)
    else { return "" }
    let ends = [difference.interval.low, difference.interval.high].map { signed($0 * 100) }
    return "\(signed(difference.mean * 100)) (\(ends[0]) to \(ends[1]))"
  }

  private func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + fixed(value, 1) }

  /// The table for a terminal, with lines of at most a width.
  func text(width: Int) -> String {
    let rows = ranked.map {
      ResultTable.Row($0.method.title, values: ResultColumn.all.map($0.values))
    }
    let chosen = ranked.map { row in
      let (tuning, difference) = (tuning(of: row.method), difference(row))
      let lines = TextWidth.lines(
        "validation \(validation(tuning?.best)), as published \(validation(tuning?.trials.first))"
          + (difference.isEmpty ? "" : "; difference on the test images \(difference)"),
        width: width - 2)
      return TextWidth.lines(
        "\(row.method.title): \(tuning?.best?.trial.text ?? "-")", width: width
      ).map { "\($0)\n" }.joined() + lines.map { "  \($0)\n" }.joined()
    }
    return ResultTable.text(rows) + "\n" + chosen.joined() + "\n"
      + TextWidth.lines(note, width: width).map { "\($0)\n" }.joined()
  }

  /// The table for a page of documentation.
  var markdown: String {
    let columns = ResultColumn.all.map(\.name)
    var text =
      "| mAP, % | \(columns.joined(separator: " | ")) | difference | validation | published | "
      + "settings |\n|---|" + String(repeating: "---:|", count: columns.count + 3) + "---|\n"
    for row in ranked {
      let tuning = tuning(of: row.method)
      var cells = ResultColumn.all.map { ResultTable.summary(row.values($0)) }
      cells += [difference(row), validation(tuning?.best), validation(tuning?.trials.first)]
      let plain = cells.map { $0.replacing("+-", with: "± ") }.joined(separator: " | ")
      text += "| \(row.method.title) | \(plain) | \(tuning?.best?.trial.text ?? "-") |\n"
    }
    let lines = TextWidth.lines("Data set \(plan.dataset). \(note)", width: 100)
    return text + "\n" + lines.map { $0 + "\n" }.joined() + "\n"
      + TuneDiagnosticsTable(rows: ranked).markdown
  }

  /// Every trial.
  var csv: String {
    let header =
      ["method", "trial", "validation", "deviation"]
      + (0..<plan.budget.splits).map { "split\($0)" } + ["failed", "chosen", "seconds", "settings"]
    let rows = tunings.flatMap { tuning in
      tuning.trials.map { result -> [CSV.Cell] in
        let splits = (0..<plan.budget.splits).map { split -> CSV.Cell in
          result.failures == 0 ? .number(result.scores[split]) : .empty
        }
        let score = result.score
        return [
          .text(tuning.method.name), .integer(result.trial.number),
          score.map { .number($0.mean) } ?? .empty,
          score?.deviation.map { .number($0) } ?? .empty,
        ] + splits + [
          .integer(result.failures),
          .text(tuning.best?.trial.number == result.trial.number ? "yes" : ""),
          .number(result.seconds), .text(result.trial.text),
        ]
      }
    }
    return CSV.table(header: header, rows: rows)
  }

  /// A picture of the trials.
  var chart: String {
    TrialChart.draw(
      tunings.compactMap { tuning in
        guard let best = tuning.best else { return nil }
        return TrialChart.Row(
          name: tuning.method.title,
          scores: tuning.trials.map { ($0.score?.mean ?? .nan) * 100 }, best: best.trial.number,
          deviation: best.score?.deviation.map { $0 * 100 })
      }, for: .file)
  }

  /// Everything (docs/schemas/tune.schema.json).
  var json: JSON {
    let budget = plan.budget
    return .object([
      ("schema", 1), ("dataset", .string(plan.dataset)),
      ("program", .string("lmpt \(programVersion)")), ("kernel", .string(KernelSet.current.name)),
      ("activation_assumed", .bool(activationIsAssumed)),
      ("trials", .integer(budget.trials)), ("splits", .integer(budget.splits)),
      ("seeds", .integer(budget.seeds)), ("fraction", .number(budget.fraction)),
      ("seed", .integer(budget.seed)),
      ("fixed", .object(plan.fixed.map { ($0.key, .string($0.value)) })),
      ("ranges", .object(plan.ranges.map { ($0.option.flag, .string($0.range)) })),
      ("seconds", .number(seconds)), ("note", .string(note)),
      ("methods", .array((tuned.isEmpty ? tunings.map(\.method) : ranked.map(\.method)).map(row))),
      ("differences", .array(differences)),
    ])
  }

  private func row(_ method: Method) -> JSON {
    let tuning = tuning(of: method)
    let result = tuned.first { $0.method == method }
    return .object([
      ("name", .string(method.name)), ("title", .string(method.title)),
      ("chosen", tuning?.best.map { .integer($0.trial.number) } ?? .null),
      ("validation", summary(tuning?.best?.score)),
      ("published_validation", summary(tuning?.trials.first?.score)),
      (
        "test",
        result.map { result in
          .object(
            ResultColumn.all.map { ($0.name, summary(MeanAndDeviation(result.values($0)))) })
        } ?? .null
      ),
      ("runs", .array(result.map(runs) ?? [])),
      ("trials", .array((tuning?.trials ?? []).map(trial))),
    ])
  }

  private func runs(_ result: TunedMethod) -> [JSON] {
    zip(result.outcomes, result.diagnostics).map { outcome, diagnostics in
      .object([
        ("seed", outcome.run.seed.map(JSON.integer) ?? .null),
        ("map", outcome.value(.total).map(JSON.number) ?? .null),
        ("folder", outcome.folder.map(JSON.string) ?? .null),
        ("diagnostics", diagnostics?.json ?? .null),
      ])
    }
  }

  private func trial(_ result: TrialResult) -> JSON {
    .object([
      ("trial", .integer(result.trial.number)),
      ("settings", .object(result.trial.drawn.map { ($0.key, .string($0.shortValue)) })),
      ("validation", summary(result.score)), ("failed", .integer(result.failures)),
      ("scores", .array(result.scores.map { .number($0) })), ("seconds", .number(result.seconds)),
    ])
  }

  /// Every pair of methods, the higher one first.
  private var differences: [JSON] {
    let ranked = ranked
    return ranked.indices.flatMap { i in
      ranked[(i + 1)...].compactMap { other -> JSON? in
        guard let difference = ranked[i].difference(from: other) else { return nil }
        return .object([
          ("a", .string(ranked[i].method.name)), ("b", .string(other.method.name)),
          ("mean", .number(difference.mean)), ("low", .number(difference.interval.low)),
          ("high", .number(difference.interval.high)),
        ])
      }
    }
  }

  private func summary(_ over: MeanAndDeviation?) -> JSON {
    guard let over else { return .null }
    return .object([
      ("mean", .number(over.mean)),
      ("deviation", over.deviation.map { .number($0) } ?? .null),
    ])
  }
}
