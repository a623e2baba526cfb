// WeightFileTests - every file that torch, safetensors and numpy wrote, every one to refuse, and damage.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTShapes
import LMPTSupport
import Testing

@testable import LMPTWeights

/// `Fixtures/weights/expected.json`: what the original libraries read from each file.
struct ExpectedFiles {
  static let document: JSON = {
    let bytes = (try? Fixtures.bytes("weights/expected.json")) ?? []
    return (try? JSON.parse(bytes)) ?? .null
  }()

  static var names: [String] { document["files"]?.object?.members.map(\.key) ?? [] }
  static var refused: [String] { document["refused"]?.object?.members.map(\.key) ?? [] }
}

/// The sha256 of values as little-endian float32, all not-a-numbers alike.
func digest(_ floats: [Float]) -> String {
  floats.map { $0.isNaN ? UInt32(0x7FC0_0000) : $0.bitPattern.littleEndian }
    .withUnsafeBytes { SHA256.hexDigest($0) }
}

@Suite("WeightFile")
struct WeightFileTests {
  @Test("the fixtures are all there")
  func complete() {
    #expect(ExpectedFiles.names.count >= 48)
    #expect(ExpectedFiles.refused.count >= 10)
  }

  @Test(
    "names, formats, shapes and every value are the original library's",
    arguments: ExpectedFiles.names, [false, true])
  func values(name: String, deferring: Bool) throws {
    let expected = try #require(ExpectedFiles.document["files"]?[name])
    let file = try WeightFile.read(Fixtures.path("weights/\(name)"), deferring: deferring)
    #expect(file.format.rawValue == expected["format"]?.string)
    let metadata = expected["metadata"]?.object?.members ?? []
    #expect(file.metadata == Dictionary(metadata.map { ($0.key, $0.value.string ?? "") }) { $1 })
    let tensors = expected["tensors"]?.array ?? []
    #expect(
      Set(file.tensors.map(\.name)) == Set(tensors.compactMap { $0["name"]?.string }), "\(name)")
    #expect(file.tensors.count == tensors.count)
    for tensor in tensors {
      let label = try #require(tensor["name"]?.string)
      let found = try #require(file[label], "\(name) lacks \(label)")
      #expect(found.dtype.rawValue == tensor["dtype"]?.string, "\(name) \(label)")
      #expect(found.shape == tensor["shape"]?.array?.compactMap(\.int), "\(name) \(label)")
      let floats = try found.loaded().floats()
      #expect(digest(floats) == tensor["sha256"]?.string, "\(name) \(label) \(floats.prefix(20))")
      for (value, first) in zip(floats, tensor["first"]?.array ?? []) {
        if let first = first.double { #expect(Double(value) == first) }
      }
    }
  }

