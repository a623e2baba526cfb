// FeatureCacheTests+Keys - a cache's folder follows everything that features depend on, one by one.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import Foundation
import LMPTImaging
import LMPTSupport
import Testing

@testable import LMPTTuning

extension FeatureCacheTests {
  @Suite("keys of feature caches")
  struct Keys {
    /// What a key is made of, with two small pictures.
    private struct Key {
      let folder: TemporaryFolder
      var root = "/caches"
      var model: CLIPModel
      var fingerprint = "f"
      var preprocessing = Preprocessing.lmpt
      var data: String
      var paths = ["a.png", "b.png"]
      var mirrored = true
      var content = FeatureCache.Content.features
      var orient = false

      init() throws {
        folder = try TemporaryFolder()
        data = folder.path
        _ = try folder.write("a.png", "12345")
        _ = try folder.write("b.png", "123")
        _ = try folder.write("c.png", "123")
        model = try CLIPModel.load(
          path: Fixtures.path("clip/small/openai.safetensors"), activation: .quickGELU)
      }

      var cache: FeatureCache {
        FeatureCache(
          root: root, encoder: model.visual, activation: model.activation,
          fingerprint: fingerprint, preprocessing: preprocessing, dataRoot: data, paths: paths,
          mirrored: mirrored, content: content, orient: orient)
      }
    }

    @Test("each thing that features depend on gives another folder")
    func oneByOne() throws {
      let start = try Key()
      var folders = ["as it was": start.cache.folder]
      func change(_ name: String, _ body: (inout Key) throws -> Void) throws {
        var key = start
        try body(&key)
        let folder = key.cache.folder
        #expect(!folders.values.contains(folder), "\(name)")
        folders[name] = folder
      }
      try change("weights") { $0.fingerprint = "g" }
      try change("activation, under the same fingerprint") {
        $0.model = try CLIPModel.load(
          path: Fixtures.path("clip/small/openai.safetensors"), activation: .gelu)
      }
      let other = try CLIPModel.load(
        path: Fixtures.path("mini/clip.safetensors"), activation: .quickGELU)
      #expect(other.architecture.imageSize != start.model.architecture.imageSize)
      try change("size of the input, under the same fingerprint") { $0.model = other }
      try change("preprocessing") { $0.preprocessing = .clip }
      try change("orientation") { $0.orient = true }
      try change("mirroring") { $0.mirrored = false }
      try change("another picture of the same size") { $0.paths = ["a.png", "c.png"] }
      try change("order") { $0.paths = ["b.png", "a.png"] }
      try change("one picture fewer") { $0.paths = ["a.png"] }
      try change("one picture more") { $0.paths = ["a.png", "b.png", "c.png"] }
      try change("a picture that is not there") { $0.paths = ["a.png", "d.png"] }
      #expect(folders.values.allSatisfy { $0.hasPrefix("/caches/") })
    }

    @Test("what features do not depend on gives the same folder")
    func indifferent() throws {
      let start = try Key()
      var key = start
      key.data = "\(start.folder.path)/moved"
      try copy(start, to: key.data)
      #expect(key.cache.folder == start.cache.folder, "where the pictures lie")
      #expect(key.cache.paths == ["a.png", "b.png"].map { "\(key.data)/\($0)" })
      key.root = "/elsewhere"
      let name = start.cache.folder.dropFirst("/caches".count)
      #expect(key.cache.folder == "/elsewhere\(name)", "where the caches lie")
      // Places stand beside the features, in blocks of their own names.
      key = start
      key.content = .places(.added)
      #expect(key.cache.folder == start.cache.folder)

      // Neither labels nor captions have a part in it, nor what to do with bad pictures.
      func dataset(_ labels: [Int], _ captions: [String]?) -> LongTailDataset {
        let images = start.paths.map { ListedImage(path: $0, labels: labels) }
        return LongTailDataset(
          DatasetSpec(name: "x", train: "", test: "", captions: nil, labels: ""), root: start.data,
          classNames: ["cat", "dog"], train: images, test: images, captions: captions)
      }
      func source(_ policy: BadImagePolicy) -> FeatureSource {
        FeatureSource(
          model: start.model, fingerprint: "f", cacheRoot: "/caches", onBadImage: policy)
      }
      let first = source(.fail)
      let train = first.trainCache(dataset([0], nil))
      #expect(train.folder == start.cache.folder && train.mirrored)
      #expect(first.trainCache(dataset([1, 0], ["x", "y"])).folder == train.folder)
      #expect(source(.skip).trainCache(dataset([0], nil)).folder == train.folder)
      // The same list to test on has no mirrored pictures.
      let test = first.testCache(dataset([0], nil))
      #expect(test.folder != train.folder && !test.mirrored)
      #expect(first.testCache(dataset([1], ["x", "y"])).folder == test.folder)
    }

    @Test("features, places and places without positions are blocks of their own in one folder")
    func contents() throws {
      let few = try FewPictures()
      let paths = Array(few.dataset.train.prefix(3).map(\.path))
      func cache(_ content: FeatureCache.Content) -> FeatureCache {
        FeatureCache(
          root: few.folder.path, encoder: few.model.visual, activation: few.model.activation,
          fingerprint: "f", preprocessing: .lmpt, dataRoot: few.dataset.root, paths: paths,
          mirrored: false, content: content)
      }
      var names: Set<String> = []
      for content in [FeatureCache.Content.features, .places(.added), .places(.omitted)] {
        let cache = cache(content)
        #expect(cache.missing == 3)
        try cache.fill()
        #expect(cache.missing == 0)
        let found = try FileManager.default.contentsOfDirectory(atPath: cache.folder)
          .filter { $0.hasSuffix(".safetensors") }
        #expect(Set(found).subtracting(names).count == 1)
        names.formUnion(found)
      }
    }

    private func copy(_ key: Key, to folder: String) throws {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for path in key.paths {
        try FileManager.default.copyItem(
          atPath: "\(key.folder.path)/\(path)", toPath: "\(folder)/\(path)")
      }
    }
  }
}
