// RunPage - from a finished run to the numbers of its page.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTMetrics
import LMPTTuning
import LMPTReports
import LMPTTensors

/// What the pages of runs on one data set have in common: the data, the model and zero-shot CLIP.
struct RunPage {
  let source: RunData
  let features: DatasetFeatures
  /// Features of the zero-shot prompts, [C, E].
  let zeroShotTexts: Tensor
  /// The test images under the zero-shot prompts.
  let zeroShot: Evaluation

  var dataset: LongTailDataset { features.dataset }

  init(_ source: RunData, _ features: DatasetFeatures, scores: ScoreKind) throws {
    self.source = source
    self.features = features
    zeroShotTexts = try source.model.zeroShot(classNames: features.dataset.classNames).classFeatures
    zeroShot = try Evaluation(zeroShot: features, source.model, texts: zeroShotTexts, kind: scores)
  }

  /// The page of one run, with zero-shot CLIP beside it.
  ///
  /// - Parameters:
  ///   - run: a run on this data.
  ///   - name: how tables call the run.
  ///   - commandLine: the words that repeat it.
  /// - Returns: the numbers of the page.
  /// - Throws: what is wrong with the run's files, or what comparing contexts with the vocabulary
  ///   throws.
  func report(_ run: TunedRun, name: String, commandLine: [String]) throws -> Report {
    let (options, evaluation) = (run.options, try run.evaluation(on: dataset))
    let methods: Methods = [(Method.zeroShotTitle, zeroShot), (name, evaluation)]
    var report = common(titled: "\(name) on \(dataset.spec.name)")
    report.date = run.environment["date"]?.string
    report.selection = options.effectiveSelection.label
    report.results += methods.map { row($0, [$1.map]) }
    report.methods = methods.map(\.name)
    report.palette = [name: options.paletteSlot]
    report.classes = classes(methods.map(\.evaluation), options)
    report.runs = [
      Report.Run(name: name, epochs: try run.history().map(Report.Epoch.init), kept: run.epoch)
    ]
    report.diagnostics = [try Report.Diagnostics(run: name, run.metrics["diagnostics"])]
    report.curves = curves(methods)
    report.examples = examples(methods)
    report.map = run.kept("text_features").map { map(tuned: $0, name: name) }
    report.words = try run.kept("ctx").map(words) ?? []
    report.environment =
      facts(of: run)
      + options.fields.map { Report.Fact($0.key, $0.value.string ?? $0.value.text()) }
    report.commands = [commandLine.map(\.shellQuoted).joined(separator: " ")]
    return report
  }

  /// Writes the page of a run into its folder.
  ///
  /// - Returns: the page's numbers.
  /// - Throws: as making and writing them does.
  func write(_ run: TunedRun, name: String, commandLine: [String]) throws -> Report {
    let report = try report(run, name: name, commandLine: commandLine)
    try Self.write(report, to: run.path)
    return report
  }

  /// The file of a page's numbers.
  static let file = "report.json"

  /// Writes a folder's report.json and report.html.
  static func write(_ report: Report, to folder: String) throws {
    try AtomicFile.write(report.json.text() + "\n", to: "\(folder)/\(file)")
    try AtomicFile.write(HTMLReport.page(report), to: "\(folder)/report.html")
  }

  /// What every page on this data set says, with the rows that other papers print.
  private func common(titled title: String) -> Report {
    var report = Report(title: title)
    report.dataset = Report.Dataset(
      name: dataset.spec.name, train: dataset.train.count, test: dataset.test.count,
      classes: dataset.classNames.count, groups: dataset.groupSizes.map(\.classes))
    report.dataset?.untested = untested.map { dataset.classNames[$0] }
    report.results = published.map { PublishedResults.rows($0) } ?? []
    report.notice = KnownDataset.named(dataset.spec.name)?.notice
    return report
  }

  /// What a run depends on besides its options, by its own record of it.
  private func facts(of run: TunedRun) -> [Report.Fact] {
    let environment = run.environment
    let recorded: [(String, String?)] = [
      ("program", environment["version"]?.string.map { "lmpt \($0)" }),
      ("commit", environment["commit"]?.string), ("kernel", run.metrics["kernel"]?.string),
      ("processor", environment["processor"]?.string),
      ("threads", environment["threads"]?.int.map { "\($0)" }),
    ]
    return recorded.compactMap { name, value in value.map { Report.Fact(name, $0) } } + [
      Report.Fact(
        "weights", "\(source.weightsPath.fileName): \(source.model.architecture.title)"),
      Report.Fact("weights fingerprint", String(source.fingerprint.prefix(16))),
      Report.Fact("preprocessing", source.preprocessing.rawValue),
    ]
  }

  /// A method's row: mean and deviation over several results.
  func row(_ name: String, _ results: [MeanAveragePrecision]) -> Report.Row {
    var figures: [ResultColumn: Report.Measure] = [:]
    for column in ResultColumn.all {
      figures[column] = Report.Measure(of: results.compactMap { $0[column] })
    }
    var row = Report.Row(
      method: name, block: published == nil ? nil : "Measured here", figures: figures)
    if !untested.isEmpty { row.present = Report.Measure(of: results.compactMap(\.ofPresent)) }
    return row
  }

  /// The data set's figures in other papers, if it has some.
  private var published: PublishedResults.Dataset? { .init(rawValue: dataset.spec.name) }

  /// Classes that no test image shows.
  private var untested: [Int] { dataset.classesWithoutTestImages }

  private func classes(
    _ evaluations: [Evaluation], _ options: TrainingOptions
  ) -> [Report.ClassResult] {
    let counts = Tensor(dataset.counts.map(Float.init))
    let margins = (try? options.margins(counts))?.values
    let weights = (try? options.weights(counts))?.values
    let missing = Set(untested)
    return dataset.classNames.enumerated().map { index, name in
      Report.ClassResult(
        name: name, count: dataset.counts[index], group: dataset.groups[index],
        ap: evaluations.map { missing.contains(index) ? nil : $0.map.perClass[index] },
        margin: margins.map { Double($0[index]) },
        weight: weights.map { Double($0[index]) })
    }
  }
}

extension Report.Epoch {
  /// What an epoch measured, for the page.
  init(_ record: EpochRecord) {
    self.init(
      epoch: record.epoch, loss: record.loss, cls: record.losses.cls,
      cse: record.losses.cse,
      learningRate: record.learningRate, validation: record.validation, test: record.test,
      seconds: record.seconds)
    validationGroups = record.byGroup.validation
    testGroups = record.byGroup.test
    activeMargins = record.byGroup.activeMargins
  }
}

extension Report.Measure {
  /// The mean of some results and, where there are several, their sample standard deviation.
  init?(of values: [Double]) {
    guard let over = MeanAndDeviation(values) else { return nil }
    self.init(over.mean, deviation: over.deviation)
  }
}

extension TrainingOptions {
  /// The slot of the palette that a run asks for: LMPT and its arms have the same colour on every
  /// page; other methods share the last one, and give way where several meet.
  var paletteSlot: Int {
    let arms = EmbeddingTerm.allCases
    guard self.method.groups.contains(.embedding), let index = arms.firstIndex(of: self.embedding)
    else {
      return arms.count
    }
    // The last arm is the whole method and has the first slot.
    return (index + 1) % arms.count
  }
}
