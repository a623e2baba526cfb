// Predict - `lmpt predict`: scores of classes for the user's own pictures.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTuning
import LMPTReports
import LMPTTensors

extension Command {
  static let predict = Command(
    name: "predict",
    summary: "class scores of pictures, with what a run learned, or zero-shot",
    operands: "IMAGE|FOLDER...",
    options: [
      .value("run", "DIR", "the run folder to predict with"),
      .value("classes", "NAMES", "zero-shot with these names, separated by commas"),
      .value("weights", "FILE", "CLIP weights: the run's, or for --classes"),
      .value("activation", "quickgelu|gelu", "the weights' activation, where the file is silent"),
      .choice(
        "preprocess", Preprocessing.self, "from pixels to input",
        fallback: "the run's; \(Classifier.zeroShotPreprocessing.rawValue)"),
      most.option,
      .choice(
        "scores", ScoreKind.self,
        "print these; without it a score over its threshold, or a logit"),
      Classifier.threshold.option, Option.onBadImage.option,
      .flag("orient", "turn pictures as their EXIF orientation asks, where the run did not"),
      .value("html", "FILE", "write a page with the pictures and their scores"),
    ],
    examples: [
      "lmpt predict cat.jpg --run runs/voc --top 5",
      "lmpt predict photos --classes \"cat, dog, red bus\" --weights ViT-B-16.pt --json",
    ],
    printing: runPredict)
}

private let most = DefaultOption("top", "K", 5, in: 1...100_000, "classes to show")

private func runPredict(_ arguments: Arguments, _ printer: Printer) throws -> Output {
  guard !arguments.operands.isEmpty else {
    throw UsageError.missingArgument("an IMAGE or a FOLDER", command: "predict")
  }
  let top = try arguments[most]
  let progress = ProgressLine(arguments)
  progress.begin("opening weights")
  let classifier = try Classifier(arguments)
  let (model, names, recipe) = (classifier.model, classifier.names, classifier.preprocessing)
  let asked: ScoreKind? = try arguments.choice("scores")
  let kind = asked ?? classifier.scores
  let size = model.architecture.imageSize
  let threshold = try classifier.threshold(arguments, scores: kind)
  let shown = ShownScores(asked: asked, kind: kind, threshold: threshold)
  let orient = arguments.flag("orient") || classifier.orient
  let skips = try arguments[Option.onBadImage] == .skip
  let pictures = try PictureFolder.pictures(at: arguments.operands)
  // What is no picture at all is told before anything is computed.
  if !skips {
    for path in pictures {
      try advised(isOneOfMany: pictures.count > 1) { try PictureFolder.check(path) }
    }
  }
  var (found, examples) = ([JSON](), [Report.Example]())
  var bad: [(path: String, error: any Error)] = []
  for (index, path) in pictures.enumerated() {
    progress.begin("picture \(index + 1) of \(pictures.count)")
    let pixels: [Float]
    do {
      pixels = try advised(isOneOfMany: !skips && pictures.count > 1) {
        recipe.input(try RGBImage(path: path, orient: orient).resized(to: size, as: recipe))
      }
    } catch {
      guard skips, error is FileError else { throw error }
      bad.append((path, error))
      continue
    }
    let image = ImageBatch(
      pixels: Tensor(pixels, shape: [1, 3, size, size]), model: model, view: classifier.view)
    let z = try classifier.predict(image)  // [1, C]
    let (scores, logits) = (kind.scores(z).values, z.values)
    let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(top)
    let best = order.map { index in
      Prediction(
        name: names[index], score: Double(scores[index]),
        number: shown.number(score: Double(scores[index]), logit: Double(logits[index])),
        bar: shown.bar(score: Double(scores[index])))
    }
    let labels = threshold.map { limit in
      scores.indices.filter { Double(scores[$0]) > limit }.map { names[$0] }
    }
    progress.finish()
    if arguments.string("html") != nil {
      examples.append(
        Report.Example(
          image: try pictureForPage(path: path, orient: orient), name: path, labels: [],
          predicted: labels,
          decisions: [Report.Example.Decision(method: shown.name, scores: best.map(\.onPage))]))
    }
    found.append(json(path, best, labels))
    printer.row(text: text(path, best, labels))
  }
  progress.finish()
  // A result without a picture is none.
  if found.isEmpty, let first = bad.first { throw first.error }
  if let html = arguments.string("html") {
    var page = Report(title: "Predictions of \(classifier.title)")
    page.summary = summary(examples) + leftOut(bad.map(\.path))
    page.date = timestamp()
    page.examples = examples
    page.scoreRemark = shown.legend(threshold: threshold)
    page.environment = [
      Report.Fact("program", "lmpt \(programVersion)")
    ]
    if let commit = Installed.commit { page.environment.append(Report.Fact("commit", commit)) }
    page.environment += [
      Report.Fact("classes", names.joined(separator: ", ")), Report.Fact("scores", kind.rawValue),
      Report.Fact("weights fingerprint", String(model.fingerprint.prefix(16))),
    ]
    page.commands = [Environment.command.map(\.shellQuoted).joined(separator: " ")]
    try AtomicFile.write(HTMLReport.page(page), to: html)
  }
  let images = JSON.array(found)
  let skipped = JSON.array(bad.map { ToldError($0.error, of: .predict).json })
  let lines = [
    shown.legend(threshold: threshold),
    arguments.string("html").map { "page: \(Terminal.shown($0))" },
  ]
  var output = Output(
    json: JSON.object(
      [
        ("kind", .string(kind.rawValue)),
        ("threshold", threshold.map { .number($0) } ?? .null), ("images", images),
        ("skipped", skipped),
      ]
        + activationFields(model.activation, assumed: classifier.activationIsAssumed)),
    text: lines.compactMap { $0.map { "\($0)\n" } }.joined())
  output.notes = assumptionNotes(classifier.activationIsAssumed, classifier.weights)
  output.notes += bad.map { "lmpt: left out: \(ToldError($0.error, of: .predict).line)" }
  return output
}

