// MeanAndDeviation - what several seeds of one setting are summarised to.
// SPDX-License-Identifier: Apache-2.0

/// Mean and sample standard deviation of one metric over several runs.
package struct MeanAndDeviation: Sendable, Equatable {
  /// The arithmetic mean.
  package let mean: Double
  /// The sample standard deviation, sum of squares over n - 1; nil for a single run.
  package let deviation: Double?
  /// How many runs, n.
  package let count: Int

  /// Summarises the values of runs that differ in nothing but their seed; nil when there is none.
  ///
  /// - Parameter values: one per run.
  package init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    count = values.count
    mean = values.reduce(0, +) / Double(count)
    let mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = count > 1 ? (squares / Double(count - 1)).squareRoot() : nil
  }
}
