// ExportTests - `lmpt export`.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing
import LMPTWeights

@Suite struct ExportTests {
  @Test("an exported prompt ends in its full stop and the end token")
  func endOfPrompts() throws {
    let data = try TinyData()
    #expect(
      try Program.run(data.train("run", ["--epochs", "0", "--n-ctx", "2", "--cseloss", "none"]))
        .code == 0)
    let output = data.path("coop.safetensors")
    let outcome = try Program.run([
      "export", "--run", data.path("run"), "--layout", "coop", "--output", output,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let suffix = try #require(try Safetensors.read(output)["token_suffix"])
    let table = try #require(
      try Safetensors.read(Fixtures.path("mini/clip.safetensors"))["token_embedding.weight"])
    let (width, rows, embeddings) = (suffix.shape[2], suffix.floats(), table.floats())
    func embedding(_ id: Int) -> [Float] { Array(embeddings[id * width..<(id + 1) * width]) }
    for index in 0..<suffix.shape[0] {
      let row = rows[index * suffix.shape[1] * width..<(index + 1) * suffix.shape[1] * width]
      let positions = stride(from: row.startIndex, to: row.endIndex, by: width).map {
        Array(row[$0..<$0 + width])
      }
      // CLIP's ids of a full stop and of the end.
      let end = try #require(positions.firstIndex(of: embedding(49407)))
      #expect(end > 1 && positions[end - 1] == embedding(269), "class \(index)")
    }
  }

  @Test(".npy says which arrays it cannot hold")
  func manyArrays() throws {
    let folder = try TemporaryFolder()
    let run = "\(folder.path)/run"
    let trained = try Program.run([
      "train", "--dataset", "mini", "--epochs", "0", "--out", run, "--quiet",
    ])
    #expect(trained.code == 0, "\(trained.errors)")
    let exported = try Program.run([
      "export", "--run", run, "--layout", "coop", "--output", "\(folder.path)/e.npy", "--quiet",
    ])
    #expect(exported.code == 3 && exported.errorLines.count == 1)
    for name in ["ctx", "token_prefix", "token_suffix"] {
      #expect(exported.errors.contains("'\(name)'"), "\(exported.errors)")
    }
  }
}
