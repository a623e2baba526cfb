// ImageBatchTests - pictures of one's own in the form that a method looks at.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct ImageBatchTests {
  @Test("a view has what OpenAI's module gives for it, and no more")
  func views() throws {
    let model = try CLIPModel.load(path: Fixtures.path("clip/small/resnet.pt"))
    let stored = try FixtureTensors("clip/small/resnet.safetensors")
    let pixels = Tensor(try stored.floats("images"), shape: try stored["images"].shape)
    for (view, places) in [
      (ImageDetail.features, nil), (.places(.added), "spatial"),
      (.places(.omitted), "spatial.omitted"), (.pixels, nil),
    ] as [(ImageDetail, String?)] {
      let batch = ImageBatch(pixels: pixels, model: model, view: view)
      try expectFeatures(batch.features, stored.floats("image"))
      #expect((batch.places == nil) == (places == nil))
      #expect((batch.pixels == nil) == (view != .pixels))
      if let places, let found = batch.places { try expectFeatures(found, stored.floats(places)) }
      if let found = batch.pixels { #expect(found.values == pixels.values) }
    }
  }

  /// The tolerance of the towers' own tests: 1e-5 of the largest number.
  private func expectFeatures(_ found: Tensor, _ expected: [Float]) throws {
    let largest = expected.reduce(0) { max($0, abs($1)) }
    expectClose(found.values, expected, atol: Double(largest) * 1e-5, rtol: 0)
  }
}
