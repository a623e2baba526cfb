// FeatureCacheTests+Blocks - blocks in the wrong place are refused, and replaced pictures encoded again.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import Foundation
import LMPTImaging
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@testable import LMPTTuning

extension FeatureCacheTests {
  @Suite("what a cache block is for") struct Blocks {
    /// Copies of the first pictures of the mini benchmark, whose files a test may replace.
    private struct Pictures {
      let folder = NSTemporaryDirectory() + "lmpt-cache-\(UUID().uuidString)"
      let names: [String]
      let model: CLIPModel

      init(_ count: Int) throws {
        names = (0..<count).map { "picture-\($0).jpg" }
        model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for index in 0..<count { try put(index + 1, at: index) }
      }

      /// Puts picture `number` of the mini benchmark's test list at a place, at a time of its own.
      func put(_ number: Int, at index: Int, time: Double = 1_700_000_000) throws {
        let digits = "\(number)"
        let file = String(repeating: "0", count: 6 - digits.count) + digits + ".jpg"
        let target = "\(folder)/\(names[index])"
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.copyItem(
          atPath: Fixtures.path("mini/images/test/\(file)"), toPath: target)
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: time)], ofItemAtPath: target)
      }

      func cache(_ preprocessing: Preprocessing = .lmpt) -> FeatureCache {
        FeatureCache(
          root: "\(folder)/cache", encoder: model.visual, activation: model.activation,
          fingerprint: model.fingerprint, preprocessing: preprocessing, dataRoot: folder,
          paths: names, mirrored: false)
      }

      /// The feature of a picture of the mini benchmark, without a cache.
      func feature(of index: Int) throws -> [Float] {
        let size = model.architecture.imageSize
        let picture = try RGBImage(path: "\(folder)/\(names[index])")
        let input = Preprocessing.lmpt.input(picture.resized(to: size, as: .lmpt))
        return model.encode(pixels: Tensor(input, shape: [1, 3, size, size])).values
      }

      func remove() { try? FileManager.default.removeItem(atPath: folder) }
    }

    @Test("two intact blocks of one size, exchanged, are both refused")
    func exchanged() throws {
      let pictures = try Pictures(128)
      defer { pictures.remove() }
      let cache = pictures.cache()
      try cache.fill()
      let (first, second) = (
        "\(cache.folder)/block-0.safetensors", "\(cache.folder)/block-1.safetensors"
      )
      try FileManager.default.moveItem(atPath: first, toPath: first + ".old")
      try FileManager.default.moveItem(atPath: second, toPath: first)
      try FileManager.default.moveItem(atPath: first + ".old", toPath: second)
      #expect(code { _ = try cache.load() } == "cache.foreign")
    }

    @Test("a block of another preprocessing, laid in the place of this one's, is refused")
    func otherCache() throws {
      let pictures = try Pictures(3)
      defer { pictures.remove() }
      let (ours, theirs) = (pictures.cache(), pictures.cache(.clip))
      try ours.fill()
      try theirs.fill()
      let target = "\(ours.folder)/block-0.safetensors"
      try FileManager.default.removeItem(atPath: target)
      try FileManager.default.copyItem(
        atPath: "\(theirs.folder)/block-0.safetensors", toPath: target)
      #expect(code { _ = try ours.load() } == "cache.foreign")
    }

    @Test("a block that names another kernel is refused, though its checksum is right")
    func otherKernel() throws {
      let pictures = try Pictures(2)
      defer { pictures.remove() }
      let cache = pictures.cache()
      try cache.fill()
      let path = "\(cache.folder)/block-0.safetensors"
      let file = try SealedFile.read(path)
      var metadata = file.metadata
      metadata["sha256"] = nil
      metadata["kernel"] = "abacus"
      try SealedFile.write(file.tensors.map { NamedArray($0) }, metadata: metadata, to: path)
      #expect(code { _ = try cache.load() } == "cache.foreign")
    }

    @Test("a block with one flipped bit is refused, wherever the bit is")
    func flippedBit() throws {
      let pictures = try Pictures(2)
      defer { pictures.remove() }
      let cache = pictures.cache()
      try cache.fill()
      let path = "\(cache.folder)/block-0.safetensors"
      let good = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(code { _ = try cache.load() } == nil)
      // Length, header and features; in the last ones only the checksum can tell.
      for place in stride(from: 0, to: good.count, by: 97) + [good.count - 1] {
        var bytes = good
        bytes[place] ^= 1 << UInt8(place % 8)
        try bytes.write(to: URL(fileURLWithPath: path))
        let found = code { _ = try cache.load() }
        #expect(found != nil, "byte \(place) of \(good.count)")
        if place == good.count - 1 { #expect(found == "run.damaged") }
      }
    }

    @Test("a picture replaced by another is encoded again, and told")
    func replaced() throws {
      let pictures = try Pictures(4)
      defer { pictures.remove() }
      #expect(try pictures.cache().fill() == 0)
      let before = try pictures.cache().load().plain
      try pictures.put(9, at: 2, time: 1_700_000_001)
      #expect(pictures.cache().missing == 4)  // its block
      #expect(try pictures.cache().fill() == 1)
      let after = try pictures.cache().load().plain
      #expect(after.slice(0..<2).values == before.slice(0..<2).values)
      #expect(after.slice(3..<4).values == before.slice(3..<4).values)
      // A product of another height adds the same numbers, at most rounded in another order.
      expectClose(
        after.slice(2..<3).values, try pictures.feature(of: 2), atol: 1e-6, rtol: 1e-5, "replaced")
      #expect(pictures.cache().missing == 0)
    }

    @Test("a copied data set, of other times and the same bytes, needs no work")
    func touched() throws {
      let pictures = try Pictures(3)
      defer { pictures.remove() }
      try pictures.cache().fill()
      for index in 0..<3 { try pictures.put(index + 1, at: index, time: 1_700_000_500) }
      #expect(pictures.cache().missing == 0)
      #expect(try pictures.cache().fill() == 0)
    }

    private func code(_ body: () throws -> Void) -> String? {
      do {
        try body()
        return nil
      } catch {
        return (error as? any DiagnosticError)?.code
      }
    }
  }
}
