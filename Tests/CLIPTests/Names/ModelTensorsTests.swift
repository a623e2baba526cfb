// ModelTensorsTests - one model under every naming, each written by the library that owns the names.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@testable import LMPTCLIP

@Suite struct ModelTensorsTests {
  @Test func huggingFaceFeaturesAreTheirs() throws {
    let model = try SmallModels.load("huggingface/model.safetensors")
    #expect(model.activation == .quickGELU)
    #expect(model.activationOrigin == .stated(Fixtures.path("clip/small/huggingface/config.json")))
    let images = try SmallModels.expected("images")
    expectFeatures(model.encode(pixels: images), try SmallModels.expected("image.huggingface"))
    let found = model.encode(tokens: try SmallModels.tokens())
    expectFeatures(found, try SmallModels.expected("text.huggingface"))
  }

  @Test func positionIdsOfOlderFilesAreIgnored() throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/huggingface/model.safetensors"))
    var arrays = file.tensors.map { NamedArray($0) }
    arrays.append(
      NamedArray(
        "text_model.embeddings.position_ids", integers: Array(0..<77), shape: [1, 77]))
    let model = try CLIPModel.load(try written(arrays))
    let found = model.encode(tokens: try SmallModels.tokens())
    expectFeatures(found, try SmallModels.expected("text.huggingface"))
    #expect(model.activationOrigin == .assumed)
  }

  @Test func moduleWrappersKeepTheModel() throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let model = try CLIPModel.load(
      try written(file.tensors.map { NamedArray($0, name: "module.\($0.name)") }))
    expectFeatures(
      model.encode(tokens: try SmallModels.tokens()), try SmallModels.expected("text"))
  }

  @Test func metadataStatesTheActivation() throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let arrays = file.tensors.map { NamedArray($0) }
    let gelu = try CLIPModel.load(try written(arrays, ["activation": "gelu"]))
    #expect(gelu.activation == .gelu)
    let quick = try CLIPModel.load(try written(arrays, ["hidden_act": "quick_gelu"]))
    #expect(quick.activation == .quickGELU)
    let capitals = try CLIPModel.load(try written(arrays, ["activation": "GELU"]))
    #expect(capitals.activation == .gelu)
    let exact = try CLIPModel.load(try written(arrays, ["quick_gelu": "False"]))
    #expect(exact.activation == .gelu)
    for (key, word) in [("activation", "relu"), ("quick_gelu", "maybe")] {
      #expect(throws: ModelError.activation(found: word, place: "the metadata")) {
        try CLIPModel.load(try written(arrays, [key: word]))
      }
    }
  }

  @Test func aConfigurationOfAnotherModelIsRefused() throws {
    let folder = try TemporaryFolder()
    let source = Fixtures.path("clip/small/huggingface")
    let weights = "\(folder.path)/model.safetensors"
    try FileManager.default.copyItem(atPath: "\(source)/model.safetensors", toPath: weights)
    let own = try String(contentsOfFile: "\(source)/config.json", encoding: .utf8)
    func opens(_ configuration: String) throws {
      try configuration.write(
        toFile: "\(folder.path)/config.json", atomically: true, encoding: .utf8)
      _ = try CLIPModel.load(path: weights)
    }
    try opens(own)
    for tower in ["vision_config", "text_config"] {
      for (key, value) in [
        ("num_attention_heads", "7"), ("layer_norm_eps", "1e-3"), ("layer_norm_eps", "1e-6"),
      ] {
        #expect {
          try opens(#"{"model_type": "clip", "\#(tower)": {"\#(key)": \#(value)}}"#)
        } throws: {
          ($0 as? FileError)?.code == "model.configuration"
        }
      }
    }
  }

  @Test func aLonelyQueryMatrixIsNamed() throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/huggingface/model.safetensors"))
    let key = "text_model.encoder.layers.1.self_attn.k_proj.weight"
    let arrays = file.tensors.filter { $0.name != key }.map { NamedArray($0) }
    #expect(throws: ModelError.missing(name: key, layout: .huggingFace)) {
      try CLIPModel.load(try written(arrays))
    }
  }

  @Test func anUnknownTensorOfATowerIsRefused() throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let scale = "visual.transformer.resblocks.0.ls_1.gamma"
    let arrays = file.tensors.map { NamedArray($0) } + [NamedArray(scale, floats: [1])]
    #expect(throws: ModelError.unexpected(name: scale, layout: .openAI)) {
      try CLIPModel.load(try written(arrays))
    }
    let other = file.tensors.map { NamedArray($0) } + [NamedArray("optimizer.step", floats: [1])]
    _ = try CLIPModel.load(try written(other))
  }

  /// A safetensors file with these tensors, read back and then removed.
  private func written(
    _ arrays: [NamedArray], _ metadata: [String: String] = [:]
  ) throws -> WeightFile {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("names-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Safetensors.write(arrays, metadata: metadata, to: path)
    return try WeightFile.read(path)
  }
}
