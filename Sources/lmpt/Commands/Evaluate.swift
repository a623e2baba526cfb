// Evaluate - `lmpt evaluate`: what a run learned, on the test images again.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning

extension Command {
  static let evaluate = Command(
    name: "evaluate",
    summary: "mAP and threshold metrics of a run on the test images",
    options: [
      .value("run", "DIR", "the run folder"),
      .value("data", "DIR", "the data folder, where it moved"),
      .value("weights", "FILE", "the weights, where they moved"),
      .value("cache", "DIR", "where image features are kept", fallback: "the run's"),
      .choice("scores", ScoreKind.self, "what images are ranked by", fallback: "the run's"),
      .choice(
        "on-bad-image", BadImagePolicy.self, Option.onBadImage.option.help, fallback: "the run's"),
      .flag("allow-outside", "accept list paths that leave the data folder"),
      .flag("orient", "turn pictures as their EXIF orientation asks, where the run did not"),
    ] + Option.evaluation,
    examples: [
      "lmpt evaluate --run runs/voc --top-k 3 --bootstrap 1000",
      "lmpt evaluate --run runs/voc --scores logit --json",
    ],
    run: runEvaluate)
}

private func runEvaluate(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let progress = ProgressLine(arguments)
  progress.begin("opening data set and weights")
  let run = try openRun(try arguments.required("run"))
  let kind = try arguments.choice("scores") ?? run.options.scores
  let threshold = try arguments[Option.threshold]
  let source = try run.configuration.data(RunData.Request(arguments))
  Interruption.catchSignals()
  let features = try source.features(progress, view: run.options.method.sees)
  endWhenInterrupted()  // nothing after this needs to be saved
  let predict = try run.predictor(source.model)
  let evaluation = try Evaluation(
    logits: try features.testImages.logits(predict),
    labels: features.dataset.multiHot(features.dataset.test), counts: features.dataset.counts,
    kind: kind, threshold: threshold, limits: features.dataset.spec.groups)
  return try evaluationOutput(
    run.options.method.title, evaluation, counts: features.dataset.counts,
    selection: run.options.effectiveSelection.label, source, arguments)
}
