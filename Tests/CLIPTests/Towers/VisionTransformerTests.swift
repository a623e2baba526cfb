// VisionTransformerTests - the image tower against OpenAI's module.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing

@testable import LMPTCLIP
@testable import LMPTTensors

@Suite struct VisionTransformerTests {
  @Test func featuresAreOpenAIs() throws {
    let model = try SmallModels.load("openai.safetensors")
    let images = try SmallModels.expected("images")
    expectFeatures(model.encode(pixels: images), try SmallModels.expected("image"))
  }

  @Test func exactGELUChangesTheFeaturesToTorchs() throws {
    let model = try SmallModels.load("openai.safetensors", activation: .gelu)
    let images = try SmallModels.expected("images")
    expectFeatures(model.encode(pixels: images), try SmallModels.expected("image.gelu"))
  }

  @Test func everyTokenIsProjected() throws {
    let model = try SmallModels.load("openai.safetensors")
    let images = try SmallModels.expected("images")
    let places = model.visual.spatialFeatures(images)
    expectFeatures(places, try SmallModels.expected("spatial"))
    // The class token computed with all rows is the one computed alone.
    let alone = model.encode(pixels: images)
    expectClose(
      places.slice(0..<1, axis: 1).values, alone.values, atol: 1e-6, rtol: 1e-5)
  }

  @Test func aBatchGivesEachImageItsOwnFeature() throws {
    let model = try SmallModels.load("openai.safetensors")
    let images = try SmallModels.expected("images")
    let together = model.encode(pixels: images)
    for n in 0..<3 {
      let one = model.encode(pixels: images.slice(n..<n + 1))
      expectClose(one.values, together.slice(n..<n + 1).values, atol: 1e-6, rtol: 1e-5)
    }
  }

  @Test func manyImagesGoThroughInGroups() throws {
    let model = try SmallModels.load("openai.safetensors")
    let images = try SmallModels.expected("images")
    let many = concatenate([Tensor](repeating: images, count: 81))  // 243 > 4096 / 17
    let features = model.encode(pixels: many)
    #expect(features.shape == [243, 32])
    let expected = model.encode(pixels: images)
    expectClose(features.slice(240..<243).values, expected.values, atol: 1e-6, rtol: 1e-5)
    #expect(model.encode(pixels: images.slice(0..<0)).shape == [0, 32])
  }

  /// In a process of its own, because the pool and the count are the whole program's.
  @Test("no float memory from the system after the first call")
  func memory() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 1  // which worker draws the largest task is chance
      let model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
      let size = model.architecture.imageSize
      let pixels = Tensor.ones([5, 3, size, size])
      _ = model.encode(pixels: pixels)
      let before = blocksFromSystem.load(ordering: .relaxed)
      #expect(before > 0)
      for _ in 0..<3 { _ = model.encode(pixels: pixels) }
      #expect(blocksFromSystem.load(ordering: .relaxed) == before)
    }
  }
}
