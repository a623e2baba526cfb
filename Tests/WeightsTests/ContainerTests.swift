// ContainerTests - a file is told from its bytes, whatever the length of its header spells.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTWeights

@Suite("what a file is")
struct ContainerTests {
  @Test(
    "a safetensors header of any length is one",
    // 128 = 80 00, 640 = 80 02, 1408 = 80 05: how a pickle begins; 35,615 = 1F 8B: gzip.
    arguments: [64, 128, 384, 640, 896, 1152, 1408, 35_615])
  func headerLengths(length: Int) throws {
    let json = #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let header = json + String(repeating: " ", count: length - json.utf8.count)
    let bytes =
      (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + [0, 0, 128, 63]
    let file = try WeightFile.parse(bytes)
    #expect(file["x"]?.floats() == [1])
  }

  @Test("a pickle, a gzip stream and a tar archive are refused by name")
  func refused() {
    for (bytes, name) in [
      ([0x80, 2, 0x7D, 0x71, 0, 0x2E, 0, 0, 0, 0] as [UInt8], "pickle"),
      ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], "gzip"),
    ] {
      let error = #expect(throws: WeightFileError.self) { try WeightFile.parse(bytes) }
      #expect(error?.message.contains(name) == true)
    }
  }
}
