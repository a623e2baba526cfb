// FixtureFiles - the tensor files of a fixture folder as one, each generator having written its own.
// SPDX-License-Identifier: Apache-2.0

import LMPTWeights

/// Tensors, metadata and tolerances of every `.safetensors` file of a folder's manifest.
package struct FixtureFiles: Sendable {
  /// The tensors of all files.
  package let tensors: [StoredTensor]
  /// The metadata of all files.
  package let metadata: [String: String]
  /// How far outputs may be off, by the output's name; the files agree about them.
  let tolerances: [String: FixtureTolerance]
  private let positions: [String: Int]

  /// Reads the files of a folder.
  ///
  /// - Throws: `FixtureError` for a folder without such a file, a name that two files have, or an
  ///   output with two tolerances; an error of the file formats.
  init(_ folder: String) throws {
    let entries = try fixtureEntries(folder).filter { $0.path.hasSuffix(".safetensors") }
    guard let first = entries.first else {
      throw FixtureError.noCases(path: "\(folder)/manifest.json")
    }
    for entry in entries where entry.tolerances != first.tolerances {
      throw FixtureError.manifest("has other tolerances for \(entry.path) than for \(first.path)")
    }
    tolerances = first.tolerances
    var tensors: [StoredTensor] = []
    var (positions, metadata): ([String: Int], [String: String]) = ([:], [:])
    for entry in entries {
      let file = try Safetensors.read(entry.path)
      for tensor in file.tensors {
        guard positions.updateValue(tensors.count, forKey: tensor.name) == nil else {
          throw FixtureError.manifest("has two tensors \(tensor.name)")
        }
        tensors.append(tensor)
      }
      for (name, text) in file.metadata where metadata.updateValue(text, forKey: name) != nil {
        throw FixtureError.manifest("has two cases \(name)")
      }
    }
    (self.tensors, self.positions, self.metadata) = (tensors, positions, metadata)
  }

  /// The tensor with this name.
  package subscript(name: String) -> StoredTensor? { positions[name].map { tensors[$0] } }
}
