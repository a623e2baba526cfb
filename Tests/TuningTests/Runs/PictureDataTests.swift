// PictureDataTests - features computed ahead are those that a run looks for.
// SPDX-License-Identifier: Apache-2.0

import LMPTImaging
import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite struct PictureDataTests {
  @Test("recipe and orientation reach the cache, where a run with the same ones finds it")
  func caches() throws {
    let root = Fixtures.path("mini")
    let weights = "\(root)/clip.safetensors"
    var folders: Set<String> = []
    for recipe in [Preprocessing.lmpt, .clip] {
      for orient in [false, true] {
        let ahead = try PictureData(
          dataset: "mini", root: root, weights: weights, preprocessing: recipe, cache: "/none",
          orient: orient)
        let run = try RunData(
          dataset: "mini", root: root, weights: weights, preprocessing: recipe, cache: "/none",
          orient: orient)
        let folder = ahead.featureSource.trainCache(ahead.dataset).folder
        #expect(folder == run.featureSource.trainCache(run.dataset).folder)
        folders.insert(folder)
      }
    }
    #expect(folders.count == 4)
  }
}
