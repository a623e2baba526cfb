// SafetensorsTests - safetensors by hand, against the format's own writer, and hostile.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Support
import Testing

@testable import Weights

@Suite("Safetensors")
struct SafetensorsTests {
  /// A file with this header and this many data bytes.
  static func file(_ header: String, data: Int = 0) -> [UInt8] {
    let count = header.utf8.count
    return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(header.utf8)
      + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
  }

  @Test("a file written by hand")
  func byHand() throws {
    let bytes =
      SafetensorsTests.file(
        #"{"__metadata__":{"a":"b"},"x":{"dtype":"I16","shape":[2],"data_offsets":[0,4]}}  "#,
        data: 4)
    let file = try Safetensors.parse(bytes)
    #expect(file.metadata == ["a": "b"])
    #expect(file.tensors.map(\.name) == ["x"])
    #expect(file["x"]?.dtype == .i16)
    #expect(file["x"]?.shape == [2])
    #expect(try file["x"]?.integers() == [0x0100, 0x0302])
  }

  @Test("what is written is read back")
  func roundTrip() throws {
    let arrays = [
      NamedArray("a", floats: [1, -2.5, .infinity], shape: [3, 1]),
      NamedArray("b", doubles: [0.1], shape: []),
      NamedArray("c", integers: [-1, 1 << 40], shape: [2]),
      NamedArray("d", bytes: [1, 2, 3], shape: [3], as: .u8),
      NamedArray("e", floats: [], shape: [0, 4]),
      NamedArray("f", floats: [0.5, 65_504], as: .f16),
    ]
    let file = try Safetensors.parse(
      Safetensors.bytes(of: arrays, metadata: ["k": "v", "j": "\u{1F600}"]))
    #expect(file.metadata == ["k": "v", "j": "\u{1F600}"])
    #expect(file["a"]?.floats() == [1, -2.5, .infinity])
    #expect(file["a"]?.shape == [3, 1])
    #expect(file["b"]?.doubles() == [0.1])
    #expect(try file["c"]?.integers() == [-1, 1 << 40])
    #expect(try file["d"]?.integers() == [1, 2, 3])
    #expect(file["e"]?.floats() == [])
    #expect(file["f"]?.floats() == [0.5, 65_504])
    #expect(file["a"]?.contiguousFloats?.0[1] == -2.5)
  }
}
