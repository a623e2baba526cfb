// EncodingTests - pictures and sentences through what belongs to a model.
// SPDX-License-Identifier: Apache-2.0

import LMPTImaging
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTCLIP

@Suite("encoding pictures and sentences")
struct EncodingTests {
  /// Two pictures of other sizes than the model's.
  private var pictures: [RGBImage] {
    get throws {
      try ["000001", "000002"].map {
        try RGBImage(path: Fixtures.path("mini/images/test/\($0).jpg"))
      }
    }
  }

  private func mini() throws -> CLIPModel {
    try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
  }

  @Test("pictures go through the model's recipe, each by itself", arguments: Preprocessing.allCases)
  func recipe(_ recipe: Preprocessing) throws {
    var model = try mini()
    #expect(model.preprocessing == .clip, "weights are published with CLIP's recipe")
    model.preprocessing = recipe
    let size = model.architecture.imageSize
    let pixels = try pictures.flatMap { recipe.input($0.resized(to: size, as: recipe)) }
    let found = model.encode(try pictures)
    #expect(model.pixels(of: try pictures).values == pixels)
    #expect(
      found.values == model.encode(pixels: Tensor(pixels, shape: [2, 3, size, size])).values)
    #expect(found.shape == [2, model.architecture.embedding])
    #expect(model.encode([] as [RGBImage]).shape == [0, model.architecture.embedding])
  }

  @Test("sentences are tokenised as CLIP does")
  func sentences() throws {
    let model = try mini()
    // Start, "a dog" and end by the ids of OpenAI's tokenizer.
    let dog: [Int32] = [49406, 320, 1929, 49407]
    #expect(try model.encode(["a dog"]).values == model.encode(tokens: [dog]).values)
    #expect(throws: TokenizerError.self) {
      try model.encode([String(repeating: "dog ", count: 100)])
    }
  }

  @Test("a model of another vocabulary refuses words")
  func otherWords() throws {
    let model = try SmallModels.load("openai.safetensors")
    #expect(throws: ModelError.self) { try model.encode(["a dog"]) }
  }

  @Test("what tasks wait for is what the calls return")
  func tasks() async throws {
    let path = Fixtures.path("mini/clip.safetensors")
    let model = try await CLIPModel.load(path: path)
    let pictures = try pictures
    async let images: Tensor = model.encode(pictures)
    async let texts: Tensor = model.encode(["a dog"])
    let (f, g) = (try await images, try await texts)
    try { () throws in
      #expect(f.values == model.encode(pictures).values)
      #expect(try g.values == model.encode(["a dog"]).values)
    }()
    await #expect(throws: (any Error).self) { try await CLIPModel.load(path: path + ".none") }
  }
}
