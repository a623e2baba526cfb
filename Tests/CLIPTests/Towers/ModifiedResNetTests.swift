// ModifiedResNetTests - the residual image tower against OpenAI's module.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTCLIP

@Suite struct ModifiedResNetTests {
  private func model() throws -> CLIPModel {
    try SmallModels.load("resnet.pt")
  }
  private func expected(_ name: String) throws -> Tensor {
    try SmallModels.expected(name, in: "small/resnet.safetensors")
  }

  @Test func sizesAreReadFromShapes() throws {
    let architecture = try model().architecture
    #expect(architecture.image.kind == .resNet(blocks: [1, 2, 1, 1]))
    #expect(architecture.imageSize == 96 && architecture.image.width == 8)
    #expect(architecture.image.heads == 4 && architecture.embedding == 32)
  }

  @Test func featuresAreOpenAIs() throws {
    let found = try model().encode(pixels: try expected("images"))
    expectFeatures(found, try expected("image"))
    let text = try model().encode(tokens: try SmallModels.tokens())
    expectFeatures(text, try expected("text"))
  }

  @Test func everyPlaceIsProjected() throws {
    let images = try expected("images")
    let visual = try model().visual
    #expect(visual.positionCount == 1 + 3 * 3)  // 96 pixels, 32 a place, and the mean
    expectFeatures(visual.spatialFeatures(images), try expected("spatial"))
    expectFeatures(
      visual.spatialFeatures(images, positions: .omitted), try expected("spatial.omitted"))
  }

  @Test func imagesAreTheSameAloneAndTogether() throws {
    let images = try expected("images")
    let model = try model()
    let together = model.encode(pixels: images)
    for n in 0..<3 {
      let one = model.encode(pixels: images.slice(n..<n + 1))
      expectClose(one.values, together.slice(n..<n + 1).values, atol: 1e-6, rtol: 1e-5)
    }
  }

  /// More images than go through the last stages together.
  @Test func placesHaveTheSameBitsInAnyBatch() throws {
    let images = try expected("images")
    let visual = try model().visual
    let many = concatenate([images, images, images, images.slice(1..<3)])
    let together = visual.spatialFeatures(many)
    for n in 0..<11 {
      let one = visual.spatialFeatures(many.slice(n..<n + 1))
      #expect(one.values == together.slice(n..<n + 1).values)
    }
  }
}
