// Verify - `lmpt verify`: the example of OpenAI's README, recomputed.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTuning
import LMPTTensors

extension Command {
  static let verify = Command(
    name: "verify",
    summary: "recomputes the example of OpenAI's README and compares the probabilities",
    options: [
      .value("weights", "FILE", "OpenAI's ViT-B-32.pt; other weights are shown, not compared"),
      .value("image", "PATH", "CLIP.png of OpenAI's repository"),
    ],
    examples: [
      "lmpt verify --weights ViT-B-32.pt --image CLIP.png",
      "lmpt verify --weights ViT-B-16.pt --image CLIP.png --json",
    ],
    run: runVerify)
}

/// The README's example: what it asks and what it prints for ViT-B/32.
private enum Example {
  static let labels = ["a diagram", "a dog", "a cat"]
  static let probabilities: [Float] = [0.9927937, 0.00421068, 0.00299572]
  static let picture = "308a3ca4503f1c7a07803916c369d78c4ef501e5ab7fc727da9b5e1d2f9ec85b"
  /// The README does not say whether it ran in half precision, whose rounding of features (2^-11)
  /// moves a logit of about 25 by some hundredths and the small probabilities by some percent.
  static let tolerance: Float = 5e-4
}

private func runVerify(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let (weights, image) = (try arguments.required("weights"), try arguments.required("image"))
  let progress = ProgressLine(arguments)
  progress.begin("opening weights")
  let model = try CLIPModel.load(path: weights)
  progress.finish()
  let tokenizer = try Tokenizer.clip()
  let tokens = try Example.labels.map { try tokenizer.tokenize($0) }
  try inFile(weights) { try model.checkVocabulary() }
  let size = model.visual.architecture.size
  // The example's picture has alpha, which OpenAI's transform drops after resizing.
  let picture = try inFile(image) {
    try FileBytes(path: image).withBytes { try alphaWeightedResize($0, size: size) }
  }
  let input = Tensor(Preprocessing.clip.input(picture), shape: [1, 3, size, size])
  let f = normalize(model.encode(pixels: input))  // [1, E]
  let g = normalize(model.encode(tokens: tokens))  // [3, E]
  let p = softmax(matmul(f, g, .none, .transposed) * model.logitScale).values

  let name = model.architecture.name
  let isExample = name == "ViT-B/32"
  let known = PublishedWeights.matching(try PublishedWeights.sha256(ofFile: weights))
  let isPicture = try FileBytes(path: image).withBytes(SHA256.hexDigest) == Example.picture
  // A file that OpenAI published is known by its hash.
  let isAssumed = model.activationOrigin == .assumed && known == nil
  let worst = zip(p, Example.probabilities).map { abs($0 - $1) }.max() ?? .infinity
  let agrees = worst <= Example.tolerance
  var lines = zip(Example.labels, p).map { label, value in
    "\(label.padded(to: 10)) \(fixed(Double(value), 7))"
  }
  lines.append(
    "weights: \(known.map { "OpenAI's \($0.name)" } ?? "not a file that OpenAI published")"
      + "; picture: \(isPicture ? "the README's" : "not the README's CLIP.png")")
  let outcome = agrees ? "came out" : "did not come out"
  lines.append(
    isExample
      ? "the published probabilities \(outcome) (worst difference \(worst))"
      : "\(name ?? "this model") has no published probabilities; nothing was compared")
  let text = lines.map { $0 + "\n" }.joined()
  var output = Output(
    json: JSON.object(
      activationFields(model.activation, assumed: isAssumed) + [
        ("probabilities", .array(p.map { .number(Double($0)) })),
        ("architecture", name.map(JSON.string) ?? .null),
        ("published_weights", known.map { .string($0.name) } ?? .null),
        ("published_picture", .bool(isPicture)),
        ("compared", .bool(isExample)),
        ("agrees", isExample ? .bool(agrees) : .null),
      ]), text: text)
  output.notes = assumptionNotes(isAssumed, weights)
  if isExample, !agrees { output.exitCode = ExitCode.of(.numeric) }
  return output
}
