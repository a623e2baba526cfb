// FeatureCacheTests - cached features of pictures and of their mirror images against the long way.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import Foundation
import LMPTImaging
import LMPTSupport
import LMPTTensors
import LMPTWeights
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

  @Test("a file that the system does not give is no bad picture that could be left out")
  func systemError() throws {
    let model = try CLIPModel.load(path: Fixtures.path("clip/small/openai.safetensors"))
    let folder = try TemporaryFolder()
    _ = try folder.write("0.ppm", "P3 1 1 255 1 2 3\n")
    // A link to itself: too many levels of links.
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/1.ppm", withDestinationPath: "1.ppm")
    let cache = FeatureCache(
      root: "\(folder.path)/cache", encoder: model.visual, activation: model.activation,
      fingerprint: "f", preprocessing: .lmpt,
      dataRoot: folder.path, paths: ["0.ppm", "1.ppm"], mirrored: false)
    #expect(errorCode { try cache.fill(onBadImage: .skip) } == "file.system")
    #expect(cache.missing == 2)
  }

  @Test("pictures of a folder that is gone are not left out for good")
  func gone() throws {
    let model = try CLIPModel.load(path: Fixtures.path("clip/small/openai.safetensors"))
    let folder = try TemporaryFolder()
    let cache = FeatureCache(
      root: "\(folder.path)/cache", encoder: model.visual, activation: model.activation,
      fingerprint: "f", preprocessing: .lmpt, dataRoot: "\(folder.path)/share",
      paths: ["0.ppm", "1.ppm"], mirrored: false)
    #expect(errorCode { try cache.fill(onBadImage: .skip) } == "image.gone")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/share", withIntermediateDirectories: false)
    #expect(errorCode { try cache.fill(onBadImage: .skip) } == "image.gone")
    // With something there, they are bad pictures.
    _ = try folder.write("share/2.ppm", "P3 1 1 255 1 2 3\n")
    try cache.fill(onBadImage: .skip)
    #expect(try cache.load().bad == [0, 1])
  }

  @Test("a feature that is not finite is told with its picture")
  func notFinite() throws {
    // A first layer that sums the red of a patch, 3e35 times. Normalised, a red of 123 is 0.003 and
    // one of 255 is 1.9, whose sum over a patch or over 64 such sums is beyond every finite number.
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let folder = try TemporaryFolder()
    let weights = "\(folder.path)/wild.safetensors"
    try Safetensors.write(
      file.tensors.map { tensor in
        guard tensor.name == "visual.conv1.weight" else { return NamedArray(tensor) }
        let plane = tensor.shape[2] * tensor.shape[3]
        let values = (0..<tensor.count).map { Float($0 / plane % 3 == 0 ? 3e35 : 0) }
        return NamedArray(tensor.name, floats: values, shape: tensor.shape)
      }, to: weights)
    let tower = try ImageEncoder.load(path: weights, activation: .quickGELU)
    _ = try folder.write("0.ppm", "P3 1 1 255 123 0 0\n")
    _ = try folder.write("1.ppm", "P3 1 1 255 255 0 0\n")
    let cache = FeatureCache(
      root: "\(folder.path)/cache", encoder: tower.encoder, activation: tower.activation,
      fingerprint: "f", preprocessing: .lmpt, dataRoot: folder.path, paths: ["0.ppm", "1.ppm"],
      mirrored: true)
    do {
      try cache.fill()
      Issue.record("filled")
    } catch let error as FileError {
      #expect(error.code == "run.not-finite" && error.file.hasSuffix("/1.ppm"), "\(error.file)")
    }
  }

  @Test("another data set's features under the same names are not taken")
  func otherData() throws {
    let model = try CLIPModel.load(path: Fixtures.path("clip/small/openai.safetensors"))
    let folder = try TemporaryFolder()
    func cache(_ data: String) throws -> FeatureCache {
      let own = "\(folder.path)/\(data)"
      try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
      _ = try folder.write("\(data)/0.ppm", "P3 1 1 255 1 2 3\n# \(data)\n")
      return FeatureCache(
        root: "\(folder.path)/cache", encoder: model.visual, activation: model.activation,
        fingerprint: "f", preprocessing: .lmpt, dataRoot: own, paths: ["0.ppm"], mirrored: false)
    }
    let (first, second) = (try cache("one"), try cache("another"))
    try first.fill()
    #expect(first.missing == 0 && second.missing == 1)
    #expect(errorCode { _ = try second.load() } == "cache.foreign")
    _ = try first.load()
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
