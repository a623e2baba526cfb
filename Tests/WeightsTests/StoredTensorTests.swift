// StoredTensorTests - descriptions, conversions and zero-copy access.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@testable import LMPTWeights

@Suite("StoredTensor")
struct StoredTensorTests {
  static func tensor(
    _ dtype: DType, _ bytes: [UInt8], shape: [Int], strides: [Int]? = nil, offset: Int = 0,
    order: ByteOrder = .little
  ) throws -> StoredTensor {
    try StoredTensor(
      name: "t", dtype: dtype, shape: shape, strides: strides, offset: offset, order: order,
      storage: TensorStorage(bytes), limits: .default)
  }

  @Test("strides gather in row-major order, in both byte orders")
  func gather() throws {
    let bytes: [UInt8] = (0..<24).map { UInt8($0) }
    let column = try StoredTensorTests.tensor(.u8, bytes, shape: [2, 3, 2], strides: [1, 4, 12])
    #expect(try column.integers() == [0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21])
    let big = try StoredTensorTests.tensor(
      .i16, bytes, shape: [2, 2], strides: [1, 2], offset: 1, order: .big)
    #expect(try big.integers() == [0x0203, 0x0607, 0x0405, 0x0809])
  }

  @Test("integers come out exactly, and only whole numbers are integers")
  func integers() throws {
    let large = NamedArray("t", integers: [.max, .min, 1 << 53 + 1])
    let file = try Safetensors.parse(Safetensors.bytes(of: [large]))
    #expect(try file["t"]?.integers() == [.max, .min, 1 << 53 + 1])
    for values: [Double] in [[0.5], [.nan], [.infinity], [1e300]] {
      let file = try Safetensors.parse(
        Safetensors.bytes(of: [NamedArray("t", doubles: [1] + values)]))
      #expect(throws: TensorError.notAnInteger(name: "t", index: 1)) {
        try file["t"]?.integers()
      }
    }
    let whole = try Safetensors.parse(Safetensors.bytes(of: [NamedArray("t", floats: [3, -4])]))
    #expect(try whole["t"]?.integers() == [3, -4])
  }

  @Test("zero-copy access is given for aligned contiguous float32 only")
  func zeroCopy() throws {
    let bytes = [UInt8](repeating: 0, count: 32)
    func has(
      _ dtype: DType, _ shape: [Int], _ strides: [Int]? = nil, offset: Int = 0,
      order: ByteOrder = .little
    ) throws -> Bool {
      try StoredTensorTests.tensor(
        dtype, bytes, shape: shape, strides: strides, offset: offset, order: order
      ).contiguousFloats != nil
    }
    #expect(try has(.f32, [2, 3]))
    #expect(try has(.f32, [2, 3], offset: 2))
    #expect(try has(.f32, [1, 3], [77, 1]))
    #expect(try has(.f32, []))
    #expect(try !has(.f32, [2, 3], [1, 2]))
    #expect(try !has(.f32, [2, 3], order: .big))
    #expect(try !has(.f32, [0]))
    #expect(try !has(.f16, [2, 3]))
    #expect(try !has(.i32, [2, 3]))
    let odd = SafetensorsTests.file(
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
        + #""b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}"#, data: 5)
    let unaligned = try #require(try Safetensors.parse(odd)["b"])
    #expect(unaligned.contiguousFloats == nil)
    #expect(unaligned.floats()[0].bitPattern == 0x0403_0201)
  }

  @Test("a tensor outlives the file that it came from")
  func lifetime() throws {
    let path = Fixtures.path("weights/torch/state-dict.pt")
    let tensor = try #require(try WeightFile.read(path)["matrix"])
    #expect(tensor.floats() == (0..<12).map(Float.init))
    #expect(tensor.renamed("n").name == "n")
  }

  @Test("32-bit integers are exact as doubles beyond what single precision holds")
  func wholeNumbers() throws {
    let values = [1 << 24 + 1, -(1 << 30) - 1, Int(Int32.max)]
    let file = try Safetensors.parse(
      Safetensors.bytes(of: [NamedArray("t", integers: values, as: .i32)]))
    #expect(file["t"]?.doubles() == values.map(Double.init))
  }
}
