// WeightFileTests - every file that torch, safetensors and numpy wrote, and every one to refuse.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Support
import Testing

@testable import Weights

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
    arguments: ExpectedFiles.names)
  func values(name: String) throws {
    let expected = try #require(ExpectedFiles.document["files"]?[name])
    let file = try WeightFile.read(Fixtures.path("weights/\(name)"))
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
      let floats = found.floats()
      #expect(digest(floats) == tensor["sha256"]?.string, "\(name) \(label) \(floats.prefix(20))")
      for (value, first) in zip(floats, tensor["first"]?.array ?? []) {
        if let first = first.double { #expect(Double(value) == first) }
      }
    }
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
}
