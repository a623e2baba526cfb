// SmallModels - the stored small models, their inputs, and the features their libraries gave.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@testable import LMPTCLIP

/// Access to `Fixtures/clip/small` and `Fixtures/clip/large`.
enum SmallModels {
  /// A tensor of a file of expected features.
  static func expected(_ name: String, in file: String = "small/vit.safetensors") throws -> Tensor {
    let stored = try #require(try WeightFile.read(Fixtures.path("clip/\(file)"))[name])
    return Tensor(stored)
  }

  /// A model of `Fixtures/clip/small`.
  static func load(_ name: String, activation: Activation? = nil) throws -> CLIPModel {
    try CLIPModel.load(path: Fixtures.path("clip/small/\(name)"), activation: activation)
  }

  /// The token rows that the features belong to.
  static func tokens() throws -> [[Int32]] {
    try String(decoding: Fixtures.bytes("clip/small/tokens.jsonl"), as: UTF8.self)
      .split(separator: "\n")
      .map { try JSON.parse(String($0))["ids"]?.array?.compactMap { $0.int.map(Int32.init) } ?? [] }
  }
}

/// Compares with a tolerance of 1e-5 of the largest expected value.
///
/// The fixture and our towers sum in different orders in single precision (unit roundoff 6e-8);
/// three blocks of rows up to 256 long leave about a tenth of this.
func expectFeatures(
  _ found: Tensor, _ expected: Tensor, tolerance: Float = 1e-5, slack: Double = 50,
  _ label: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.shape == expected.shape, "\(label)", sourceLocation: sourceLocation)
  let largest = expected.values.reduce(0) { max($0, abs($1)) }
  let worst = expectClose(
    found.values, expected.values, atol: Double(largest * tolerance), rtol: 0, label,
    sourceLocation: sourceLocation)
  // A tolerance fifty times looser than what is reached would prove nothing.
  #expect(worst.ratio > 1 / slack, "\(label): \(worst)", sourceLocation: sourceLocation)
}
