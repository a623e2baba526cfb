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
    operands: "IMAGE...",
    options: [
      .value("run", "DIR", "the run folder to predict with"),
      .value("classes", "NAMES", "zero-shot with these names, separated by commas"),
      .value("weights", "FILE", "CLIP weights: the run's, or for --classes"),
      .value("activation", "quickgelu|gelu", "the weights' activation, where the file is silent"),
      .value("preprocess", "lmpt|clip", "from pixels to input", fallback: "the run's; clip"),
      .value("top", "K", "classes to show", fallback: "5"),
      .value("scores", "softmax|sigmoid|logit", "what to show", fallback: "the run's; softmax"),
      .value(
        "threshold", "auto|T",
        "labels have a greater score; auto is the run's, chosen on its validation split",
        fallback: "auto"),
      .flag("orient", "turn pictures as their EXIF orientation asks, where the run did not"),
      .value("html", "FILE", "write a page with the pictures and their scores"),
    ],
    examples: [
      "lmpt predict cat.jpg --run runs/voc --top 5",
      "lmpt predict *.jpg --classes \"cat, dog, red bus\" --weights ViT-B-16.pt --json",
    ],
    printing: runPredict)
}

private func runPredict(_ arguments: Arguments, _ printer: Printer) throws -> Output {
  guard !arguments.operands.isEmpty else {
    throw UsageError.missingArgument("an IMAGE", command: "predict")
  }
  let top = try arguments.int("top", in: 1...100_000) ?? 5
  let progress = ProgressLine(arguments)
  progress.begin("opening weights")
  let classifier = try Classifier(arguments)
  let (model, names, recipe) = (classifier.model, classifier.names, classifier.preprocessing)
  let kind: ScoreKind = try arguments.choice("scores") ?? classifier.scores
  let size = model.architecture.imageSize
  let threshold = try classifier.threshold(arguments, scores: kind)
  let orient = arguments.flag("orient") || classifier.orient
  var (found, examples) = ([JSON](), [Report.Example]())
  for (index, path) in arguments.operands.enumerated() {
    progress.begin("picture \(index + 1) of \(arguments.operands.count)")
    let pixels = recipe.input(
      try RGBImage(path: path, orient: orient).resized(to: size, as: recipe))
    let image = ImageBatch(
      pixels: Tensor(pixels, shape: [1, 3, size, size]), model: model, view: classifier.view)
    let z = try classifier.predict(image)  // [1, C]
    let scores = kind.scores(z).values
    let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(top)
    let best = order.map { Report.Example.Score(names[$0], Double(scores[$0])) }
    let labels = threshold.map { limit in
      scores.indices.filter { Double(scores[$0]) > limit }.map { names[$0] }
    }
    progress.finish()
    if arguments.string("html") != nil {
      // Logits are shown as softmax, which fits a bar.
      let shown = kind == .logit ? ScoreKind.softmax : kind
      let values = shown.scores(z).values
      let bars = order.map { Report.Example.Score(names[$0], Double(values[$0])) }
      examples.append(
        Report.Example(
          image: try pictureForPage(path: path, orient: orient), name: path, labels: [],
          predicted: labels,
          decisions: [Report.Example.Decision(method: shown.rawValue, scores: bars)]))
    }
    found.append(json(path, best, labels))
    printer.row(text: text(path, best, kind, labels))
  }
  if let html = arguments.string("html") {
    var page = Report(title: "Predictions of \(classifier.title)")
    page.summary = summary(examples)
    page.examples = examples
    page.environment = [
      Report.Fact("program", "lmpt \(Main.version)"),
      Report.Fact("classes", names.joined(separator: ", ")), Report.Fact("scores", kind.rawValue),
      Report.Fact("weights fingerprint", String(model.fingerprint.prefix(16))),
    ]
    page.commands = [Environment.command.map(\.shellQuoted).joined(separator: " ")]
    try AtomicFile.write(HTMLReport.page(page), to: html)
  }
  let images = JSON.array(found)
  var output = Output(
    json: JSON.object(
      [
        ("kind", .string(kind.rawValue)),
        ("threshold", threshold.map { .number($0) } ?? .null), ("images", images),
      ]
        + activationFields(model.activation, assumed: classifier.activationIsAssumed)),
    text: arguments.string("html").map { "page: \(Terminal.shown($0))\n" } ?? "")
  output.notes = assumptionNotes(classifier.activationIsAssumed, classifier.weights)
  return output
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
  let rest = counts.count > 5 ? " and \(counts.count - 5) more classes" : ""
  let pictures = examples.count == 1 ? "1 picture" : "\(examples.count) pictures"
  return "\(pictures). Best class: \(most)\(rest)."
}

