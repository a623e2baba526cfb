// TorchFileTests - written .pt files: read back, and byte for byte those that torch has opened.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@testable import LMPTWeights

@Suite("TorchFile")
struct TorchFileTests {
  /// `Fixtures/generators/check_written.py` proves that torch opens exactly these bytes with
  /// `weights_only=True` and finds the values of the files they were made from.
  @Test(
    "the writer's bytes are those that torch has opened",
    arguments: [
      ("torch/state-dict.pt", "every-dtype.pt"), ("torch/views.pt", "views.pt"),
      ("torch/scripted.pt", "module.pt"), ("safetensors/none.safetensors", "none.pt"),
      ("safetensors/odd-names.safetensors", "odd-names.pt"),
    ])
  func written(source: String, target: String) throws {
    let folder = try TemporaryFolder()
    let file = try WeightFile.read(Fixtures.path("weights/\(source)"))
    let path = "\(folder.path)/\(target)"
    try TorchFile.write(file.tensors.map { NamedArray($0) }, to: path)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    if ProcessInfo.processInfo.environment["LMPT_RECORD"] != nil {
      try AtomicFile.write(bytes, to: Fixtures.path("weights/written/\(target)"))
    }
    #expect(try bytes == Fixtures.bytes("weights/written/\(target)"))
  }

  @Test("what is written is read back, in every format")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let source = try WeightFile.read(Fixtures.path("weights/torch/state-dict.pt"))
    for name in ["a.pt", "a.safetensors"] {
      let path = "\(folder.path)/\(name)"
      try WeightFile.write(source.tensors.map { NamedArray($0) }, to: path)
      let copy = try WeightFile.read(path)
      #expect(Set(copy.tensors.map(\.name)) == Set(source.tensors.map(\.name)))
      for tensor in source.tensors {
        #expect(copy[tensor.name]?.shape == tensor.shape)
        #expect(copy[tensor.name]?.dtype == tensor.dtype)
        #expect(copy[tensor.name].map { digest($0.floats()) } == digest(tensor.floats()))
      }
    }
    #expect(try folder.files == ["a.pt", "a.safetensors"])
  }

  @Test("float32 tensors of a written file lie aligned, so that they need no copy")
  func aligned() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x.pt"
    let arrays = (1...5).map {
      NamedArray("t\($0)", floats: [Float](repeating: Float($0), count: $0))
    }
    try TorchFile.write(arrays, to: path)
    let file = try WeightFile.read(path)
    for tensor in file.tensors {
      let (pointer, owner) = try #require(tensor.contiguousFloats)
      withExtendedLifetime(owner) {
        #expect(UInt(bitPattern: pointer) % 64 == 0)
        #expect(pointer[0] == Float(tensor.count))
      }
    }
  }

  @Test("two arrays of one name are refused and leave no file")
  func duplicates() throws {
    let folder = try TemporaryFolder()
    let twice = [NamedArray("a", floats: [1]), NamedArray("a", floats: [2])]
    #expect(
      errorCode { try TorchFile.write(twice, to: "\(folder.path)/x.pt") } == "torch.duplicate-name")
    for arrays in [twice, [NamedArray("../a", floats: [1])]] {
      #expect(
        errorCode { try WeightFile.write(arrays, to: "\(folder.path)/x.npz") }
          == "weights.array-name")
    }
    #expect(try folder.files.isEmpty)
  }
}