  @Test("a compressed array is opened when it is loaded, and damage shows then")
  func deferred() throws {
    var damaged = RawEntry("b.npy", [])
    let array = NPY.bytes(
      of: NamedArray("", bytes: [UInt8](repeating: 0, count: 50_000), shape: [50_000], as: .u8))
    let header = Array(array.prefix(128))
    damaged.data = [0] + RawZip.little(128, 2) + RawZip.little(~128, 2) + header
    damaged.data += deflatedRun(of: 0, count: 50_000)
    damaged.method = 8
    damaged.size = array.count
    damaged.checksum = array.withUnsafeBytes { crc32($0) } ^ 1
    var whole = damaged
    whole.name = Array("a.npy".utf8)
    whole.checksum ^= 1
    let bytes = RawZip([whole, damaged]).bytes
    #expect(errorCode { _ = try WeightFile.parse(bytes) } == "zip.checksum")
    let file = try WeightFile.parse(bytes, deferring: true)
    #expect(
      file.tensors.map(\.name) == ["a", "b"] && file.tensors.map(\.shape) == [[50_000], [50_000]])
    #expect(try file["a"]?.loaded().integers() == [Int](repeating: 0, count: 50_000))
    #expect(errorCode { _ = try file["b"]?.loaded() } == "zip.checksum")
    // A header that lies about its array is seen without opening it.
    whole.size -= 1
    #expect(
      errorCode { _ = try WeightFile.parse(RawZip([whole]).bytes, deferring: true) }
        == "npy.data-size")
    // Together they may not exceed the archive many times and one stream's limit.
    whole.size += 1
    var limits = Limits.default
    limits.inflatedBytes = array.count
    let two = { (factor: Int) in
      var other = whole
      other.name = Array("c.npy".utf8)
      other.comment = [UInt8](repeating: 0x20, count: factor)
      return RawZip([whole, other]).bytes
    }
    #expect(
      errorCode { _ = try WeightFile.parse(two(0), limits: limits) } == "zip.too-large")
    #expect(errorCode { _ = try WeightFile.parse(two(5000), limits: limits) } == nil)
  }

  @Test("files of other kinds are refused by name", arguments: ExpectedFiles.refused)
  func refusals(name: String) throws {
    let expected = try #require(ExpectedFiles.document["refused"]?[name])
    let path = Fixtures.path("weights/\(name)")
    do {
      _ = try WeightFile.read(path)
      Issue.record("\(name) was accepted")
    } catch let error as FileError {
      #expect(error.code == expected["code"]?.string, "\(name): \(error)")
      #expect(error.message.contains(expected["contains"]?.string ?? "?"), "\(error)")
      #expect(error.file == path)
      #expect(!error.description.contains("\n"))
    }
  }

  @Test("a file that is missing, empty, a folder or noise is refused")
  func others() throws {
    let folder = FileManager.default.temporaryDirectory.path
    #expect(errorCode { _ = try WeightFile.read("/nowhere/x.pt") } == "file.missing")
    #expect(errorCode { _ = try WeightFile.read(folder) } == "file.is-folder")
    let path = "\(folder)/lmpt-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    for (bytes, expected) in [
      ([], "weights.empty"), ([1], "weights.unknown-format"),
      (Array("GGUF....".utf8), "weights.unsupported-format"),
      (Array("hello world".utf8), "weights.unknown-format"),
      (Array("{}".utf8), "index.no-weight-map"),
      ([0x1F, 0x8B, 8, 0], "weights.unsupported-format"),
    ] as [([UInt8], String)] {
      try AtomicFile.write(bytes, to: path)
      #expect(errorCode { _ = try WeightFile.read(path) } == expected)
    }
  }

  @Test("NaN and infinity are found in every floating-point format, and nothing in others")
  func notFinite() throws {
    for format: DType in [.f64, .f32, .f16, .bf16] {
      for bad: Double in [.nan, .infinity, -.infinity] {
        let arrays = [
          NamedArray("good", doubles: [1, 2], as: format),
          NamedArray("worse", doubles: [1, bad], as: format),
        ]
        let file = try Safetensors.parse(Safetensors.bytes(of: arrays))
        #expect(file.firstNotFinite == "worse", "\(format) \(bad)")
      }
    }
    let whole = try Safetensors.parse(
      Safetensors.bytes(of: [NamedArray("t", integers: [.max, .min])]))
    #expect(whole.firstNotFinite == nil)
  }

  /// Reads bytes as a file; true if they were accepted.
  private static func survives(_ bytes: [UInt8]) throws -> Bool {
    do {
      let file = try WeightFile.parse(bytes)
      for tensor in file.tensors { _ = tensor.floats() }
      return true
    } catch is any DiagnosticError {
      return false
    }
  }

  private static func sample(_ count: Int, _ size: Int) -> [Int] {
    size <= count ? Array(0..<size) : (0..<count).map { $0 * size / count }
  }

  @Test("a file cut anywhere is refused", arguments: ExpectedFiles.names)
  func truncation(name: String) throws {
    let bytes = try Fixtures.bytes("weights/\(name)")
    for length in Self.sample(256, bytes.count) {
      let accepted = try Self.survives(Array(bytes.prefix(length)))
      #expect(!accepted, "\(name) cut to \(length) bytes was accepted")
    }
  }

  @Test("flipped bits never trap", arguments: ExpectedFiles.names)
  func flips(name: String) throws {
    let bytes = try Fixtures.bytes("weights/\(name)")
    for (step, position) in Self.sample(512, bytes.count).enumerated() {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8(step % 8)
      _ = try Self.survives(damaged)
    }
  }

  @Test("overwritten words never trap", arguments: ExpectedFiles.names)
  func words(name: String) throws {
    let bytes = try Fixtures.bytes("weights/\(name)")
    for position in Self.sample(96, bytes.count / 4) {
      for word: [UInt8] in [[0, 0, 0, 0], [255, 255, 255, 255], [255, 255, 255, 127]] {
        var damaged = bytes
        damaged.replaceSubrange(4 * position..<4 * position + 4, with: word)
        _ = try Self.survives(damaged)
      }
    }
  }

  @Test("no hostile file is lost: at least 410 to be refused, and 105 pictures")
  func hostileCount() throws {
    #expect(HostileFile.all.count { $0.code != nil } >= 410)
    #expect(try Fixtures.files(in: "images/invalid").count >= 105)
    // Every file on the disk is in a manifest, and the other way round.
    for kind in Set(HostileFile.all.map(\.kind)) {
      let listed = HostileFile.all.filter { $0.kind == kind }.map(\.name)
      let found = try Fixtures.files(in: "hostile/\(kind)").filter { $0 != "manifest.json" }
      #expect(Set(listed) == Set(found), "\(kind)")
    }
  }

  @Test(
    "each hostile file that is read as weights ends with its code in a moment",
    arguments: HostileFile.weights)
  func hostileFiles(file: HostileFile) {
    file.expectCode { path in
      for tensor in try WeightFile.read(path).tensors { _ = tensor.floats() }
    }
  }
}