private func json(
  _ path: String, _ best: [Report.Example.Score], _ labels: [String]?
) -> JSON {
  .object([
    ("image", .string(path)),
    ("labels", labels.map { .array($0.map { .string($0) }) } ?? .null),
    (
      "scores",
      .array(best.map { .object([("class", .string($0.name)), ("score", .number($0.value))]) })
    ),
  ])
}

/// A picture's best classes with bars; a logit has no length that means anything.
private func text(
  _ path: String, _ best: [Report.Example.Score], _ kind: ScoreKind, _ labels: [String]?
) -> String {
  let names = best.map { TerminalText.harmless($0.name) }
  let width = names.map(TerminalText.width).max() ?? 0
  var text = TerminalText.harmless(path)
  if let labels {
    let shown = labels.map(TerminalText.harmless).joined(separator: ", ")
    text += labels.isEmpty ? ": no label above the threshold" : ": \(shown)"
  }
  text += "\n"
  for (name, score) in zip(names, best) {
    let padding = String(repeating: " ", count: width - TerminalText.width(name))
    text += "  \(name)\(padding)  "
    if kind != .logit {
      text +=
        TerminalBar.text(
          score.value, width: 30, style: Terminal.style, glyphs: Terminal.glyphs) + "  "
    }
    text += fixed(score.value, 4) + "\n"
  }
  return text
}

/// What names the classes of a picture: a tuned run, or zero-shot CLIP.
private struct Classifier {
  let model: CLIPModel
  /// What pages call it.
  let title: String
  /// Where the model comes from, and whether its activation was assumed, by the run that tuned with
  /// it or now.
  let weights: String
  let activationIsAssumed: Bool
  /// What the method looks at.
  let view: ImageDetail
  let names: [String]
  let predict: Predictor
  let preprocessing: Preprocessing
  /// The scores that the run was evaluated with.
  let scores: ScoreKind
  /// Whether the run turned its pictures.
  let orient: Bool
  /// The run's threshold of labels; nil for zero-shot, which only ranks.
  private let chosen: Double?

  init(_ arguments: Arguments) throws {
    let recipe: Preprocessing? = try arguments.choice("preprocess")
    if let folder = arguments.string("run") {
      guard arguments.string("classes") == nil else {
        throw UsageError.conflict("--run and --classes exclude each other")
      }
      guard arguments.string("activation") == nil else {
        throw UsageError.conflict("--activation is the run's own with --run")
      }
      let run = try openRun(folder)
      model = try run.configuration.model(weights: arguments.string("weights"))
      weights = arguments.string("weights") ?? folder
      title = "\(run.options.method.title) (\(folder.fileName))"
      activationIsAssumed = run.configuration.activationIsAssumed
      (view, names, scores) = (run.options.method.sees, run.classNames, run.options.scores)
      predict = try run.predictor(model)
      preprocessing = try recipe ?? run.configuration.preprocessing()
      (orient, chosen) = (run.configuration.orient, run.labelThreshold)
      return
    }
    guard let list = arguments.string("classes") else {
      throw UsageError.missingOption("--run DIR or --classes NAMES", command: "predict")
    }
    names = list.parts(between: ",").map { name in
      name.parts(between: " ").joined(separator: " ")
    }.filter { !$0.isEmpty }
    guard !names.isEmpty else {
      throw UsageError.badValue(option: "--classes", found: list, expected: "names and commas")
    }
    guard Set(names).count == names.count else {
      throw UsageError.badValue(option: "--classes", found: list, expected: "every name once")
    }
    weights = try arguments.required("weights")
    model = try openModel(weights, activation: try arguments.choice("activation"))
    activationIsAssumed = model.activationOrigin == .assumed
    (view, scores) = (.features, .softmax)
    title = "zero-shot CLIP"
    let (texts, scale) = (try model.zeroShot(classNames: names).classFeatures, model.logitScale)
    predict = { try logits($0.features, texts, scale: scale) }
    preprocessing = recipe ?? .clip
    (orient, chosen) = (false, nil)
  }

  /// The score above which a label is named; nil where scores only rank.
  func threshold(_ arguments: Arguments, scores kind: ScoreKind) throws -> Double? {
    guard let text = arguments.string("threshold") else { return kind == scores ? chosen : nil }
    guard text == "auto" else { return try arguments.double("threshold", in: -1e30...1e30) }
    guard let chosen else {
      throw UsageError.conflict(
        "--threshold auto needs a run that held images out to choose it; give a number")
    }
    guard kind == scores else {
      throw UsageError.conflict("--threshold auto is of \(scores.rawValue) scores; give a number")
    }
    return chosen
  }
}
