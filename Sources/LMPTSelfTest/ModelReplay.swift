// ModelReplay - features of small models in every container.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTTensors
import LMPTWeights

/// Small models in every container against the libraries that wrote them.
func replayFeatures(_ folder: String) throws -> FixtureResult {
  var comparison = Comparison()
  // A few blocks in single precision on both sides.
  let tolerance = 1e-5
  func compare(
    _ file: String, _ activation: Activation?, inputs: String, image: String, text: String
  ) throws {
    let expected = try WeightFile.read("\(folder)/\(inputs)")
    func tensor(_ name: String) throws -> Tensor {
      guard let stored = expected[name] else { throw FixtureError.noCases(path: inputs) }
      return Tensor(stored)
    }
    comparison.close("\(file) images", tolerance: tolerance) {
      let model = try CLIPModel.load(path: "\(folder)/\(file)", activation: activation)
      return (model.encode(pixels: try tensor("images")).values, try tensor(image).values)
    }
    comparison.close("\(file) texts", tolerance: tolerance) {
      let model = try CLIPModel.load(path: "\(folder)/\(file)", activation: activation)
      return (
        model.encode(tokens: try tokenRows("\(folder)/tokens.jsonl")).values,
        try tensor(text).values
      )
    }
  }
  for file in ["openai.pt", "openai-traced.pt", "openai.safetensors"] {
    try compare(file, nil, inputs: "vit.safetensors", image: "image", text: "text")
  }
  try compare(
    "openclip.pt", .gelu, inputs: "vit.safetensors", image: "image.openclip", text: "text.openclip")
  try compare("resnet.pt", nil, inputs: "resnet.safetensors", image: "image", text: "text")
  return comparison.result("CLIP", "features of every file format", tolerance: tolerance)
}

private func tokenRows(_ path: String) throws -> [[Int32]] {
  let file = try FileBytes(path: path)
  return try file.withBytes { bytes in
    try bytes.split(separator: 0x0A).map { line in
      try JSON.parse(UnsafeRawBufferPointer(rebasing: line))["ids"]?.array?
        .compactMap { $0.int.flatMap(Int32.init(exactly:)) } ?? []
    }
  }
}
