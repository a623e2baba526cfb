// Predict - `lmpt predict`: scores of classes for the user's own pictures.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import Imaging
import PromptTuning
import Tensors

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
      .value("preprocess", "lmpt|clip", "from pixels to input", standard: "the run's; clip"),
      .value("top", "K", "classes to show", standard: "5"),
      .value("scores", "softmax|sigmoid|logit", "what to show", standard: "softmax"),
    ],
    examples: [
      "lmpt predict cat.jpg --run runs/voc --top 5",
      "lmpt predict *.jpg --classes \"cat, dog, red bus\" --weights ViT-B-16.pt --json",
    ],
    run: runPredict)
}

private func runPredict(_ arguments: Arguments) throws -> Int32 {
  guard !arguments.operands.isEmpty else {
    throw UsageError.missingArgument("an IMAGE", command: "predict")
  }
  let top = try arguments.int("top", in: 1...100_000) ?? 5
  let kind: ScoreKind = try arguments.choice("scores") ?? .softmax
  let (model, names, classify, recipe) = try classifier(arguments)
  let size = model.architecture.imageSize
  var output: [JSON] = []
  for path in arguments.operands {
    let pixels = recipe.input(
      recipe.resized(try decodeImage(atPath: path), size: size), flipped: false)
    let feature = model.encodeImages(Tensor(pixels, shape: [1, 3, size, size]))
    let scores = kind.scores(try classify(ImageBatch(features: feature))).values
    let best = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(top)
    if arguments.flag("json") {
      output.append(
        .object([
          ("image", .string(path)),
          (
            "scores",
            .array(
              best.map {
                .object([("class", .string(names[$0])), ("score", .number(Double(scores[$0])))])
              })
          ),
        ]))
      continue
    }
    print(path)
    let width = best.map { names[$0].count }.max() ?? 0
    for index in best {
      let bar = kind == .logit ? "" : "  " + String(repeating: "#", count: Int(scores[index] * 40))
      print("  \(names[index].padded(to: width))  \(fixed(Double(scores[index]), 4))\(bar)")
    }
  }
  if arguments.flag("json") {
    print(JSON.object([("kind", .string(kind.rawValue)), ("images", .array(output))]).text())
  }
  return ExitCode.fine
}

/// The model, the class names, what predicts, and the preprocessing.
private func classifier(
  _ arguments: Arguments
) throws -> (CLIPModel, [String], Predictor, Preprocessing) {
  let recipe: Preprocessing? = try arguments.choice("preprocess")
  if let folder = arguments.string("run") {
    guard arguments.string("classes") == nil else {
      throw UsageError.conflict("--run and --classes exclude each other")
    }
    let run = try TunedRun(folder)
    let model = try run.model(arguments)
    return (model, run.classNames, try run.predictor(model), try recipe ?? run.preprocessing())
  }
  guard let list = arguments.string("classes") else {
    throw UsageError.missingOption("--run DIR or --classes NAMES", command: "predict")
  }
  let names = list.split(separator: ",").map { name in
    name.split(separator: " ").joined(separator: " ")
  }.filter { !$0.isEmpty }
  guard !names.isEmpty else {
    throw UsageError.badValue(option: "--classes", found: list, expected: "names and commas")
  }
  let model = try CLIPModel.load(
    path: try arguments.required("weights"), activation: try arguments.choice("activation"))
  let (texts, scale) = (try ZeroShot.classFeatures(names, model: model), model.logitScale)
  return (model, names, { try logits($0.features, texts, scale: scale) }, recipe ?? .clip)
}
