// Comparison - cases that must be equal, or within a tolerance.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning

/// Collects cases that must be equal, or within a tolerance of the largest expected value.
struct Comparison {
  private(set) var cases = 0
  private(set) var failures: [String] = []
  private(set) var worst = 0.0

  /// A case that must hold exactly.
  mutating func exact(_ name: String, _ body: () throws -> Bool) {
    cases += 1
    do {
      if try !body() { failures.append("\(name): differs") }
    } catch {
      failures.append("\(name): \(error)")
    }
  }

  /// A case of numbers within `tolerance` of the largest of them.
  mutating func close(_ name: String, tolerance: Double, _ body: () throws -> ([Float], [Float])) {
    cases += 1
    do {
      let (found, expected) = try body()
      let ratio = FixtureTolerance(rtol: 0, atolOfMax: tolerance)
        .worstRatio(found.map(Double.init), expected.map(Double.init))
      worst = max(worst, ratio)
      if ratio > 1 { failures.append("\(name): \(ratio) of the tolerance") }
    } catch {
      failures.append("\(name): \(error)")
    }
  }

  func result(_ tag: String, _ name: String, tolerance: Double = 0) -> FixtureResult {
    FixtureResult(
      tag: tag, name: name, cases: cases, failed: failures.count, failures: failures,
      worst: worst, tolerance: tolerance)
  }
}
