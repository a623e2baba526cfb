// VerifyTests - `lmpt verify`, with a model of ViT-B/32's shape that is not OpenAI's.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import Testing

@Suite struct VerifyTests {
  @Test("other probabilities than the published ones are a failure, told on every side")
  func differs() throws {
    let folder = try TemporaryFolder()
    let weights = "\(folder.path)/b32.safetensors"
    try Self.write(to: weights)
    let words = [
      "verify", "--weights", weights, "--image",
      Fixtures.path("images/jpeg/china-q95-420-baseline.jpg"),
    ]
    let outcome = try Program.run(words + ["--json"])
    #expect(outcome.code == 4, "\(outcome.errors)")
    let json = try outcome.json
    #expect(json["architecture"]?.string == "ViT-B/32" && json["compared"] == .bool(true))
    #expect(json["agrees"] == .bool(false) && json["published_weights"] == .null)
    #expect(json["published_picture"] == .bool(false))
    // Every sentence has the same feature, so that no label is likelier than another.
    let probabilities = try #require(json["probabilities"]?.array).compactMap(\.double)
    #expect(probabilities.count == 3 && probabilities.allSatisfy { abs($0 - 1 / 3) < 1e-6 })
  }

  @Test("a model that has no published probabilities is shown and not compared")
  func other() throws {
    let outcome = try Program.run([
      "verify", "--weights", Fixtures.path("mini/clip.safetensors"), "--image",
      Fixtures.path("mini/images/test/000001.jpg"), "--json",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try outcome.json["compared"] == .bool(false))
    #expect(try outcome.json["agrees"] == .null)
  }

  /// OpenAI's names and shapes; zeros, which take no room on the disk, but for what makes the features
  /// other than zero.
  private static func write(to path: String) throws {
    var tensors: [(name: String, shape: [Int])] = [
      ("visual.conv1.weight", [768, 3, 32, 32]), ("visual.class_embedding", [768]),
      ("visual.positional_embedding", [50, 768]), ("visual.proj", [768, 512]),
      ("token_embedding.weight", [49408, 512]), ("positional_embedding", [77, 512]),
      ("text_projection", [512, 512]), ("logit_scale", []),
    ]
    func add(_ name: String, _ rows: Int, _ columns: Int? = nil, weight: String = ".weight") {
      tensors.append((name + weight, columns.map { [rows, $0] } ?? [rows]))
      let bias = weight.hasPrefix("_") ? "\(name)_bias" : "\(name).bias"
      tensors.append((bias, [rows]))
    }
    for (tower, width) in [("visual.", 768), ("", 512)] {
      for layer in 0..<12 {
        let block = "\(tower)transformer.resblocks.\(layer)."
        add(block + "attn.in_proj", 3 * width, width, weight: "_weight")
        add(block + "attn.out_proj", width, width)
        add(block + "mlp.c_fc", 4 * width, width)
        add(block + "mlp.c_proj", width, 4 * width)
        add(block + "ln_1", width)
        add(block + "ln_2", width)
      }
    }
    for name in ["visual.ln_pre", "visual.ln_post"] { add(name, 768) }
    add("ln_final", 512)

    let ones: Set = ["visual.proj", "text_projection", "visual.ln_post.bias", "ln_final.bias"]
    var header: [(String, JSON)] = []
    var parts: [(start: Int, count: Int)] = []
    var end = 0
    for (name, shape) in tensors {
      let count = shape.reduce(1, *)
      header.append(
        (
          name,
          .object([
            ("dtype", .string("F16")), ("shape", .array(shape.map(JSON.integer))),
            ("data_offsets", .array([.integer(end), .integer(end + 2 * count)])),
          ])
        ))
      if ones.contains(name) { parts.append((end, count)) }
      end += 2 * count
    }
    let text = Array(JSON.object(header).text().utf8)
    let start = text.count
    try Data().write(to: URL(fileURLWithPath: path))
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.write(contentsOf: Data((0..<8).map { UInt8(truncatingIfNeeded: start >> (8 * $0)) }))
    try file.write(contentsOf: Data(text))
    for part in parts {
      try file.seek(toOffset: UInt64(8 + start + part.start))
      // 1 in float16.
      let row = [[UInt8]](repeating: [0x00, 0x3C], count: part.count)
      try file.write(contentsOf: Data(row.joined()))
    }
    try file.truncate(atOffset: UInt64(8 + start + end))
    try file.close()
  }
}
