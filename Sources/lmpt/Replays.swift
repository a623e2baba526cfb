// Replays - stored outputs of independent implementations, by topic, for `lmpt selftest`.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import Imaging
import PromptTuning
import Tensors
import Weights

/// A part of the `Fixtures` folder and how it is computed again.
struct Replay {
  let tag: String
  let name: String
  let run: () throws -> FixtureResult

  /// Everything that the fixtures of an installed program can show, in the paper's order and then
  /// from the pixels up.
  static func all(_ fixtures: String) throws -> [Replay] {
    let equations = try ["equations", "losses"].flatMap {
      try equationFixtures("\(fixtures)/\($0)")
    }
    return equations.map { file in
      Replay(tag: file.equation.tag, name: file.equation.name) { file.replay() }
    } + [
      Replay(tag: "A1", name: "training") {
        try TrainingFixture("\(fixtures)/training").replay()
      },
      Replay(tag: "A1", name: "whole runs") {
        let model = try TrainingFixture("\(fixtures)/training").model
        return try RunFixture("\(fixtures)/runs", model: model).replay()
      },
      Replay(tag: "scores", name: "predictors") { try PredictorFixture(fixtures).replay() },
      Replay(tag: "pixels", name: "decode and resize") { try replayPixels(fixtures) },
      Replay(tag: "tokens", name: "tokenizer") { try replayTokens("\(fixtures)/tokenizer") },
      Replay(tag: "CLIP", name: "features of every file format") {
        try replayFeatures("\(fixtures)/clip/small")
      },
    ]
  }
}

/// Collects cases that must be equal, or within a tolerance of the largest expected value.
private struct Comparison {
  private(set) var cases = 0
  private(set) var failures: [String] = []
  private(set) var worst = 0.0

  /// A case that must hold exactly.
  mutating func exact(_ name: String, _ body: () throws -> Bool) {
    cases += 1
    do {
      if try !body() { failures.append("\(name): differs") }
    } catch {
      failures.append("\(name): \(error)")
    }
  }

  /// A case of numbers within `tolerance` of the largest of them.
  mutating func close(_ name: String, tolerance: Double, _ body: () throws -> ([Float], [Float])) {
    cases += 1
    do {
      let (found, expected) = try body()
      let ratio = FixtureTolerance(rtol: 0, atolOfMax: tolerance)
        .worstRatio(found.map(Double.init), expected.map(Double.init))
      worst = max(worst, ratio)
      if ratio > 1 { failures.append("\(name): \(ratio) of the tolerance") }
    } catch {
      failures.append("\(name): \(error)")
    }
  }

  func result(_ tag: String, _ name: String, tolerance: Double = 0) -> FixtureResult {
    FixtureResult(
      tag: tag, name: name, cases: cases, failed: failures.count, failures: failures,
      worst: worst, tolerance: tolerance)
  }
}

/// Pictures against Pillow by SHA-256, and invalid ones by their error.
private func replayPixels(_ fixtures: String) throws -> FixtureResult {
  var comparison = Comparison()
  let manifest = try JSON.read("\(fixtures)/images/manifest.json")
  func digest(_ image: RGBImage) -> String { image.pixels.withUnsafeBytes(SHA256.hexDigest) }
  for entry in manifest["entries"]?.array ?? []
  where entry["error"]?.string != nil || entry["outputs"]?[0] != nil {
    let path = entry["path"]?.string ?? ""
    comparison.exact(path) {
      do {
        return digest(try decodeImage(path: "\(fixtures)/\(path)"))
          == entry["outputs"]?[0]?["sha256"]?.string
      } catch let error as any DiagnosticError where entry["error"]?.string != nil {
        return error.code == entry["error"]?.string
      }
    }
  }
  for entry in manifest["resizes"]?.array ?? [] {
    let path = entry["source"]?.string ?? ""
    let size = entry["shape"]?.array?.compactMap(\.int) ?? []
    let method = entry["method"]?.string.flatMap(Interpolation.init(rawValue:))
    comparison.exact("\(path) \(entry["method"]?.string ?? "") \(size)") {
      guard size.count == 3, size.allSatisfy({ (1...4096).contains($0) }), let method else {
        return false
      }
      let image = try decodeImage(path: "\(fixtures)/\(path)")
      return digest(resize(image, width: size[1], height: size[0], method))
        == entry["sha256"]?.string
    }
  }
  return comparison.result("pixels", "decode and resize")
}

/// Texts against OpenAI's tokenizer.
private func replayTokens(_ folder: String) throws -> FixtureResult {
  var comparison = Comparison()
  let tokenizer = try Tokenizer.clip()
  let path = "\(folder)/texts.jsonl"
  let file = try FileBytes(path: path)
  try file.withBytes { bytes in
    for line in bytes.split(separator: 0x0A) {
      let json = try inFile(path) { try JSON.parse(UnsafeRawBufferPointer(rebasing: line)) }
      let text = json["text"]?.string ?? ""
      comparison.exact(text.debugDescription) {
        tokenizer.encode(text)
          == json["ids"]?.array?.compactMap { $0.int.flatMap(Int32.init(exactly:)) }
      }
    }
  }
  return comparison.result("tokens", "tokenizer")
}

/// Small models in every container against the libraries that wrote them.
private func replayFeatures(_ folder: String) throws -> FixtureResult {
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
      return (model.encodeImages(try tensor("images")).values, try tensor(image).values)
    }
    comparison.close("\(file) texts", tolerance: tolerance) {
      let model = try CLIPModel.load(path: "\(folder)/\(file)", activation: activation)
      return (
        model.encodeText(try tokenRows("\(folder)/tokens.jsonl")).values, try tensor(text).values
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