/// Runs `body`; of one bad picture among many the hint says how to get the others.
func advised<Result>(
  isOneOfMany: Bool, of command: Command = .predict, _ body: () throws -> Result
) throws -> Result {
  do {
    return try body()
  } catch let error as FileError where isOneOfMany {
    let hint = ToldError(error, of: command).hint ?? error.hint
    throw FileError(
      file: error.file,
      cause: AdvisedError(
        cause: error.cause, advice: "\(hint), or leave it out with --on-bad-image skip"))
  }
}

/// What a page says of pictures that could not be read.
private func leftOut(_ paths: [String]) -> String {
  guard !paths.isEmpty else { return "" }
  let pictures = paths.count == 1 ? "1 picture is" : "\(paths.count) pictures are"
  return " \(pictures) left out as unreadable: "
    + "\(some(paths.map(\.fileName), most: 20))."
}

/// What a page of predictions says first: which classes are the best ones of most pictures.
private func summary(_ examples: [Report.Example]) -> String {
  var counts: [(name: String, count: Int)] = []
  for best in examples.compactMap({ $0.decisions.first?.scores.first?.name }) {
    if let index = counts.firstIndex(where: { $0.name == best }) {
      counts[index].count += 1
    } else {
      counts.append((best, 1))
    }
  }
  counts.sort { ($1.count, $0.name) < ($0.count, $1.name) }
  let most = counts.prefix(5).map { "\($0.name) \($0.count)" }.joined(separator: ", ")
  let others = counts.count - 5
  let rest = others > 0 ? " and \(others) more class\(others == 1 ? "" : "es")" : ""
  let pictures = examples.count == 1 ? "1 picture" : "\(examples.count) pictures"
  return "\(pictures). Best class: \(most)\(rest)."
}

/// A class of a picture, with what is shown of it.
private struct Prediction {
  let name: String
  /// What the threshold compares.
  let score: Double
  let number: String
  /// The length of its bar, in [0, 1]; nil for none.
  let bar: Double?

  /// Its line of a page.
  var onPage: Report.Example.Score {
    var score = Report.Example.Score(name, bar ?? .nan)
    score.text = number
    return score
  }
}

private func json(_ path: String, _ best: [Prediction], _ labels: [String]?) -> JSON {
  .object([
    ("image", .string(path)),
    ("labels", labels.map { .array($0.map { .string($0) }) } ?? .null),
    (
      "scores",
      .array(best.map { .object([("class", .string($0.name)), ("score", .number($0.score))]) })
    ),
  ])
}

/// A picture's labels, and its best classes with their numbers.
private func text(_ path: String, _ best: [Prediction], _ labels: [String]?) -> String {
  let names = best.map { TerminalText.harmless($0.name) }
  let width = names.map(TerminalText.width).max() ?? 0
  var text = TerminalText.harmless(path)
  if let labels {
    let shown = labels.map(TerminalText.harmless).joined(separator: ", ")
    text += labels.isEmpty ? ": no label above the threshold" : ": \(shown)"
  }
  text += "\n"
  for (name, found) in zip(names, best) {
    let padding = String(repeating: " ", count: width - TerminalText.width(name))
    text += "  \(name)\(padding)  "
    if let bar = found.bar {
      text +=
        TerminalBar.text(bar, width: 30, style: Terminal.style, glyphs: Terminal.glyphs) + "  "
    }
    text += found.number + "\n"
  }
  return text
}
