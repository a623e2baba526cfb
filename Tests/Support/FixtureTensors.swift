// FixtureTensors - reading the stored tensors of a fixture.
// SPDX-License-Identifier: Apache-2.0

import Testing
import LMPTWeights

/// The tensors of one fixture file.
package struct FixtureTensors {
  private let file: WeightFile

  /// Opens a safetensors file under `Fixtures/`.
  package init(_ relative: String) throws {
    file = try Safetensors.read(Fixtures.path(relative))
  }

  /// Whether the fixture stores a tensor of this name.
  package func has(_ name: String) -> Bool { file[name] != nil }

  /// A stored tensor; a missing name fails the test.
  package subscript(name: String) -> StoredTensor {
    get throws { try #require(file[name], "the fixture has no tensor '\(name)'") }
  }

  /// A stored tensor as floats.
  package func floats(_ name: String) throws -> [Float] { try self[name].floats() }

  /// A stored tensor as doubles.
  package func doubles(_ name: String) throws -> [Double] { try self[name].doubles() }
}
