// Convert - `lmpt convert`: a weight file in another format, and under other names.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTWeights

extension Command {
  static let convert = Command(
    name: "convert",
    summary: "rewrites tensors in the format of the new file's extension",
    operands: "IN OUT",
    options: [
      .value("layout", "NAME", "names of the new file: openai, openclip or huggingface")
    ],
    examples: [
      "lmpt convert ViT-B-16.pt ViT-B-16.safetensors",
      "lmpt convert ViT-B-16.pt model.safetensors --layout huggingface",
    ],
    run: runConvert)
}

private func runConvert(_ arguments: Arguments) throws -> Output {
  let paths = try arguments.operands(2, "IN and OUT")
  let (input, output) = (paths[0], try arguments.output(paths[1]))
  try requireOtherFile(output, than: [input], named: "OUT")
  let progress = ProgressLine(arguments)
  progress.begin("reading \(input)")
  let file = try WeightFile.read(input)
  var metadata = file.metadata
  var arrays = file.tensors.map { NamedArray($0) }
  if let layout = try arguments.choice("layout", WeightLayout.self) {
    arrays = try inFile(input) { try ModelTensors(file).arrays(in: layout) }
    if layout == .huggingFace { metadata["format"] = "pt" }  // transformers insists on it
  }
  // What a configuration says is lost where it does not lie, so it is written down.
  metadata.merge(file.knownBesideTensors(path: input)) { own, _ in own }
  try WeightFile.write(arrays, metadata: metadata, to: output)
  progress.finish()
  let count = arrays.count
  return Output(
    json: JSON.object([("output", .string(output)), ("tensors", .integer(count))]), text: "")
}
