// RunPage - from the results of a run to the numbers of its page.
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
  ///   - result: what was learned and measured.
  ///   - options: everything that decides the numbers.
  ///   - name: how tables call the run.
  ///   - commandLine: the words that repeat it.
  ///   - folder: the run's folder, which knows when it began; nil for a run without one.
  /// - Returns: the numbers of the page.
  /// - Throws: what comparing contexts with the vocabulary throws.
  func report(
    _ result: TrainingResult, options: TrainingOptions, name: String, commandLine: [String],
    folder: String? = nil
  ) throws -> Report {
    var report = common(titled: "\(name) on \(dataset.spec.name)")
    report.date = folder.flatMap { try? JSON.read("\($0)/environment.json")["date"]?.string }
    report.selection = options.effectiveSelection.label
    report.results += [row("zero-shot CLIP", [zeroShot.map]), row(name, [result.evaluation.map])]
    report.methods = ["zero-shot CLIP", name]
    report.palette = [name: options.palettePlace]
    report.classes = classes([zeroShot, result.evaluation], options)
    report.runs = [
      Report.Run(
        name: name, epochs: result.history.map(Report.Epoch.init), kept: result.epoch)
    ]
    report.diagnostics = [diagnostics(result.diagnostics, name: name)]
    report.curves = curves([("zero-shot CLIP", zeroShot), (name, result.evaluation)])
    report.examples = examples([("zero-shot CLIP", zeroShot), (name, result.evaluation)])
    func kept(_ name: String) -> Tensor? { result.tensors.first { $0.name == name }?.value }
    report.map = kept("text_features").map { map(tuned: $0, name: name) }
    report.words = try kept("ctx").map(words) ?? []
    report.environment += options.fields.map {
      Report.Fact($0.key, $0.value.string ?? $0.value.text())
    }
    report.commands = [commandLine.map(\.shellQuoted).joined(separator: " ")]
    return report
  }

  /// What explains the figures of a run.
  private func diagnostics(_ found: RunDiagnostics, name: String) -> Report.Diagnostics {
    var out = Report.Diagnostics(run: name)
    out.trend = found.trend.map {
      .init(slope: $0.slope, intercept: $0.intercept, explained: $0.explained)
    }
    out.shift = found.shift?.groups ?? [:]
    out.partners = found.partners.map { effect in
      .init(
        name: dataset.classNames[effect.index], partner: dataset.classNames[effect.partner],
        together: effect.together, ap: effect.ap, positives: effect.positives,
        apWithout: effect.apWithout, positivesWithout: effect.positivesWithout)
    }
    return out
  }

  /// Writes the page of a run that was trained.
  ///
  /// - Parameters:
  ///   - result: what was learned and measured.
  ///   - folder: the run's folder.
  ///   - options: everything that decides the numbers.
  ///   - name: how tables call the run.
  ///   - commandLine: the words that repeat it.
  /// - Returns: the page's numbers.
  /// - Throws: as making and writing them does.
  func write(
    _ result: TrainingResult, of folder: RunFolder, options: TrainingOptions, name: String,
    commandLine: [String]
  ) throws -> Report {
    let report = try report(
      result, options: options, name: name, commandLine: commandLine, folder: folder.path)
    try Self.write(report, to: folder.path)
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
    report.environment = [
      Report.Fact("program", "lmpt \(Main.version)")
    ]
    if let commit = Installed.commit { report.environment.append(Report.Fact("commit", commit)) }
    report.environment += [
      Report.Fact("kernel", KernelSet.current.name), Report.Fact("processor", Processor.name),
      Report.Fact("threads", "\(Threads.count)"),
      Report.Fact(
        "weights", "\(source.weightsPath.fileName): \(source.model.architecture.title)"),
      Report.Fact("weights fingerprint", String(source.fingerprint.prefix(16))),
      Report.Fact("preprocessing", source.preprocessing.rawValue),
    ]
    return report
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
  /// The place in the palette that a run asks for: LMPT and its arms have the same colour on every
  /// page; other methods share the last one, and give way where several meet.
  var palettePlace: Int {
    let arms = EmbeddingTerm.allCases
    guard self.method.groups.contains(.embedding), let index = arms.firstIndex(of: self.embedding)
    else {
      return arms.count
    }
    // The last arm is the whole method and has the first place.
    return (index + 1) % arms.count
  }
}
