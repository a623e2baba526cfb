// CLIPModelTests - one model from every kind of file, its cache key, and its way back to files.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@testable import LMPTCLIP

@Suite struct CLIPModelTests {
  @Test(arguments: ["openai.pt", "openai-traced.pt"])
  func torchArchivesGiveOpenAIsFeatures(_ name: String) throws {
    let model = try SmallModels.load(name)
    // Names are no evidence: OpenCLIP's exact models have the same.
    #expect(model.activation == .quickGELU && model.activationOrigin == .assumed)
    expectFeatures(
      model.encode(pixels: try SmallModels.expected("images")), try SmallModels.expected("image"))
    expectFeatures(
      model.encode(tokens: try SmallModels.tokens()), try SmallModels.expected("text"))
    // ln(1 / 0.07) in half precision is off by up to 2^-10, and exp makes that relative.
    #expect(abs(model.logitScale * 0.07 - 1) < 0x1p-10)
  }

  @Test(arguments: ["openclip.pt", "openclip-scripted.pt"])
  func openCLIPsCheckpointsGiveItsFeatures(_ name: String) throws {
    let model = try SmallModels.load(name, activation: .gelu)
    expectFeatures(
      model.encode(pixels: try SmallModels.expected("images")),
      try SmallModels.expected("image.openclip"))
    expectFeatures(
      model.encode(tokens: try SmallModels.tokens()), try SmallModels.expected("text.openclip"))
    // Nothing in the file says which activation; the assumption is on record.
    #expect(try SmallModels.load(name).activationOrigin == .assumed)
  }

  @Test func theAuthorsCheckpointHasAnImageTowerOnly() throws {
    let path = Fixtures.path("clip/small/authors.pt")
    let opened = try ImageEncoder.load(path: path)
    #expect(opened.activation == .quickGELU && opened.origin == .assumed)
    expectFeatures(
      opened.encoder(try SmallModels.expected("images")), try SmallModels.expected("image"))
    let file = try WeightFile.read(path)
    let missing = ModelError.missing(name: "token_embedding.weight", layout: .authors)
    #expect(throws: missing) { try CLIPModel.load(file) }
    #expect(missing.hint.contains("token embedding"))
    let others = try ModelTensors(file).others.map(\.name)
    #expect(others.contains("prompt_learner.ctx"))
  }

  @Test func theFingerprintFollowsWeightsAndActivation() throws {
    let one = try SmallModels.load("openai.safetensors").fingerprint
    #expect(one.count == 64)
    #expect(try SmallModels.load("openai.safetensors").fingerprint == one)
    #expect(try SmallModels.load("openai.safetensors", activation: .gelu).fingerprint != one)
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let arrays = file.tensors.map { tensor in
      guard tensor.name == "ln_final.bias" else { return NamedArray(tensor) }
      var values = tensor.floats()
      values[63] += 0.5
      return NamedArray(tensor.name, floats: values, shape: tensor.shape, as: tensor.dtype)
    }
    #expect(try CLIPModel.load(try written(arrays)).fingerprint != one)
  }

  @Test func namesGoToHuggingFacesAndBack() throws {
    let openAI = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let theirs = try WeightFile.read(Fixtures.path("clip/small/huggingface/model.safetensors"))
    let there = try ModelTensors(openAI).arrays(in: .huggingFace)
    #expect(Set(there.map(\.name)) == Set(theirs.tensors.map(\.name)))
    let converted = try written(there)
    for tensor in theirs.tensors {
      let ours = try #require(converted[tensor.name])
      #expect(ours.shape == tensor.shape && ours.dtype == tensor.dtype)
      #expect(ours.floats() == tensor.floats(), "\(tensor.name)")
    }
    let back = try written(try ModelTensors(converted).arrays(in: .openAI))
    for tensor in openAI.tensors {
      #expect(back[tensor.name]?.floats() == tensor.floats(), "\(tensor.name)")
    }
  }

  @Test func residualNetworksHaveNoNamesAtHuggingFace() throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/resnet.pt"))
    #expect(
      throws: ModelError.layout(.huggingFace, reason: "CLIPModel has no residual networks")
    ) { try ModelTensors(file).arrays(in: .huggingFace) }
  }

  @Test func idsOutsideTheVocabularyAreRefused() throws {
    let model = try SmallModels.load("openai.pt")
    #expect(throws: ModelError.token(id: 49406, vocabulary: 64)) {
      try model.check([[1, 2], [49406, 3]])
    }
    try model.check(try SmallModels.tokens())
  }

  @Test func wordsNeedCLIPsVocabularyOrAWordAboutIt() throws {
    let small = try SmallModels.load("openai.pt")
    #expect(throws: ModelError.vocabulary(found: 64)) { try small.checkVocabulary() }
    // A table with rows to spare, as some are padded, is another vocabulary unless the file knows better.
    let mini = try WeightFile.read(Fixtures.path("mini/clip.safetensors"))
    let padded = mini.tensors.map { tensor in
      guard tensor.name == "token_embedding.weight" else { return NamedArray(tensor) }
      let rows = tensor.floats() + [Float](repeating: 0.5, count: 128 * tensor.shape[1])
      return NamedArray(tensor.name, floats: rows, shape: [49_536, tensor.shape[1]])
    }
    func model(_ metadata: [String: String]) throws -> CLIPModel {
      try CLIPModel.load(
        try Safetensors.parse(try Safetensors.bytes(of: padded, metadata: metadata)))
    }
    #expect(throws: ModelError.vocabulary(found: 49_536)) { try model([:]).checkVocabulary() }
    let stated = try model(["vocabulary": "clip"])
    try stated.checkVocabulary()
    let own = try CLIPModel.load(mini)
    try own.checkVocabulary()
    let tokens = try [Tokenizer.clip().tokenize("a photo of a cat.")]
    #expect(stated.encode(tokens: tokens).values == own.encode(tokens: tokens).values)
  }

  /// A safetensors file with these tensors, read back and then removed.
  private func written(_ arrays: [NamedArray]) throws -> WeightFile {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("model-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Safetensors.write(arrays, to: path)
    return try WeightFile.read(path)
  }

  @Test("the last id of the vocabulary is taken, the next is refused")
  func lastID() throws {
    let model = try SmallModels.load("openai.safetensors")  // 64 ids
    try model.check([[0, 63]])
    #expect(throws: ModelError.token(id: 64, vocabulary: 64)) { try model.check([[0], [64]]) }
    #expect(throws: ModelError.token(id: -1, vocabulary: 64)) { try model.check([[-1]]) }
  }
}
