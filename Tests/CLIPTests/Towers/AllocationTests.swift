// AllocationTests - the towers live on the memory of their first call.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTSupport
import Testing

@testable import LMPTTensors

/// In processes of their own, because the pool and the count are the whole program's.
@Suite struct AllocationTests {
  @Test("images: no float memory from the system after the first call")
  func images() async {
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

  @Test("prompts forward and backward: no float memory from the system after the first step")
  func prompts() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 1
      let model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
      let width = model.text.architecture.width
      func step() {
        let prompts = Tensor.ones([6, 12, width]).tracked()
        let features = model.text(prompts, endPositions: [7, 9, 11, 8, 10, 11], sharedPrefix: 1)
        _ = gradient(of: sum(features), in: prompts)
      }
      step()
      let before = blocksFromSystem.load(ordering: .relaxed)
      for _ in 0..<3 { step() }
      #expect(blocksFromSystem.load(ordering: .relaxed) == before)
    }
  }
}
