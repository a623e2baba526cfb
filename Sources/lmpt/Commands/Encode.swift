// Encode - `lmpt encode`: the features of images or texts.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import Foundation
import LMPTImaging
import LMPTTensors
import LMPTWeights

extension Command {
  static let encode = Command(
    name: "encode",
    summary: "features of images or texts with a CLIP's weights",
    operands: "(--image PATH... | --text STRING... | --list LIST)",
    options: [
      .value("weights", "FILE", ".pt, .safetensors or .index.json; any CLIP"),
      .value("image", "PATH...", "the pictures; more may follow"),
      .value("text", "STRING...", "the texts; more may follow"),
      .value("list", "FILES.txt|-|FOLDER", "any number of pictures, a path a line"),
      .flag("texts", "the lines of --list are texts"),
      Option.shard.option,
      .flag("resume", "go on where --list or --merge was interrupted"),
      .value("merge", "OUT", "joins the finished parts that follow"),
      Option.rowType.option, Option.onBadImage.option,
      .flag("orient", "turn pictures as their EXIF orientation asks (--list)"),
      Option.recipe.option,
      .value("activation", "NAME", "quickgelu or gelu, where the file does not say"),
      .flag("normalize", "unit length"),
      .flag("truncate", "cut texts of more tokens than the model reads (77)"),
      .value("output", "OUT", "[N, E] as .npy or .safetensors; of --list also a folder of blocks"),
    ],
    examples: [
      "lmpt encode --weights ViT-B-16.pt --image a.jpg b.jpg --output images.npy",
      "lmpt encode --weights model.safetensors --text 'a dog' 'a cat' --normalize --output t.npy",
      "lmpt encode --weights ViT-B-16.pt --list files.txt --shard 1/4 --resume --output part1.npy",
    ],
    run: runEncode)
}

extension Option {
  /// From pixels to the model's input.
  static let recipe = DefaultOption(
    "preprocess", Preprocessing.lmpt, placeholder: "NAME", "lmpt (squash) or clip (crop)")
}

private func runEncode(_ arguments: Arguments) throws -> Output {
  if let out = arguments.string("merge") { return try mergeParts(arguments, into: out) }
  if let source = arguments.string("list") { return try encodeList(arguments, from: source) }
  for name in ["texts", "shard", "resume", "dtype", "on-bad-image", "orient"]
  where arguments.flag(name) {
    throw UsageError.conflict("--\(name) is for --list")
  }
  let weights = try arguments.required("weights")
  let output = try arguments.output()
  let progress = ProgressLine(arguments)
  progress.begin("opening weights")
  let activation = try arguments.choice("activation", Activation.self)
  let preprocessing = try arguments[Option.recipe]
  let (images, texts) = (arguments.strings("image"), arguments.strings("text"))
  guard images.isEmpty || texts.isEmpty else {
    throw UsageError.conflict("encode takes either --image or --text")
  }
  try requireOtherFile(output, than: [weights] + images)
  var features: Tensor
  let known: (activation: Activation, origin: Activation.Origin)
  var textRefusal: ModelError?
  if !images.isEmpty {
    let opened = try ImageEncoder.load(path: weights, activation: activation)
    known = (opened.activation, opened.origin)
    textRefusal = opened.textRefusal
    features = try encodeFiles(images + arguments.operands, opened.encoder, preprocessing)
  } else if !texts.isEmpty {
    if let word = arguments.operands.first(where: \.carriesBytes) { throw Arguments.notText(word) }
    let tokenizer = try Tokenizer.clip()
    let model = try CLIPModel.load(path: weights, activation: activation)
    try inFile(weights) { try model.checkVocabulary() }
    let tokens = try (texts + arguments.operands).map {
      try tokenizer.tokenize(
        $0, contextLength: model.text.contextLength,
        truncate: arguments.flag("truncate") ? .toFit : .never)
    }
    known = (model.activation, model.activationOrigin)
    try inFile(weights) { try model.check(tokens) }
    features = model.encode(tokens: tokens)
  } else {
    throw UsageError.missingOption("--image PATH... or --text STRING...", command: "encode")
  }
  progress.finish()
  if arguments.flag("normalize") { features = normalize(features) }
  try WeightFile.write([NamedArray("features", features)], to: output)
  let shape = JSON.array(features.shape.map { .integer($0) })
  var result = Output(
    json: JSON.object(
      [("output", .string(output)), ("shape", shape)]
        + activationFields(known.activation, assumed: known.origin == .assumed)), text: "")
  result.notes = refusalNotes(textRefusal, weights)
  result.notes += assumptionNotes(known.origin == .assumed, weights)
  return result
}

/// Decodes, preprocesses and encodes pictures, a few at a time.
func encodeFiles(
  _ paths: [String], _ tower: ImageEncoder, _ preprocessing: Preprocessing
) throws -> Tensor {
  let size = tower.architecture.size
  let groups = try stride(from: 0, to: paths.count, by: 16).map { start in
    let inputs = try paths[start..<min(start + 16, paths.count)].map { path in
      let picture = try RGBImage(path: path).resized(to: size, as: preprocessing)
      return Tensor(preprocessing.input(picture), shape: [1, 3, size, size])
    }
    return tower(concatenate(inputs))
  }
  return concatenate(groups)  // [N, E]
}
