// Train - `lmpt train`: trains a method on a data set and writes a run folder.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTMetrics
import Foundation
import LMPTImaging
import LMPTTuning
import LMPTWeights

extension Command {
  static let train = Command(
    name: "train",
    summary: "tune prompts, or train a baseline, and write a run folder",
    options: Option.source + Option.training.filter { $0.section != .run } + [
      .value("out", "DIR", "the run folder; must not exist yet").in(.run),
      .flag("resume", "continue the run in --out where it stopped").in(.run),
      .dryRun.in(.run),
    ] + Option.training.filter { $0.section == .run },
    examples: [
      "lmpt train --dataset voc-lt --data data/voc --weights ViT-B-16.pt --out runs/voc",
      "lmpt train --method coop --dataset mini --out runs/coop --optimizer adam --lr 1e-2",
    ],
    run: runTrain)
}

private func runTrain(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  if arguments.flag("dry-run") { return try dryRun(arguments) }
  let out = try arguments.required("out")
  let resume = arguments.flag("resume")
  let progress = ProgressLine(arguments)
  progress.begin("opening data set and weights")
  let (source, options) = try openRun(arguments)
  let folder = try RunFolder(
    out, resume ? .resume : .new, configuration: source.configuration + options.fields,
    recording: [source.access], origin: Environment.origin)
  Interruption.catchSignals()
  do {
    let features = try source.features(progress, view: options.method.sees)
    // What a page needs is made before the run, so that what is wrong with it is told at once.
    let page = try RunPage(source, features, scores: options.scores)
    let result = try folder.train(
      features, model: source.model, options: options, resume: resume
    ) {
      progress.show($0)
    } epoch: {
      progress.keep($0, of: options.epochs, best: $1)
    } alongside: { run in
      _ = try page.write(
        run, name: "\(options.method.title) (\(folder.name))", commandLine: folder.command)
      return [RunPage.file]
    }
    progress.finish()
    return output(result, page, options, features)
  } catch {
    progress.finish()
    folder.abandonIfEmpty()
    throw error
  }

  func output(
    _ result: TrainingResult, _ page: RunPage, _ options: TrainingOptions,
    _ features: DatasetFeatures
  ) -> Output {
    let title = options.method.title
    let shown = Terminal.shown(out)
    var lines = ["\(options.effectiveSelection.label): epoch \(result.epoch)\n"]
    lines.append(
      ResultTable.text([
        (Method.zeroShotTitle, [page.zeroShot.map]), (title, [result.evaluation.map]),
      ]))
    lines.append(absentText(result.evaluation.map, features.dataset.classNames))
    if !features.skipped.isEmpty {
      lines.append(
        "\(features.skipped.count) pictures were left out, \(shown)/skipped.txt lists them\n")
    }
    lines.append("run folder: \(shown), page: \(shown)/report.html\n")
    let fields = result.json(options: options, features: features).object?.members ?? []
    var output = Output(
      json: JSON.object(fields.map { ($0.key, $0.value) } + source.activationFields),
      text: lines.joined())
    output.notes = source.notes
    return output
  }
}

/// The data set, the weights and the options of a run, checked before a picture is opened.
///
/// A resumed run knows them; what is given again must agree.
private func openRun(_ arguments: Arguments) throws -> (RunData, TrainingOptions) {
  let out = arguments.string("out") ?? ""
  let isSaved =
    arguments.flag("resume") && FileManager.default.fileExists(atPath: "\(out)/config.json")
  let saved = isSaved ? try RunConfiguration(out) : nil
  let source = try saved?.data(RunData.Request(arguments)) ?? RunData(arguments)
  let options =
    try saved?.options(arguments) ?? TrainingOptions(arguments, dataset: source.spec.name)
  try source.dataset.requireEveryClass()
  guard !options.readsCaptions || source.dataset.captions != nil else { throw RunError.noCaptions }
  return (source, options)
}

/// Says what the same command line without `--dry-run` would cost.
private func dryRun(_ arguments: Arguments) throws -> Output {
  let progress = ProgressLine(arguments)
  progress.begin("measuring a few steps")
  let (source, options) = try openRun(arguments)
  let estimate = try RunEstimate(
    features: source.featureSource, of: source.dataset, model: source.model, options: options)
  progress.finish()
  return estimate.output(source.dataset)
}
