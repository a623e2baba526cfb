// Fixtures - where the stored outputs of the independent implementations are, and how to compare.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Locates files under `Fixtures/` of this checkout.
package enum Fixtures {
  /// The `Fixtures` folder.
  package static let root: URL = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  /// The path of a file under `Fixtures/`.
  package static func path(_ relative: String) -> String {
    root.appendingPathComponent(relative).path
  }

  /// The bytes of a file under `Fixtures/`.
  package static func bytes(_ relative: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: root.appendingPathComponent(relative)))
  }

  /// The names of the files in a folder under `Fixtures/`, sorted.
  package static func files(in relative: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(relative)).sorted()
  }
}

/// The largest difference that a comparison found.
package struct WorstDifference: CustomStringConvertible {
  /// The largest |found - expected| over its bound, 1 means exactly at the tolerance.
  package var ratio = 0.0
  /// Where it stands.
  package var index = 0
  /// The value found there.
  package var found = 0.0
  /// The value expected there.
  package var expected = 0.0

  /// The place and both values.
  package var description: String {
    "worst at [\(index)]: found \(found), expected \(expected), \(ratio) of the tolerance"
  }
}

/// The one comparator: `|found - expected| <= atol + rtol * |expected|` for every element.
///
/// Non-finite values must agree exactly. Records an issue with the worst element when it fails.
///
/// - Returns: the worst difference, so that a test can also ask that a tolerance is not slack.
@discardableResult
package func expectClose(
  _ found: [Double], _ expected: [Double], atol: Double = 0, rtol: Double,
  _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation
) -> WorstDifference {
  var worst = WorstDifference()
  guard found.count == expected.count else {
    Issue.record(
      "\(label): \(found.count) values, expected \(expected.count)", sourceLocation: sourceLocation)
    return worst
  }
  for (index, (f, e)) in zip(found, expected).enumerated() {
    let same = f == e || (f.isNaN && e.isNaN)
    let bound = atol + rtol * abs(e)
    let ratio = same ? 0 : (f.isFinite && e.isFinite ? abs(f - e) / bound : .infinity)
    if ratio > worst.ratio || ratio.isNaN {
      worst = WorstDifference(ratio: ratio, index: index, found: f, expected: e)
    }
  }
  #expect(worst.ratio <= 1, "\(label): \(worst)", sourceLocation: sourceLocation)
  return worst
}

/// `expectClose` for single-precision values.
@discardableResult
package func expectClose(
  _ found: [Float], _ expected: [Float], atol: Double = 0, rtol: Double,
  _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation
) -> WorstDifference {
  expectClose(
    found.map(Double.init), expected.map(Double.init), atol: atol, rtol: rtol, label,
    sourceLocation: sourceLocation)
}
