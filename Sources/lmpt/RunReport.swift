// RunReport - from the results of runs to the numbers of a page.
// SPDX-License-Identifier: Apache-2.0

import PromptTuning
import Reports
import Tensors

/// The pages that runs leave behind.
enum RunReport {
  /// The page of one run.
  static func html(
    _ result: TrainingResult, options: TrainingOptions, dataset: LongTailDataset,
    commandLine: [String]
  ) -> String {
    var report = page("\(options.method.title) on \(dataset.spec.name)", dataset: dataset)
    report.selection = options.selection.label
    report.results = [row(options.method.title, [result.evaluation.map])]
    report.methods = [options.method.title]
    report.classes = classes(dataset, [result.evaluation])
    report.runs = [Report.Run(name: options.method.title, epochs: result.history.map(epoch))]
    report.curves = curves(dataset, [(options.method.title, result.evaluation)])
    report.environment +=
      options.fields.map { Report.Fact($0.key, $0.value.string ?? $0.value.text()) }
    report.commands = [commandLine.joined(separator: " ")]
    return HTMLReport.page(report)
  }

  /// The page of the demonstration: all arms together.
  static func demo(
    rows: [(name: String, results: [MeanAveragePrecision])], zeroShot: Evaluation,
    curves arms: [(name: String, result: TrainingResult, options: TrainingOptions)],
    dataset: LongTailDataset
  ) -> String {
    var report = page("LMPT on the mini benchmark", dataset: dataset)
    report.notice =
      "A demonstration on drawn pictures with a small CLIP; no evidence about VOC-LT or COCO-LT."
    report.selection = EpochSelection.validation.label
    report.results = rows.map { row($0.name, $0.results) }
    report.methods = rows.map(\.name)
    report.classes = classes(dataset, [zeroShot] + arms.map(\.result.evaluation))
    report.runs = arms.map { arm in
      Report.Run(name: arm.name, epochs: arm.result.history.map(epoch))
    }
    if let full = arms.last {
      report.curves = curves(
        dataset, [("zero-shot", zeroShot), (full.name, full.result.evaluation)])
    }
    report.commands = ["lmpt demo --seeds \(rows.last?.results.count ?? 1)"]
    return HTMLReport.page(report)
  }

  private static func page(_ title: String, dataset: LongTailDataset) -> Report {
    var report = Report(title: title)
    let groups = Dictionary(grouping: dataset.groups, by: { $0 }).mapValues(\.count)
    report.dataset = Report.Dataset(
      name: dataset.spec.name, train: dataset.train.count, test: dataset.test.count,
      classes: dataset.classNames.count, groups: ClassGroup.allCases.map { groups[$0] ?? 0 })
    report.environment = [
      Report.Fact("program", "lmpt \(Main.version)"),
      Report.Fact("kernel", KernelSet.current.name), Report.Fact("processor", Processor.name),
    ]
    return report
  }

  private static func row(_ name: String, _ results: [MeanAveragePrecision]) -> Report.Row {
    func measure(_ column: String) -> Report.Measure? {
      let values = results.compactMap { ResultTable.value(column, of: $0) }
      guard !values.isEmpty else { return nil }
      let mean = values.reduce(0, +) / Double(values.count)
      guard values.count > 1 else { return Report.Measure(mean) }
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return Report.Measure(mean, deviation: (squares / Double(values.count - 1)).squareRoot())
    }
    return Report.Row(
      method: name, total: measure("total"), head: measure("head"), medium: measure("medium"),
      tail: measure("tail"))
  }

  private static func classes(
    _ dataset: LongTailDataset, _ evaluations: [Evaluation]
  ) -> [Report.ClassResult] {
    let counts = Tensor(dataset.counts.map(Float.init))
    let margins = (try? classMargin(counts))?.values
    let weights = (try? classWeight(counts))?.values
    return dataset.classNames.enumerated().map { index, name in
      Report.ClassResult(
        name: name, count: dataset.counts[index],
        group: Report.Group(rawValue: dataset.groups[index].rawValue) ?? .tail,
        ap: evaluations.map { $0.map.perClass[index] }, margin: margins.map { Double($0[index]) },
        weight: weights.map { Double($0[index]) })
    }
  }

  private static func epoch(_ record: EpochRecord) -> Report.Epoch {
    Report.Epoch(
      epoch: record.epoch, loss: record.loss, cls: record.cls, cse: record.cse,
      learningRate: record.learningRate, validation: record.validation, test: record.test,
      seconds: record.seconds)
  }

  /// Curves of the rarest, the middle and the most frequent classes: six, so that a page stays one.
  private static func curves(
    _ dataset: LongTailDataset, _ methods: [(name: String, evaluation: Evaluation)]
  ) -> [Report.ClassCurves] {
    let order = dataset.counts.indices.sorted { dataset.counts[$0] < dataset.counts[$1] }
    let middle = order.count / 2
    let shown =
      order.count <= 6
      ? order : Array(order.prefix(2) + order[middle - 1...middle] + order.suffix(2))
    return shown.map { index in
      Report.ClassCurves(
        name: dataset.classNames[index],
        group: Report.Group(rawValue: dataset.groups[index].rawValue) ?? .tail,
        curves: methods.map { name, evaluation in
          let rows = stride(from: index, to: evaluation.scores.count, by: evaluation.classes)
          let points = precisionRecallCurve(
            scores: rows.map { Double(evaluation.scores[$0]) },
            positives: rows.map { evaluation.labels[$0] > 0 })
          return Report.ClassCurves.Curve(
            method: name, ap: evaluation.map.perClass[index],
            points: points.map {
              Report.ClassCurves.Point(recall: $0.recall, precision: $0.precision)
            })
        })
    }
  }
}
