// Predict - `lmpt predict`: scores of classes for the user's own pictures.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTuning

extension Command {
  static let predict = Command(
    name: "predict",
    summary: "class scores of pictures, with what a run learned, or zero-shot",
    operands: "(IMAGE|FOLDER... | --list LIST)",
    options: [
      .value("list", "FILES.txt|-|FOLDER", "any number of pictures, a path a line"),
      .value("run", "DIR", "the run folder to predict with"),
      .value(
        "classes", "NAMES|FILE.txt", "zero-shot with these names, by commas or one a line"),
      .value("weights", "FILE", "CLIP weights: the run's, or for --classes"),
      .value("activation", "quickgelu|gelu", "the weights' activation, where the file is silent"),
      .choice(
        "preprocess", Preprocessing.self, "from pixels to input",
        fallback: "the run's; \(Classifier.zeroShotPreprocessing.rawValue)"),
      PictureScorer.most.option,
      .choice(
        "scores", ScoreKind.self,
        "print these; without it a score over its threshold, or a logit"),
      Classifier.threshold.option, Option.onBadImage.option,
      .flag("orient", "turn pictures as their EXIF orientation asks, where the run did not"),
      .value("html", "FILE", "write a page with the pictures and their scores"),
      PredictionPage.most.option,
      .value("output", "OUT.csv|OUT.jsonl", "write a row a picture, as it comes, in place of text"),
      Option.shard.option,
      .flag("resume", "go on where --output or --merge was interrupted"),
      .value("merge", "OUT", "joins the finished parts that follow"),
    ],
    examples: [
      "lmpt predict cat.jpg --run runs/voc --top 5",
      "lmpt predict photos --classes \"cat, dog, red bus\" --weights ViT-B-16.pt --json",
      "lmpt predict photos --run runs/voc --on-bad-image skip --output photos.csv --resume",
    ],
    printing: runPredict)
}

private func runPredict(_ arguments: Arguments, _ printer: Printer) throws -> Output {
  if let out = arguments.string("merge") { return try mergePredictions(arguments, into: out) }
  let source = arguments.string("list")
  guard (source == nil) != arguments.operands.isEmpty else {
    guard source == nil else {
      throw UsageError.unexpectedArgument(arguments.operands[0], command: "predict")
    }
    throw UsageError.missingArgument("an IMAGE or a FOLDER", command: "predict")
  }
  if arguments.flag("output") { return try predictList(arguments) }
  for name in ["shard", "resume"] where arguments.flag(name) {
    throw UsageError.conflict("--\(name) is for --output")
  }
  let progress = ProgressLine(arguments)
  progress.begin("opening weights")
  let scorer = try PictureScorer(arguments)
  let page = try PredictionPage(arguments, scorer)
  let skips = try arguments[Option.onBadImage] == .skip
  let list = try predicted(arguments)
  let pictures = (0..<list.count).map { list[$0] }
  // What is no picture at all is told before anything is computed.
  if !skips {
    for path in pictures {
      try advised(isOneOfMany: pictures.count > 1) { try PictureFolder.check(path) }
    }
  }
  var found: [JSON] = []
  var bad: [(path: String, error: any Error)] = []
  for (index, path) in pictures.enumerated() {
    progress.begin("picture \(index + 1) of \(pictures.count)")
    let scored: ScoredPicture
    do {
      scored = try advised(isOneOfMany: !skips && pictures.count > 1) { try scorer.scored(path) }
    } catch {
      guard skips, (error as? FileError)?.isOfSystem == false else { throw error }
      bad.append((path, error))
      continue
    }
    progress.finish()
    try page?.add(scored, at: index)
    found.append(scored.row.json)
    printer.row(text: scored.text)
  }
  progress.finish()
  // A result without a picture is none.
  if found.isEmpty, let first = bad.first { throw first.error }
  try page?.write(of: pictures.count, leftOut: bad.map(\.path))
  let images = JSON.array(found)
  let skipped = JSON.array(bad.map { ToldError($0.error, of: .predict).json })
  let lines = [scorer.legend, page.map { "page: \(Terminal.shown($0.path))" }]
  var output = Output(
    json: JSON.object(
      scorer.fields + [("images", images), ("skipped", skipped)] + scorer.activation),
    text: lines.compactMap { $0.map { "\($0)\n" } }.joined())
  output.notes = scorer.notes
  output.notes += bad.map { "lmpt: left out: \(ToldError($0.error, of: .predict).line)" }
  return output
}

/// The pictures of a command line.
func predicted(_ arguments: Arguments) throws -> CollectionList {
  guard let source = arguments.string("list") else {
    return CollectionList(pictures: try PictureFolder.pictures(at: arguments.operands))
  }
  let list = try names(source, .pictures)
  guard list.count > 0 else { throw FileError(file: told(source), cause: CollectionError.empty) }
  return list
}
