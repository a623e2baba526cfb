// ChangedModels - the mini model with other tensors, metadata or configurations beside it.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing
import LMPTWeights

/// Models that differ from the mini benchmark's in one thing.
enum ChangedModels {
  /// A folder with the mini model, its vocabulary of 49,408 entries, under a link, so that it has a
  /// folder's configurations beside it.
  static func linked(_ configurations: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/clip.safetensors",
      withDestinationPath: Fixtures.path("mini/clip.safetensors"))
    for (name, text) in configurations { _ = try folder.write(name, text) }
    return folder
  }

  /// The mini model with other tensors or metadata.
  static func changed(
    _ folder: TemporaryFolder, _ metadata: [String: String] = [:],
    _ change: (StoredTensor) -> NamedArray? = { NamedArray($0) }, adding: [NamedArray] = []
  ) throws -> String {
    let file = try WeightFile.read(Fixtures.path("mini/clip.safetensors"))
    let path = "\(folder.path)/changed.safetensors"
    try Safetensors.write(file.tensors.compactMap(change) + adding, metadata: metadata, to: path)
    return path
  }
}

/// Refused with one line that has the word, exit code 3 and no output.
func expectRefused(
  _ words: [String], _ word: String, in folder: TemporaryFolder,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let output = "\(folder.path)/out.npy"
  let outcome = try Program.run(words + ["--output", output])
  #expect(outcome.code == 3, "\(outcome.errors)", sourceLocation: sourceLocation)
  #expect(outcome.errorLines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
  #expect(outcome.errors.contains(word), "\(outcome.errors)", sourceLocation: sourceLocation)
  #expect(outcome.errors.contains(". Hint: "), sourceLocation: sourceLocation)
  #expect(
    !FileManager.default.fileExists(atPath: output), "an output was left",
    sourceLocation: sourceLocation)
}

/// A copy of the mini benchmark's weights with one number changed.
func changedWeights(
  in folder: TemporaryFolder, _ name: String = "visual.proj", to value: Float = 0.25
) throws -> String {
  let file = try WeightFile.read(Fixtures.path("mini/clip.safetensors"))
  let path = "\(folder.path)/changed.safetensors"
  try Safetensors.write(
    file.tensors.map { tensor in
      guard tensor.name == name else { return NamedArray(tensor) }
      var values = tensor.floats()
      values[min(5, values.count - 1)] = value
      return NamedArray(tensor.name, floats: values, shape: tensor.shape)
    }, metadata: file.metadata, to: path)
  return path
}
