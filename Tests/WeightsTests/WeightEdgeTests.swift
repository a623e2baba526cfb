// WeightEdgeTests - alignment, truth values and hidden shards.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Support
import Testing

@testable import Weights

@Suite struct WeightEdgeTests {
  @Test("floats at a place that is no multiple of four are copied")
  func alignment() throws {
    for before in 1...4 {
      let bytes = SafetensorsTests.file(
        #"{"a":{"dtype":"U8","shape":[\#(before)],"data_offsets":[0,\#(before)]},"#
          + #""b":{"dtype":"F32","shape":[1],"data_offsets":[\#(before),\#(before + 4)]}}"#,
        data: before + 4)
      let tensor = try #require(try Safetensors.parse(bytes)["b"])
      let place = bytes.count - 4
      #expect((tensor.contiguousFloats == nil) == (place % 4 != 0), "at byte \(place)")
    }
  }

  @Test("every number but 0 is written as the truth value 1")
  func truth() throws {
    let array = NamedArray("t", integers: [0, 1, 2, -1, 256], as: .bool)
    #expect(Array(NPY.bytes(of: array).suffix(5)) == [0, 1, 1, 1, 1])
  }

  @Test("32-bit integers are exact as doubles beyond what single precision holds")
  func wholeNumbers() throws {
    let values = [1 << 24 + 1, -(1 << 30) - 1, Int(Int32.max)]
    let file = try Safetensors.parse(
      Safetensors.bytes(of: [NamedArray("t", integers: values, as: .i32)]))
    #expect(file["t"]?.doubles() == values.map(Double.init))
  }

  @Test("an index that names a hidden file is refused")
  func hiddenShard() throws {
    #expect(
      try ShardIndexTests.outcome(#"{"weight_map":{"a":".one.safetensors"}}"#)
        == "index.shard-name")
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
}
