// ConstantRange - constants, counts and labels that an equation refuses, at the very border.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@testable import LMPTTuning

/// One image of three classes, and what is refused of a constant above 0 and of an exponent.
enum ConstantRange {
  static let n = Tensor([6, 34, 8])
  static let z = Tensor([1, -2, 0.5], shape: [1, 3])
  static let y = Tensor([1, 0, 0], shape: [1, 3])
  static let positive: [Double] = [0, -0.1, .infinity, .nan]
  static let exponent: [Double] = [-0.1, .infinity, .nan]
}

/// The values of a constant that an equation takes, and those that it refuses by their value.
func expectRange(
  _ name: String, allowed: [Double], refused: [Double],
  sourceLocation: SourceLocation = #_sourceLocation, _ body: (Double) throws -> Tensor
) {
  for value in allowed {
    #expect(throws: Never.self, "\(name) \(value)", sourceLocation: sourceLocation) {
      try body(value)
    }
  }
  for value in refused {
    let error = #expect(
      throws: MethodError.self, "\(name) \(value)", sourceLocation: sourceLocation
    ) { try body(value) }
    guard case .parameter(_, let found, _) = error else {
      Issue.record(
        "\(name) \(value): \(String(describing: error))", sourceLocation: sourceLocation)
      continue
    }
    #expect(found == value || (found.isNaN && value.isNaN), sourceLocation: sourceLocation)
  }
}

/// Counts that are not positive numbers name their place.
func expectBadCounts(
  sourceLocation: SourceLocation = #_sourceLocation, _ call: (Tensor) throws -> Tensor
) {
  for bad in [0, -1, Float.infinity, .nan] {
    for (index, counts) in [Tensor([bad, 2, 3]), Tensor([1, 2, bad])].enumerated() {
      let error = #expect(throws: MethodError.self, sourceLocation: sourceLocation) {
        try call(counts)
      }
      guard case .count(let place, _) = error else {
        Issue.record("\(bad): \(String(describing: error))", sourceLocation: sourceLocation)
        continue
      }
      #expect(place == index * 2, sourceLocation: sourceLocation)
    }
  }
}

/// A label between 0 and 1 names its place.
func expectBadLabel(
  sourceLocation: SourceLocation = #_sourceLocation,
  _ call: (_ z: Tensor, _ y: Tensor) throws -> Tensor
) {
  let half = Tensor([1, 0, 0, 0, 1, 0.5], shape: [2, 3])
  let two = Tensor([1, -2, 0.5, 1, 2, 3], shape: [2, 3])
  #expect(
    throws: MethodError.label(row: 1, class: 2, found: 0.5), sourceLocation: sourceLocation
  ) { try call(two, half) }
}
