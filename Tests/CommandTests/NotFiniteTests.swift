// NotFiniteTests - NaN and infinity in weights, features, losses and gradients stop a run.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import Foundation
import LMPTTuning
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@Suite("numbers that are not finite")
struct NotFiniteTests {
  @Test(
    "in weights: the tensor is named, for NaN and infinity",
    arguments: [
      "visual.proj", "visual.conv1.weight", "token_embedding.weight", "logit_scale",
      "transformer.resblocks.0.attn.in_proj_weight",
    ])
  func weights(name: String) throws {
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

  @Test("in a prompt's features: scores that have no rank are refused, and nothing waits for them")
  func scores() throws {
    let infinite = errorCode {
      _ = try Evaluation(
        logits: Tensor([1, .infinity, 2, 3], shape: [2, 2]),
        labels: Tensor([1, 0, 0, 1], shape: [2, 2]),
        counts: [1, 1],
        kind: .softmax)
    }
    #expect(infinite == "run.not-finite")
    #expect(averagePrecision(scores: [.nan, .nan, 1], positives: [true, false, true]).isFinite)
  }

  @Test("in features that overflow: the picture is named")
  func features() throws {
    let data = try TinyData()
    // Finite weights whose product with any picture is beyond the largest Float.
    let path = try changedWeights(in: data.folder, "visual.proj", to: 3e38)
    var words = data.source
    words[words.firstIndex(of: "--weights").map { $0 + 1 } ?? 0] = path
    let file = try WeightFile.read(path)
    try Safetensors.write(
      file.tensors.map { tensor in
        tensor.name == "visual.ln_post.weight"
          ? NamedArray(
            tensor.name, floats: tensor.floats().map { $0 * 1e38 }, shape: tensor.shape)
          : NamedArray(tensor)
      }, metadata: file.metadata, to: path)
    let outcome = try Program.run(["features"] + words + ["--json"])
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains(".jpg") && outcome.errors.contains("not finite"))
    #expect(try outcome.json["error"]?["code"]?.string?.contains("not-finite") == true)
  }

  @Test("in stored features: the block is named")
  func storedFeatures() throws {
    let data = try TinyData()
    #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
    let block = try #require(
      FileManager.default.subpaths(atPath: data.path("cache"))?.first {
        $0.hasSuffix("block-0.safetensors")
      })
    let path = data.path("cache/\(block)")
    let file = try Safetensors.read(path)
    var metadata = file.metadata
    metadata.removeValue(forKey: "sha256")
    let arrays = file.tensors.map { tensor -> NamedArray in
      guard tensor.name == "features" else { return NamedArray(tensor) }
      var values = tensor.floats()
      values[7] = .nan
      return NamedArray("features", floats: values, shape: tensor.shape)
    }
    // With its checksum made right again, as a defect of the program would leave it.
    metadata["sha256"] = try Safetensors.bytes(of: arrays, metadata: metadata).withUnsafeBytes {
      SHA256.hexDigest($0)
    }
    try Safetensors.write(arrays, metadata: metadata, to: path)
    let outcome = try Program.run(data.train("run", ["--epochs", "1", "--json"]))
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("block-0.safetensors"))
    #expect(try outcome.json["error"]?["code"]?.string == "run.not-finite")
    #expect(!FileManager.default.fileExists(atPath: data.path("run")))
  }

  @Test("in the loss or the context: the step, the tensor and the last good checkpoint are named")
  func training() throws {
    let data = try TinyData()
    #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
    // A step size that throws the context beyond every finite number within some epochs.
    let wild = [
      "--optimizer", "sgd", "--lr", "1000", "--momentum", "1", "--weight-decay", "1000",
      "--schedule", "constant", "--batch-size", "1000", "--epochs", "300",
    ]
    let outcome = try Program.run(data.train("run", wild + ["--json"]))
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    let code = try outcome.json["error"]?["code"]?.string
    #expect(code == "run.not-finite")
    #expect(outcome.errors.contains("(step "), "\(outcome.errors)")
    #expect(
      ["the loss", "the context", "the gradient", "'ctx'"].contains { outcome.errors.contains($0) },
      "\(outcome.errors)")
    // The checkpoint that is named is there, whole, and finite.
    let checkpoint = data.path("run/checkpoint.safetensors")
    #expect(outcome.errors.contains(checkpoint), "\(outcome.errors)")
    #expect(isIntact(checkpoint))
    for tensor in try Safetensors.read(checkpoint).tensors {
      let isFinite = tensor.floats().allSatisfy { $0.isFinite }
      #expect(isFinite, "\(tensor.name)")
    }
  }
}
