// FeatureCacheTests - cached features of pictures and of their mirror images against the long way.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import Foundation
import LMPTImaging
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct FeatureCacheTests {
  @Test("features from the cache are those of each picture and of its mirror image, one by one")
  func mirrored() throws {
    let model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
    let dataset = try LongTailDataset(
      try DatasetSpec.named("mini"), root: Fixtures.path("mini"))
    let paths = Array(dataset.train.prefix(70).map(\.path))  // a block and a part of the next
    let root = NSTemporaryDirectory() + "lmpt-flips-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    func cache() -> FeatureCache {
      FeatureCache(
        root: root, encoder: model.visual, activation: model.activation,
        fingerprint: model.fingerprint, preprocessing: .lmpt, dataRoot: dataset.root, paths: paths,
        mirrored: true)
    }
    try cache().fill()
    let stored = try cache().load()
    #expect(stored.bad.isEmpty)
    let flipped = try #require(stored.mirrored)
    #expect(flipped.values != stored.plain.values)

    let size = model.architecture.imageSize
    for index in [0, 1, 63, 64, 69] {
      let picture = try RGBImage(path: "\(dataset.root)/\(paths[index])")
      let plain = Preprocessing.lmpt.input(
        picture.resized(to: size, as: .lmpt))
      // Mirrored by hand: every row of every channel backwards.
      let backwards = stride(from: 0, to: plain.count, by: size)
        .flatMap { plain[$0..<$0 + size].reversed() }
      for (pixels, found) in [(plain, stored.plain), (backwards, flipped)] {
        let alone = model.encode(pixels: Tensor(pixels, shape: [1, 3, size, size]))
        // Products of other heights: the same sums, at most rounded in another order.
        expectClose(
          found.slice(index..<index + 1).values, alone.values, atol: 1e-6, rtol: 1e-5,
          "picture \(index)")
      }
    }
  }

  @Test("a bad picture behind the first block is left out under its own number")
  func badPicture() throws {
    let model = try CLIPModel.load(path: Fixtures.path("clip/small/openai.safetensors"))
    let folder = try TemporaryFolder()
    for index in 0..<66 {
      // One pixel each, of its own colour; 65 is cut short.
      let pixel = index == 65 ? "1 2" : "\(index) \(2 * index) 7"
      _ = try folder.write("\(index).ppm", "P3 1 1 255 \(pixel)\n")
    }
    let cache = FeatureCache(
      root: "\(folder.path)/cache", encoder: model.visual, activation: model.activation,
      fingerprint: "f", preprocessing: .lmpt,
      dataRoot: folder.path, paths: (0..<66).map { "\($0).ppm" }, mirrored: false)
    #expect(throws: FileError.self) { try cache.fill() }
    try cache.fill(onBadImage: .skip)
    #expect(try cache.load().bad == [65])
  }

  @Test("a data set's rows behind its pictures are those of the mirrored ones")
  func dataset() throws {
    let few = try FewPictures()
    let features = try few.features()
    let source = FeatureSource(model: few.model, fingerprint: "mini", cacheRoot: few.folder.path)
    let stored = try source.trainCache(few.dataset).load()
    let flipped = try #require(stored.mirrored)
    #expect(flipped.values != stored.plain.values)
    #expect(features.trainImages.features.values == stored.plain.values + flipped.values)
    #expect(
      try features.testImages.features.values == source.testCache(few.dataset).load().plain.values)
  }
}
