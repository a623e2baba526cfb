// ExpectSame - that two results on the disk have the same bytes.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Expects that two results, and what stands beside them, have the same bytes.
///
/// - Parameters:
///   - a: the path of one result.
///   - b: the path of the other.
///   - ends: what is put behind either path, for each file; "" is the result itself.
///   - sourceLocation: where a failure is shown.
package func expectSame(
  _ a: String, _ b: String, _ ends: [String], sourceLocation: SourceLocation = #_sourceLocation
) {
  for end in ends {
    #expect(
      FileManager.default.contentsEqual(atPath: a + end, andPath: b + end), "\(end)",
      sourceLocation: sourceLocation)
  }
}
