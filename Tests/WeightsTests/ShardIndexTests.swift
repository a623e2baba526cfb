// ShardIndexTests - models in several files: what an index may and may not say.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@testable import LMPTWeights

@Suite("ShardIndex")
struct ShardIndexTests {
  static func outcome(_ index: String) throws -> String? {
    let folder = try TemporaryFolder()
    try Safetensors.write([NamedArray("a", floats: [1])], to: "\(folder.path)/one.safetensors")
    let path = "\(folder.path)/model.safetensors.index.json"
    try AtomicFile.write(index, to: path)
    return errorCode { _ = try WeightFile.read(path) }
  }

  @Test("an index is followed, or refused with its code")
  func indices() throws {
    func map(_ text: String) -> String { #"{"metadata":{"x":"y"},"weight_map":\#(text)}"# }
    let cases: [(String?, String)] = [
      (nil, map(#"{"a":"one.safetensors"}"#)),
      ("index.missing-tensor", map(#"{"b":"one.safetensors"}"#)),
      ("file.missing", map(#"{"a":"two.safetensors"}"#)),
      ("index.shard-name", map(#"{"a":"../one.safetensors"}"#)),
      ("index.shard-name", map(#"{"a":"/etc/one.safetensors"}"#)),
      ("index.shard-name", map(#"{"a":"x/one.safetensors"}"#)),
      ("index.shard-name", map(#"{"a":"x\\one.safetensors"}"#)),
      ("index.shard-name", map(#"{"a":"..safetensors"}"#)),
      ("index.shard-format", map(#"{"a":"one.bin"}"#)),
      ("index.shard-format", map(#"{"a":"pytorch_model-00001-of-00002.bin"}"#)),
      ("index.shard-format", map(#"{"a":"one.safetensors.gz"}"#)),
      ("index.shard-name", map(#"{"a":""}"#)),
      ("index.no-weight-map", map(#"{"a":1}"#)), ("index.no-weight-map", map("{}")),
      ("index.no-weight-map", map("[]")), ("index.no-weight-map", "{}"),
      ("json.end-of-data", "{"), ("json.duplicate-key", map(#"{"a":"x","a":"y"}"#)),
    ]
    for (expected, index) in cases {
      #expect(try ShardIndexTests.outcome(index) == expected, "\(index)")
    }
    let marks = "k" + String(repeating: "\u{301}\u{323}", count: 300_000)
    #expect(
      try ShardIndexTests.outcome(map("{\"\(marks)\":\"one.safetensors\"}"))
        == "json.key-too-long")
    #expect(
      try ShardIndexTests.outcome(map("{\"a\":\"\(marks).safetensors\"}")) == "index.shard-name")
    let metadata = (0...100_000).map { "\"\($0)\":\"\"" }.joined(separator: ",")
    let much = "{\"metadata\":{\(metadata)},\"weight_map\":{\"a\":\"one.safetensors\"}}"
    #expect(try ShardIndexTests.outcome(much) == "safetensors.too-much-metadata")
    let many = (0...1000).map { #""t\#($0)":"s\#($0).safetensors""# }.joined(separator: ",")
    #expect(try ShardIndexTests.outcome(map("{\(many)}")) == "index.too-many-shards")
  }

  @Test("an index that names a hidden file is refused")
  func hiddenShard() throws {
    #expect(
      try ShardIndexTests.outcome(#"{"weight_map":{"a":".one.safetensors"}}"#)
        == "index.shard-name")
  }
}
