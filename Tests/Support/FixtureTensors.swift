// FixtureTensors - reading the stored tensors of a fixture.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Weights

/// The tensors of one fixture file.
public struct FixtureTensors {
  private let file: WeightFile

  /// Opens a safetensors file under `Fixtures/`.
  public init(_ relative: String) throws {
    file = try Safetensors.read(Fixtures.path(relative))
  }

  /// Whether the fixture stores a tensor of this name.
  public func has(_ name: String) -> Bool { file[name] != nil }

  /// A stored tensor; a missing name fails the test.
  public subscript(name: String) -> StoredTensor {
    get throws { try #require(file[name], "the fixture has no tensor '\(name)'") }
  }

  /// A stored tensor as floats.
  public func floats(_ name: String) throws -> [Float] { try self[name].floats() }

  /// A stored tensor as doubles.
  public func doubles(_ name: String) throws -> [Double] { try self[name].doubles() }
}
