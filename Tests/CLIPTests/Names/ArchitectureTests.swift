// ArchitectureTests - sizes from shapes, and clear errors where shapes contradict each other.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@testable import LMPTCLIP

@Suite struct ArchitectureTests {
  @Test func sizesOfTheSmallModelsAreReadFromTheirShapes() throws {
    let vit = try SmallModels.load("openai.safetensors").architecture
    #expect(vit.image.kind == .visionTransformer(patch: 16, layers: 3))
    #expect(vit.imageSize == 64 && vit.image.width == 64 && vit.image.heads == 1)
    #expect(vit.text.layers == 3 && vit.text.width == 64 && vit.text.heads == 1)
    #expect(vit.embedding == 32 && vit.contextLength == 77 && vit.vocabulary == 64)
    #expect(vit.name == nil)
  }

  @Test func aShapeThatContradictsTheRestIsNamedWithBothShapes() throws {
    try expectError(
      .shape(name: "ln_final.weight", found: [63], expected: [64]),
      replacing: "ln_final.weight", with: [63])
    try expectError(
      .shape(
        name: "transformer.resblocks.1.attn.in_proj_weight", found: [192, 32],
        expected: [192, 64]),
      replacing: "transformer.resblocks.1.attn.in_proj_weight", with: [192, 32])
    try expectError(
      .shape(name: "text_projection", found: [64, 16], expected: [64, 32]),
      replacing: "text_projection", with: [64, 16])
  }

  @Test func shapesThatNoModelHasAreRefused() throws {
    try expectError(
      .form(
        name: "visual.positional_embedding", found: [18, 64],
        expected: "[1 + a square number, 64]"),
      replacing: "visual.positional_embedding", with: [18, 64])
    try expectError(
      .form(name: "visual.proj", found: [0, 32], expected: "2 dimensions, none of them 0"),
      replacing: "visual.proj", with: [0, 32])
    try expectError(
      .form(
        name: "text_projection", found: [32, 32],
        expected: "a width that 64-element heads divide, not 32"),
      replacing: "text_projection", with: [32, 32])
    try expectError(
      .size(what: "image size", found: 16 * 129, limit: 2048),
      replacing: "visual.positional_embedding", with: [129 * 129 + 1, 64])
  }

  @Test func aMissingTensorIsNamed() throws {
    try expectError(
      .missing(name: "ln_final.bias", layout: .openAI), replacing: "ln_final.bias", with: nil)
    try expectError(
      .missing(name: "transformer.resblocks.0.attn.in_proj_weight", layout: .openAI),
      replacing: "transformer.resblocks.0.attn.in_proj_weight", with: nil)
  }

  @Test func aFileThatIsNoCLIPSaysWhatItHolds() throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Safetensors.write([NamedArray("layer.weight", floats: [1, 2])], to: path)
    #expect(throws: ModelError.notCLIP(first: ["layer.weight"])) {
      try CLIPModel.load(try WeightFile.read(path))
    }
  }

  /// Loads the small model with one tensor replaced by zeros of another shape, or left out.
  private func expectError(
    _ error: ModelError, replacing name: String, with shape: [Int]?,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    var arrays = file.tensors.filter { $0.name != name }.map { NamedArray($0) }
    if let shape {
      let zeros = [Float](repeating: 0, count: shape.reduce(1, *))
      arrays.append(NamedArray(name, floats: zeros, shape: shape))
    }
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Safetensors.write(arrays, to: path)
    #expect(throws: error, sourceLocation: sourceLocation) {
      try CLIPModel.load(try WeightFile.read(path))
    }
  }

  private func temporary() -> String {
    FileManager.default.temporaryDirectory
      .appendingPathComponent("architecture-\(UUID().uuidString).safetensors").path
  }

  @Test("OpenCLIP's three largest image towers have sixteen heads", arguments: [1280, 1408, 1664])
  func heads(width: Int) throws {
    // open_clip/model_configs: ViT-H-14 (head_width 80), ViT-g-14 (88), ViT-bigG-14 (104).
    let shapes = [
      "visual.proj": [width, 32], "visual.conv1.weight": [width, 3, 1, 1],
      "visual.positional_embedding": [17, width],
    ]
    let arrays = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors")).tensors
      .map { tensor in
        guard let shape = shapes[tensor.name] else { return NamedArray(tensor) }
        return NamedArray(
          tensor.name, floats: Array(repeating: 0, count: shape.reduce(1, *)), shape: shape)
      }
    let file = try Safetensors.parse(Safetensors.bytes(of: arrays))
    #expect(try Architecture(ModelTensors(file)).image.heads == 16)
  }
}
