// SafetensorsTests - safetensors by hand, against the format's own writer, and hostile.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@testable import LMPTWeights

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

  @Test(
    "rewriting a file of the format's own writer gives its bytes",
    arguments: ["every-dtype", "none", "model-00001-of-00002", "model-00002-of-00002"])
  func sameBytes(name: String) throws {
    let original = try Fixtures.bytes("weights/safetensors/\(name).safetensors")
    let file = try Safetensors.parse(original)
    let written = try Safetensors.bytes(
      of: file.tensors.map { NamedArray($0) }, metadata: file.metadata)
    #expect(written == original)
  }

  /// `"NAME":{"dtype":...}` with these numbers.
  static func entry(
    _ name: String = "x", dtype: String = "F32", shape: String = "[1]", offsets: String = "[0,4]"
  ) -> String {
    #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  static func outcome(_ header: String, data: Int = 4) -> String? {
    errorCode { _ = try Safetensors.parse(file(header, data: data)) }
  }

  @Test("legal oddities are accepted")
  func legal() {
    typealias T = SafetensorsTests
    #expect(T.outcome("{\(T.entry())}") == nil)
    #expect(T.outcome("{\(T.entry())}    ") == nil)
    #expect(T.outcome("{}", data: 0) == nil)
    #expect(T.outcome("{\(T.entry(shape: "[]"))}") == nil)
    #expect(T.outcome("{\(T.entry(shape: "[3,0]", offsets: "[0,0]"))}", data: 0) == nil)
    let unaligned =
      T.entry("a", dtype: "U8", offsets: "[0,1]") + "," + T.entry("b", offsets: "[1,5]")
    #expect(T.outcome("{\(unaligned)}", data: 5) == nil)
    #expect(
      T.outcome(#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":1}}"#, data: 1) == nil)
    let huge = T.entry(shape: "[0,4611686018427387904,4611686018427387904]", offsets: "[0,0]")
    #expect(T.outcome("{\(huge)}", data: 0) == nil)
  }

  @Test("wrong headers are refused with their code")
  func headers() {
    typealias T = SafetensorsTests
    let cases: [(String, String, Int)] = [
      ("safetensors.header-start", " {}", 0), ("safetensors.header-start", "[]", 0),
      ("safetensors.header-start", "\u{FEFF}{}", 0),
      ("safetensors.header-json", "{", 0), ("safetensors.header-json", "{}\0", 0),
      ("safetensors.header-json", "{}{}", 0),
      ("safetensors.header-json", "{\(T.entry()),\(T.entry())}", 8),
      ("safetensors.header-json", #"{"x":{"dtype":"F32","dtype":"F16"}}"#, 0),
      ("safetensors.header-json", #"{"\ud800":{}}"#, 0),
      ("safetensors.header-json", "{\"a\":" + String(repeating: "[", count: 10_000), 0),
      ("safetensors.entry", #"{"x":{"shape":[1],"data_offsets":[0,4]}}"#, 4),
      ("safetensors.entry", #"{"x":{"dtype":"F32","data_offsets":[0,4]}}"#, 4),
      ("safetensors.entry", #"{"x":{"dtype":"F32","shape":[1]}}"#, 4),
      ("safetensors.entry", #"{"x":3}"#, 4),
      ("safetensors.entry", "{\(T.entry(shape: "[-1]"))}", 4),
      ("safetensors.entry", "{\(T.entry(shape: "[1.0]"))}", 4),
      ("safetensors.entry", "{\(T.entry(shape: "[1e0]"))}", 4),
      ("safetensors.entry", "{\(T.entry(shape: "[9223372036854775808]"))}", 4),
      ("safetensors.entry", "{\(T.entry(shape: "1"))}", 4),
      ("safetensors.entry", "{\(T.entry(offsets: "[0,4,4]"))}", 4),
      ("safetensors.entry", "{\(T.entry(offsets: "[-4,0]"))}", 4),
      ("safetensors.dtype", "{\(T.entry(dtype: "F4"))}", 4),
      ("safetensors.dtype", "{\(T.entry(dtype: "F8_E4M3"))}", 4),
      ("safetensors.dtype", "{\(T.entry(dtype: "f32"))}", 4),
      ("safetensors.offsets", "{\(T.entry(offsets: "[4,0]"))}", 4),
      ("safetensors.offsets", "{\(T.entry(offsets: "[0,5]"))}", 4),
      (
        "safetensors.offsets", "{\(T.entry(offsets: "[9223372036854775803,9223372036854775807]"))}",
        4
      ),
      ("safetensors.size", "{\(T.entry(shape: "[2]"))}", 4),
      ("safetensors.size", "{\(T.entry(dtype: "F64"))}", 4),
      ("safetensors.size", "{\(T.entry(offsets: "[0,8]"))}", 8),
      ("tensor.overflow", "{\(T.entry(shape: "[4611686018427387904,4]"))}", 4),
      ("tensor.rank", "{\(T.entry(shape: "[1,1,1,1,1,1,1,1,1]"))}", 4),
      ("safetensors.layout", "{\(T.entry())}", 5),
      ("safetensors.layout", "{\(T.entry(offsets: "[1,5]"))}", 5),
      ("safetensors.layout", "{\(T.entry("a")),\(T.entry("b", offsets: "[5,9]"))}", 9),
      ("safetensors.layout", "{\(T.entry("a")),\(T.entry("b"))}", 4),
      ("safetensors.layout", "{\(T.entry("a")),\(T.entry("b", offsets: "[2,6]"))}", 6),
      ("safetensors.layout", "{}", 1),
      ("safetensors.metadata", #"{"__metadata__":{"a":1}}"#, 0),
      ("safetensors.metadata", #"{"__metadata__":"a"}"#, 0),
    ]
    for (expected, header, data) in cases {
      #expect(T.outcome(header, data: data) == expected, "\(header.prefix(100))")
    }
  }

  @Test("wrong header lengths are refused before anything is allocated")
  func lengths() {
    for bytes in [[], [1], [UInt8](repeating: 0, count: 7)] {
      #expect(errorCode { _ = try Safetensors.parse(bytes) } == "safetensors.too-short")
    }
    for length: UInt64 in [0, 3, 100_000_001, 1 << 63, .max] {
      let bytes =
        (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + [123, 125]
      #expect(
        errorCode { _ = try Safetensors.parse(bytes) } == "safetensors.header-length", "\(length)")
    }
    #expect(
      errorCode { _ = try Safetensors.parse([1, 0, 0, 0, 0, 0, 0, 0, 123]) }
        == "safetensors.header-json"
    )
    let invalid: [UInt8] = [5, 0, 0, 0, 0, 0, 0, 0] + [0x7B, 0x22, 0xFF, 0x22, 0x7D]
    #expect(errorCode { _ = try Safetensors.parse(invalid) } == "safetensors.header-json")
    var limits = Limits()
    limits.tensors = 1
    let two = SafetensorsTests.file(
      "{\(SafetensorsTests.entry("a")),\(SafetensorsTests.entry("b", offsets: "[4,8]"))}", data: 8)
    #expect(
      errorCode { _ = try Safetensors.parse(two, limits: limits) } == "safetensors.too-many-tensors"
    )
  }

  @Test("metadata of more entries than the limit, and words that are too long, are refused")
  func metadataLimit() {
    typealias T = SafetensorsTests
    func metadata(_ count: Int) -> String {
      let pairs = (0..<count).map { "\"\($0)\":\"\"" }.joined(separator: ",")
      return "{\"__metadata__\":{\(pairs)}}"
    }
    #expect(T.outcome(metadata(100_000), data: 0) == nil)
    #expect(T.outcome(metadata(100_001), data: 0) == "safetensors.too-much-metadata")
    let marks = "k" + String(repeating: "\u{301}\u{323}", count: 300_000)
    #expect(T.outcome("{\(T.entry(marks))}") == "safetensors.header-json")
    #expect(T.outcome("{\(T.entry(dtype: marks))}") == "safetensors.dtype")
  }

  @Test("arrays of one name, or of the metadata's, are not written")
  func duplicateNames() {
    for names in [["a", "a"], ["__metadata__"]] {
      let arrays = names.map { NamedArray($0, floats: [1]) }
      #expect(errorCode { _ = try Safetensors.bytes(of: arrays) } == "safetensors.duplicate-name")
    }
  }

  @Test("the hostile files of the fixtures are refused with their codes")
  func fixtures() throws {
    try expectHostileCodes("safetensors")
  }

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

  @Test(
    "each of the many hostile files ends with its code in a moment",
    arguments: HostileFile.of("tensors"))
  func hostileTensors(file: HostileFile) {
    file.expectCode { _ = try Safetensors.read($0) }
  }
}
