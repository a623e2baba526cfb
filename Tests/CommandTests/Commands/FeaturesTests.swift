// FeaturesTests - `lmpt features`: pictures and weights that it takes, and what it refuses.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import LMPTWeights
import Testing

@Suite struct FeaturesTests {
  /// The words of a command on tiny data with other weights.
  private func words(_ command: String, _ data: TinyData, weights: String) -> [String] {
    [command]
      + data.source.map { $0 == Fixtures.path("mini/clip.safetensors") ? weights : $0 } + [
        "--quiet"
      ]
  }

  @Test("of an image tower beside RoBERTa's text tower, with a word; what reads words is refused")
  func otherTexts() throws {
    let data = try TinyData()
    let weights = try ChangedModels.changed(
      data.folder, ["activation": "quickgelu"],
      { $0.name.hasPrefix("visual.") || $0.name == "logit_scale" ? NamedArray($0) : nil },
      adding: [
        NamedArray(
          "text.transformer.embeddings.word_embeddings.weight", floats: [1, 2], shape: [1, 2]),
        NamedArray("text.proj.weight", floats: [1, 2], shape: [2, 1]),
      ])
    let outcome = try Program.run(words("features", data, weights: weights) + ["--json"])
    #expect(outcome.code == 0 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("lmpt: note: ") && outcome.errors.contains("RoBERTa"))
    #expect(outcome.errors.contains("its texts would be refused"), "\(outcome.errors)")
    let json = try outcome.json
    #expect(json["test"]?["missing"]?.int == 0 && json["activation_assumed"]?.bool == false)

    // The features are those that `encode` gives, of these weights and of the whole model's.
    let folder = try #require(json["test"]?["folder"]?.string)
    let block = try Safetensors.read("\(folder)/block-0.safetensors")
    let stored = try #require(block["features"]).floats()
    let pictures = data.test.map { data.picture($0) }
    for file in [weights, Fixtures.path("mini/clip.safetensors")] {
      let output = data.path("f.npy")
      let encoded = try Program.run(
        ["encode", "--weights", file, "--output", output, "--image"] + pictures)
      #expect(encoded.code == 0, "\(encoded.errors)")
      // Groups of other sizes are summed in the same order, row by row.
      #expect(try NPY.read(output).floats() == stored, "\(file)")
    }

    let trained = words("train", data, weights: weights) + ["--out", data.path("run")]
    for command in [words("zeroshot", data, weights: weights), trained] {
      let refused = try Program.run(command)
      #expect(refused.code == 3 && refused.errorLines.count == 1, "\(refused.errors)")
      #expect(refused.errors.contains("RoBERTa"), "\(refused.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: data.path("run")))
  }

  @Test("what is computed ahead is what training reads")
  func ahead() throws {
    let data = try TinyData()
    let weights = Fixtures.path("mini/clip.safetensors")
    #expect(try Program.run(words("features", data, weights: weights)).code == 0)
    let estimate = try Program.run(
      words("train", data, weights: weights) + ["--dry-run", "--epochs", "1", "--json"])
    #expect(try estimate.json["views_to_encode"]?.int == 0, "\(estimate.errors)")
  }

  @Test("features that overflow: the picture is named")
  func overflow() throws {
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

  @Test("kernels of the same bits share their features; one that rounds twice keeps its own apart")
  func kernels() throws {
    let few = try TinyData(training: 4, testing: 2)
    var folders: [String: Set<String>] = [:]
    // The baseline takes ten times as long as the others together.
    for set in KernelSet.available where set.name != "baseline" || Long.isWanted {
      let outcome = try Program.run(
        ["features"] + few.source + ["--json"], environment: ["LMPT_KERNEL": set.name])
      let folder = try #require(try outcome.json["train"]?["folder"]?.string)
      folders[set.arithmetic, default: []].insert(folder)
      let block = try Safetensors.read("\(folder)/block-0.safetensors")
      #expect(block.metadata["kernel"] == set.arithmetic, "\(set.name)")
    }
    #expect(folders.values.allSatisfy { $0.count == 1 })
    #expect(Set(folders.values.joined()).count == folders.count)
  }
}
