// PromptShift - how far tuned class features have moved from those of written prompts.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTTensors

/// The distance 1 - cos between the tuned feature of each class and its zero-shot feature.
///
/// Both are read by the same frozen tower, so the distance is what tuning the prompt did.
public struct PromptShift: Sendable, Equatable {
  /// Of each class, in [0, 2].
  public let perClass: [Double]
  /// Means over the classes of each group; nil for a group without classes.
  public let groups: [ClassGroup: Double]

  /// Compares features row by row.
  ///
  /// - Parameters:
  ///   - tuned: class features after tuning, shape [C, E]; any length.
  ///   - zeroShot: class features of written prompts, shape [C, E]; any length.
  ///   - classGroups: the group of each class.
  /// - Throws: `ShapeError` when the shapes differ.
  public init(tuned: Tensor, zeroShot: Tensor, groups classGroups: [ClassGroup]) throws {
    try tuned.expect(zeroShot.shape, "tuned class features")
    guard zeroShot.rank == 2, zeroShot.shape[0] == classGroups.count else {
      throw ShapeError(
        name: "zero-shot class features",
        expected: [classGroups.count, zeroShot.shape.last ?? 0], found: zeroShot.shape)
    }
    let width = zeroShot.shape[1]
    let (a, b) = (tuned.values.map(Double.init), zeroShot.values.map(Double.init))
    let moved = classGroups.indices.map { index -> Double in
      let cells = index * width..<(index + 1) * width
      let (aa, bb, ab) = cells.reduce((0.0, 0.0, 0.0)) {
        ($0.0 + a[$1] * a[$1], $0.1 + b[$1] * b[$1], $0.2 + a[$1] * b[$1])
      }
      // A feature of length 0 has no direction; E3 and E2 give it cosine 0 too.
      return aa * bb > 0 ? 1 - ab / (aa * bb).squareRoot() : 1
    }
    // The means of the groups are taken as those of AP are.
    var means: [ClassGroup: Double] = [:]
    for group in ClassGroup.allCases {
      let members = classGroups.indices.filter { classGroups[$0] == group }
      guard !members.isEmpty else { continue }
      means[group] = members.reduce(0) { $0 + moved[$1] } / Double(members.count)
    }
    (perClass, groups) = (moved, means)
  }
}
