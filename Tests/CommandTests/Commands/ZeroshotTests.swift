// ZeroshotTests - `lmpt zeroshot`.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@Suite struct ZeroshotTests {
  private func json(_ words: [String]) throws -> JSON {
    let outcome = try Program.run(words + ["--json"])
    #expect(outcome.code == 0, "\(words): \(outcome.errors)")
    return try outcome.json
  }

  @Test("one prompt, and a threshold")
  func defaults() throws {
    let words = ["zeroshot", "--dataset", "mini"]
    let plain = try json(words)
    #expect(plain["kernel"]?.string == KernelSet.current.name)
    #expect(try json(words + ["--templates", "single"])["ap"] == plain["ap"])
    #expect(try json(words + ["--templates", "ensemble"])["ap"] != plain["ap"])
    #expect(try json(words + ["--threshold", "2"])["or"]?.double == 0)
  }

  @Test("results do not depend on the number of threads")
  func threads() throws {
    let data = try TinyData()
    let outputs = try ["1", "2"].map { count in
      try Program.run(
        ["zeroshot"] + data.source.dropLast() + [data.path("cache-\(count)")]
          + ["--json", "--threads", count]
      ).output
    }
    #expect(outputs[0] == outputs[1])
    #expect(outputs[0].contains("\"map\""))
  }

  @Test("weights of another kind, and weights with NaN")
  func weights() throws {
    let folder = try TemporaryFolder()
    let other = "\(folder.path)/other.safetensors"
    try Safetensors.write(
      [NamedArray("layer.weight", floats: [1, 2], shape: [2])], metadata: [:], to: other)
    let outcome = try Program.run([
      "zeroshot", "--dataset", "mini", "--weights", other, "--quiet",
    ])
    #expect(outcome.code == 3)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains(other), "\(outcome.errors)")

    let file = try WeightFile.read(Fixtures.path("mini/clip.safetensors"))
    let poisoned = "\(folder.path)/nan.safetensors"
    try Safetensors.write(
      file.tensors.map { tensor in
        guard tensor.name == "visual.proj" else { return NamedArray(tensor) }
        var values = tensor.floats()
        values[5] = .nan
        return NamedArray(tensor.name, floats: values, shape: tensor.shape)
      }, metadata: file.metadata, to: poisoned)
    let second = try Program.run([
      "zeroshot", "--dataset", "mini", "--weights", poisoned, "--quiet", "--cache", folder.path,
    ])
    #expect(second.code == 3)
    #expect(
      second.errorLines.count == 1 && second.errors.contains("not finite"), "\(second.errors)")
  }

  @Test(
    "weights that are not finite: the tensor is named, for NaN and infinity",
    arguments: [
      "visual.proj", "visual.conv1.weight", "token_embedding.weight", "logit_scale",
      "transformer.resblocks.0.attn.in_proj_weight",
    ])
  func notFinite(name: String) throws {
    let folder = try TemporaryFolder()
    for value: Float in [.nan, .infinity] {
      let path = try changedWeights(in: folder, name, to: value)
      let outcome = try Program.run([
        "zeroshot", "--dataset", "mini", "--weights", path, "--cache", "\(folder.path)/cache",
        "--json",
      ])
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains(name) && outcome.errors.contains("not finite"))
    }
  }
}
