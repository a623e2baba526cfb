// ArithmeticTests - the same bits from the whole program on every kernel set (docs/Arithmetic.md).
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import LMPTTensors
import LMPTWeights
import Testing

/// `Fixtures/arithmetic/program.json` has what every processor gives: made by this program, it shows
/// that processors agree, not that the numbers are right.
@Suite struct ArithmeticTests {
  /// A hash of numbers, by their bits.
  private func hash(_ arrays: [(name: String, values: [Float])]) -> String {
    var hash = SHA256()
    for (name, values) in arrays.sorted(by: { $0.name < $1.name }) {
      hash.update("\(name) \(values.count)\n")
      values.map(\.bitPattern.littleEndian).withUnsafeBytes { hash.update($0) }
    }
    return hash.hexDigest()
  }

  private func run(_ words: [String], _ kernel: String) throws -> Outcome {
    let outcome = try Program.run(words, environment: ["LMPT_KERNEL": kernel])
    #expect(outcome.code == 0, "\(kernel): \(outcome.errors)")
    return outcome
  }

  /// Every set of this processor; under an emulator the one that `LMPT_KERNEL` names.
  static let all = Program.emulator.isEmpty ? KernelSet.equal.map(\.name) : [KernelSet.current.name]

  /// The baseline takes half a minute for a run: `.ci/kernels` asks for it.
  /// Emulators would take hours for it.
  static let sets =
    Program.emulator.isEmpty ? all.filter { $0 != "baseline" || Long.isWanted } : []

  @Test("features, a training run and its scores", arguments: sets)
  func training(kernel: String) throws {
    let data = try TinyData()
    let made = try run(["features"] + data.source + ["--json"], kernel).json
    var features: [(name: String, values: [Float])] = []
    for part in ["train", "test"] {
      let folder = try #require(made[part]?["folder"]?.string)
      for tensor in try Safetensors.read("\(folder)/block-0.safetensors").tensors
      where tensor.dtype == .f32 {
        features.append(("\(part) \(tensor.name)", tensor.floats()))
      }
    }
    #expect(features.count == 2)
    // Ten steps of full LMPT.
    _ = try run(data.train("run", ["--epochs", "2", "--batch-size", "12"]), kernel)
    let result = try numbers(of: data.path("run")).map { (name: $0.key, values: $0.value) }
    #expect(result.count >= 3)
    #expect(try JSON.read("\(data.path("run"))/metrics.json")["kernel"]?.string == kernel)
    try expectStored(
      ["features": hash(features), "training": hash(result), "table": table(data.path("run"))],
      kernel)
  }

  /// A hash of every number that a run prints: losses, rates and mAP of each epoch, and all metrics.
  private func table(_ run: String) throws -> String {
    var hash = SHA256()
    let log = try String(contentsOfFile: "\(run)/events.jsonl", encoding: .utf8)
    let epochs = try log.split(separator: "\n").map { try JSON.parse(Array($0.utf8)) }
    #expect(epochs.count == 2)
    for part in try epochs + [JSON.read("\(run)/metrics.json")] {
      var numbers = try #require(part.object)
      for name in ["seconds", "kernel"] { numbers[name] = nil }
      hash.update(JSON.object(numbers).text())
    }
    return hash.hexDigest()
  }

  @Test("towers of the small models, and texts", arguments: all)
  func towers(kernel: String) throws {
    let folder = try TemporaryFolder()
    let output = "\(folder.path)/rows.npy"
    let picture = Fixtures.path("mini/images/train/000001.jpg")
    var found: [String: String] = [:]
    let models = [
      ("openai.pt", "quickgelu"), ("openclip.pt", "gelu"), ("resnet.pt", "quickgelu"),
    ]
    for (model, activation) in models {
      _ = try run(
        [
          "encode", "--weights", Fixtures.path("clip/small/\(model)"), "--activation",
          activation, "--output", output, "--image", picture,
        ], kernel)
      found[model] = hash([("rows", try NPY.read(output).floats())])
    }
    _ = try run(
      [
        "encode", "--weights", Fixtures.path("mini/clip.safetensors"), "--output", output,
        "--text", "a photo of a cat", "two dogs and a chair",
      ], kernel)
    found["texts"] = hash([("rows", try NPY.read(output).floats())])
    try expectStored(found, kernel)
  }

  private func expectStored(_ found: [String: String], _ kernel: String) throws {
    let stored = try JSON.read(Fixtures.path("arithmetic/program.json"))
    for (name, hash) in found.sorted(by: { $0.key < $1.key }) {
      #expect(stored[name]?.string == hash, "\(kernel): \(name)")
    }
  }
}
