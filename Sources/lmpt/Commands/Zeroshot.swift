// Zeroshot - `lmpt zeroshot`: CLIP without tuning on a data set.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTTuning
import LMPTTensors

extension Command {
  static let zeroshot = Command(
    name: "zeroshot",
    summary: "mAP of zero-shot CLIP on a data set's test images",
    options: Option.source + [prompt.option, prompts.option, ranking.option] + Option.evaluation,
    examples: [
      "lmpt zeroshot --dataset voc-lt --data data/voc --weights ViT-B-16.pt",
      "lmpt zeroshot --dataset mini --scores logit --json",
    ],
    run: runZeroshot)
}

private let prompt = DefaultOption(
  "template", "TEXT", ZeroShot.template, "one prompt, {} for the name")
private let prompts = DefaultOption(
  "templates", TemplateSet.single, "one prompt, CLIP's eighty, or the released script's cut of them"
)
private let ranking = DefaultOption("scores", ScoreKind.softmax, "what images are ranked by")

private func runZeroshot(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let (kind, threshold) = (try arguments[ranking], try arguments[Option.threshold])
  let (set, template) = (try arguments.given(prompts), try arguments.given(prompt))
  guard template == nil || set == nil else {
    throw UsageError.conflict("--template and --templates exclude each other")
  }
  if let template, !template.contains("{}") {
    throw UsageError.badValue(option: "--template", found: template, expected: "a text with {}")
  }
  let progress = ProgressLine(arguments)
  progress.begin("opening data set and weights")
  let source = try RunData(arguments)
  Interruption.catchSignals()
  let features = try source.features(progress)
  endWhenInterrupted()  // nothing after this needs to be saved
  let names = features.dataset.classNames
  let texts =
    try template.map {
      try source.model.zeroShot(classNames: names, templates: [$0]).classFeatures
    } ?? source.model.zeroShot(classNames: names, set: set ?? prompts.initial).classFeatures
  let evaluation = try Evaluation(
    zeroShot: features, source.model, texts: texts, kind: kind, threshold: threshold)
  return try evaluationOutput(
    "zero-shot", evaluation, counts: features.dataset.counts,
    selection: "no epoch was chosen; nothing is trained", source, arguments)
}

/// An evaluation as a table, or as the command contract's JSON; `selection` says by which rule the
/// evaluated epoch was chosen.
func evaluationOutput(
  _ name: String, _ evaluation: Evaluation, counts: [Int], selection: String, _ source: RunData,
  _ arguments: Arguments
) throws -> Output {
  let extras = try EvaluationExtras(
    arguments, evaluation, counts: counts, limits: source.spec.groups)
  var output = Output(
    json: JSON.object(
      evaluation.fields(source.dataset.classNames)
        + [("selection", .string(selection)), ("kernel", .string(KernelSet.current.name))]
        + extras.fields
        + source.activationFields),
    text: ResultTable.text([(name, [evaluation.map])])
      + absentText(evaluation.map, source.dataset.classNames)
      + predictionText(evaluation.predictions)
      + "\n\(extras.text)(\(evaluation.kind.rawValue) scores; \(selection))\n")
  output.notes = source.notes
  return output
}
